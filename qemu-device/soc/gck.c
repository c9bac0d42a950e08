/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GCK: the generic clocks of the CPU domain, and their gates. Only registers:
 * nothing here runs at a clock's rate.
 */

#include "qemu/osdep.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "types.h"

static void gck_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    if (win == 0) {
        trace_lan966x_gck_set(b->name, off / 4, val & GCK_ENA,
                              extract32(val, 8, 2), extract32(val, 16, 8));
    }
    *lan966x_block_reg(b, win, off) = val;
}

static void gck_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    bc->window_size[0] = GCK_SIZE;
    bc->window_size[1] = GCK_GATE_SIZE;
    bc->write = gck_write;
}

static const TypeInfo gck_type = {
    .name = TYPE_LAN966X_GCK,
    .parent = TYPE_LAN966X_BLOCK,
    .class_init = gck_class_init,
};

static void gck_register_types(void)
{
    type_register_static(&gck_type);
}

type_init(gck_register_types)
