/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QSYS and AFI: queues are always empty and nothing injects by itself, which
 * is what the driver waits for. All else is memory; switch.c reads PORT_ENA.
 * Shapers and weights of queues are egress.c's; gates do nothing.
 */

#include "qemu/osdep.h"
#include "../soc/types.h"
#include "switch.h"
#include "switch_regs.h"

static uint32_t qsys_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    switch (off) {
    case QSYS_SW_STATUS(0) ... QSYS_SW_STATUS(SWITCH_CPU_PORT):
    case QSYS_TAS_LST:
        return 0;
    default:
        return *lan966x_block_reg(b, win, off);
    }
}

/* Where a driver sets up what is not there; elsewhere are its defaults */
static void qsys_write(Lan966xBlock *b, unsigned win, uint32_t off,
                       uint32_t val)
{
    *lan966x_block_reg(b, win, off) = val;
    if (off == QSYS_TAS_LIST_CFG && val) {
        lan966x_block_unimp_once(b, "time-aware scheduling");
    }
}

static void qsys_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    bc->window_size[0] = QSYS_SIZE;
    bc->read = qsys_read;
    bc->write = qsys_write;
}

static uint32_t afi_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    if (off >= AFI_PORT_FRM_OUT(0) && off < AFI_PORT_FRM_OUT(AFI_PORTS) &&
        off % 8 == 0) {
        return 0;
    }
    return *lan966x_block_reg(b, win, off);
}

static void afi_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    bc->window_size[0] = AFI_SIZE;
    bc->read = afi_read;
}

static const TypeInfo qsys_types[] = {
    {
        .name = TYPE_LAN966X_QSYS,
        .parent = TYPE_LAN966X_BLOCK,
        .class_init = qsys_class_init,
    }, {
        .name = TYPE_LAN966X_AFI,
        .parent = TYPE_LAN966X_BLOCK,
        .class_init = afi_class_init,
    },
};

DEFINE_TYPES(qsys_types)
