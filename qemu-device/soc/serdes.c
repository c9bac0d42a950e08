/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HSIO: the SerDes macros. A state bit follows its enable bit at once, which
 * is what the driver checks after each step. RX_VALID stays 0: no cable.
 */

#include "qemu/osdep.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "types.h"

static uint32_t serdes_state(Lan966xBlock *b, unsigned macro)
{
    uint32_t base = macro * HSIO_MACRO_STRIDE;
    uint32_t sd = *lan966x_block_reg(b, 0, base + HSIO_SD_CFG);
    uint32_t mpll = *lan966x_block_reg(b, 0, base + HSIO_MPLL_CFG);

    return (sd & HSIO_SD_CFG_RX_PLL_EN ? HSIO_SD_STAT_RX_PLL_STATE : 0) |
           (sd & HSIO_SD_CFG_TX_CM_EN ? HSIO_SD_STAT_TX_CM_STATE : 0) |
           (sd & HSIO_SD_CFG_TX_EN ? HSIO_SD_STAT_TX_STATE : 0) |
           (mpll & HSIO_MPLL_CFG_MPLL_EN ? HSIO_SD_STAT_MPLL_STATE : 0);
}

static uint32_t serdes_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    unsigned macro = off / HSIO_MACRO_STRIDE;

    if (macro < HSIO_MACROS) {
        switch (off % HSIO_MACRO_STRIDE) {
        case HSIO_SD_STAT:
            return serdes_state(b, macro);
        case HSIO_SD_CFG:
        case HSIO_SD_CFG2:
        case HSIO_MPLL_CFG:
            return *lan966x_block_reg(b, win, off);
        }
    }
    switch (off) {
    case HSIO_HW_CFG:
    case HSIO_RGMII_CFG(0) ... HSIO_RGMII_CFG(1):
    case HSIO_DLL_CFG(0) ... HSIO_DLL_CFG(3):
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void serdes_write(Lan966xBlock *b, unsigned win, uint32_t off,
                         uint32_t val)
{
    unsigned macro = off / HSIO_MACRO_STRIDE;
    uint32_t base = macro * HSIO_MACRO_STRIDE;

    if (macro < HSIO_MACROS) {
        switch (off % HSIO_MACRO_STRIDE) {
        case HSIO_SD_STAT:
            lan966x_block_readonly(b, win, off, val);
            return;
        case HSIO_SD_CFG:
        case HSIO_SD_CFG2:
        case HSIO_MPLL_CFG:
            *lan966x_block_reg(b, win, off) = val;
            trace_lan966x_serdes_set(b->name, macro,
                *lan966x_block_reg(b, win, base + HSIO_SD_CFG),
                *lan966x_block_reg(b, win, base + HSIO_MPLL_CFG),
                serdes_state(b, macro));
            return;
        }
    }
    switch (off) {
    case HSIO_HW_CFG:
    case HSIO_RGMII_CFG(0) ... HSIO_RGMII_CFG(1):
    case HSIO_DLL_CFG(0) ... HSIO_DLL_CFG(3):
        *lan966x_block_reg(b, win, off) = val;
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void serdes_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    bc->window_size[0] = HSIO_SIZE;
    bc->read = serdes_read;
    bc->write = serdes_write;
}

static const TypeInfo serdes_type = {
    .name = TYPE_LAN966X_SERDES,
    .parent = TYPE_LAN966X_BLOCK,
    .class_init = serdes_class_init,
};

static void serdes_register_types(void)
{
    type_register_static(&serdes_type);
}

type_init(serdes_register_types)
