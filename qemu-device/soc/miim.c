/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MIIM: an MDIO master. Commands are done when they are written, so STATUS is
 * never busy. Bus 1 has the two internal PHYs at addresses 1 and 2 and a
 * second window that resets them; bus 0 leads outside, where nobody is.
 *
 * DATA has its error bits set after a read that nobody answered (the value is
 * a guess). The PHYs are in reset, where they do not answer, until a driver
 * sets RESET_N: a guess, from a boot loader that does it. x-strict=off of the
 * card: they are out of reset from the beginning.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "miim.h"
#include "phy.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xMiim, LAN966X_MIIM)

#define MIIM_INTERNAL_BUS 1
#define MIIM_FIRST_PHY 1

struct Lan966xMiim {
    Lan966xBlock parent_obj;

    Lan966xPhy phy[MIIM_PHYS];
};

static unsigned miim_phys(Lan966xMiim *s)
{
    return LAN966X_BLOCK(s)->index == MIIM_INTERNAL_BUS ? MIIM_PHYS : 0;
}

/* The PHY that answers at addr, or NULL */
static Lan966xPhy *miim_phy(Lan966xMiim *s, unsigned addr)
{
    Lan966xPhy *phy;

    if (addr < MIIM_FIRST_PHY || addr >= MIIM_FIRST_PHY + miim_phys(s)) {
        return NULL;
    }
    phy = &s->phy[addr - MIIM_FIRST_PHY];
    return phy->held ? NULL : phy;
}

static void miim_command(Lan966xMiim *s, uint32_t cmd)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    unsigned addr = MIIM_CMD_PHYAD(cmd);
    unsigned reg = MIIM_CMD_REGAD(cmd);
    Lan966xPhy *phy = miim_phy(s, addr);
    uint32_t data;

    if (!(cmd & MIIM_CMD_VLD)) {
        return;
    }
    switch (MIIM_CMD_OPR(cmd)) {
    case MIIM_OPR_READ:
        data = phy ? lan966x_phy_read(phy, reg) : MIIM_DATA_ERROR | 0xffff;
        trace_lan966x_miim_read(b->name, addr, reg, data);
        *lan966x_block_reg(b, 0, MIIM_DATA) = data;
        break;
    case MIIM_OPR_WRITE:
        data = MIIM_CMD_WRDATA(cmd);
        trace_lan966x_miim_write(b->name, addr, reg, data);
        if (phy) {
            lan966x_phy_write(phy, reg, data);
        }
        break;
    default:
        lan966x_block_guest_error(b, 0, MIIM_CMD, cmd, "no operation");
    }
}

static void miim_write_common_cfg(Lan966xMiim *s, uint32_t val)
{
    bool held = !(val & CUPHY_RESET_N);

    trace_lan966x_miim_phy_reset(LAN966X_BLOCK(s)->name, held);
    for (unsigned i = 0; i < miim_phys(s); i++) {
        Lan966xPhy *phy = &s->phy[i];

        if (phy->held && !held) {
            lan966x_phy_reset(phy);
        }
        phy->held = held;
        lan966x_phy_update(phy);
    }
}

static uint32_t miim_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    if (win == 1) {
        return *lan966x_block_reg(b, win, off);
    }
    switch (off) {
    case MIIM_STATUS:
        return 0;
    case MIIM_CMD:
    case MIIM_DATA:
    case MIIM_CFG:
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void miim_write(Lan966xBlock *b, unsigned win, uint32_t off,
                       uint32_t val)
{
    if (win == 1) {
        *lan966x_block_reg(b, win, off) = val;
        if (off == CUPHY_COMMON_CFG) {
            miim_write_common_cfg(LAN966X_MIIM(b), val);
        }
        return;
    }
    switch (off) {
    case MIIM_CMD:
        *lan966x_block_reg(b, win, off) = val;
        miim_command(LAN966X_MIIM(b), val);
        break;
    case MIIM_CFG:
        *lan966x_block_reg(b, win, off) = val;
        break;
    case MIIM_STATUS:
    case MIIM_DATA:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

bool lan966x_miim_up(Lan966xBlock *b, unsigned port)
{
    return LAN966X_MIIM(b)->phy[port].up;
}

void lan966x_miim_set_link(Lan966xBlock *b, unsigned port, bool link)
{
    Lan966xPhy *phy = &LAN966X_MIIM(b)->phy[port];

    phy->link = link;
    if (DEVICE(b)->realized) {
        lan966x_phy_update(phy);
    }
}

static void miim_reset(Lan966xBlock *b)
{
    Lan966xMiim *s = LAN966X_MIIM(b);

    *lan966x_block_reg(b, 1, CUPHY_COMMON_CFG) = b->chip->strict
                                                 ? 0 : CUPHY_RESET_N;
    for (unsigned i = 0; i < miim_phys(s); i++) {
        s->phy[i].held = b->chip->strict;
        lan966x_phy_reset(&s->phy[i]);
    }
}

static void miim_reset_update(Lan966xBlock *b)
{
    Lan966xMiim *s = LAN966X_MIIM(b);

    for (unsigned i = 0; i < miim_phys(s); i++) {
        lan966x_phy_update(&s->phy[i]);
    }
}

static void miim_init(Object *obj)
{
    Lan966xMiim *s = LAN966X_MIIM(obj);

    for (unsigned i = 0; i < MIIM_PHYS; i++) {
        lan966x_phy_init(&s->phy[i], i);
        lan966x_block_init_irq(LAN966X_BLOCK(obj), &s->phy[i].irq);
    }
}

static void miim_unrealize(DeviceState *dev)
{
    for (unsigned i = 0; i < MIIM_PHYS; i++) {
        timer_del(LAN966X_MIIM(dev)->phy[i].negotiated);
    }
}

static void miim_finalize(Object *obj)
{
    for (unsigned i = 0; i < MIIM_PHYS; i++) {
        lan966x_phy_finalize(&LAN966X_MIIM(obj)->phy[i]);
    }
}

static const VMStateDescription vmstate_miim = {
    .name = TYPE_LAN966X_MIIM,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xMiim),
        VMSTATE_STRUCT_ARRAY(phy, Lan966xMiim, MIIM_PHYS, 1,
                             vmstate_lan966x_phy, Lan966xPhy),
        VMSTATE_END_OF_LIST()
    }
};

static void miim_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    dc->unrealize = miim_unrealize;
    dc->vmsd = &vmstate_miim;
    bc->window_size[0] = MIIM_SIZE;
    bc->window_size[1] = CUPHY_SIZE;
    bc->read = miim_read;
    bc->write = miim_write;
    bc->reset = miim_reset;
    bc->update = miim_reset_update;
}

static const TypeInfo miim_type = {
    .name = TYPE_LAN966X_MIIM,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xMiim),
    .instance_init = miim_init,
    .instance_finalize = miim_finalize,
    .class_init = miim_class_init,
};

static void miim_register_types(void)
{
    type_register_static(&miim_type);
}

type_init(miim_register_types)
