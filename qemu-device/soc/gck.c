/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GCK: the generic clocks of the CPU domain, and their gates. Nothing here runs
 * at a clock's rate, but a flexcom whose clock is off does nothing.
 */

#include "qemu/osdep.h"
#include "../trace.h"
#include "gck.h"
#include "lan966x_regs.h"
#include "types.h"

bool lan966x_gck_runs(Lan966xBlock *b, unsigned clock)
{
    return *lan966x_block_reg(b, 0, GCK_CFG(clock)) & GCK_ENA;
}

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
