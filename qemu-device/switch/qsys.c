/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QSYS and AFI: queues are always empty and nothing injects by itself, which
 * is what the driver waits for. All else is memory; switch.c reads PORT_ENA.
 * Shapers and weights of queues are egress.c's, gates are tas.c's.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../soc/types.h"
#include "switch.h"
#include "switch_regs.h"
#include "tas.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xQsys, LAN966X_QSYS)

struct Lan966xQsys {
    Lan966xBlock parent_obj;

    Lan966xTas tas;
};

int64_t lan966x_qsys_ready(Lan966xBlock *b, unsigned port, unsigned queue,
                           size_t len, int64_t now)
{
    return lan966x_tas_ready(b, &LAN966X_QSYS(b)->tas, port, queue, len, now);
}

static uint32_t qsys_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    if (off >= QSYS_SW_STATUS(0) && off <= QSYS_SW_STATUS(SWITCH_CPU_PORT)) {
        return 0;
    }
    return lan966x_tas_has(off)
           ? lan966x_tas_read(b, &LAN966X_QSYS(b)->tas, off)
           : *lan966x_block_reg(b, win, off);
}

static void qsys_write(Lan966xBlock *b, unsigned win, uint32_t off,
                       uint32_t val)
{
    if (lan966x_tas_has(off)) {
        lan966x_tas_write(b, &LAN966X_QSYS(b)->tas, off, val);
    } else {
        *lan966x_block_reg(b, win, off) = val;
    }
}

static void qsys_reset(Lan966xBlock *b)
{
    lan966x_tas_reset(&LAN966X_QSYS(b)->tas);
}

static const VMStateDescription vmstate_qsys = {
    .name = TYPE_LAN966X_QSYS,
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xQsys),
        VMSTATE_STRUCT(tas, Lan966xQsys, 1, vmstate_lan966x_tas, Lan966xTas),
        VMSTATE_END_OF_LIST()
    }
};

static void qsys_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    DEVICE_CLASS(klass)->vmsd = &vmstate_qsys;
    bc->window_size[0] = QSYS_SIZE;
    bc->read = qsys_read;
    bc->write = qsys_write;
    bc->reset = qsys_reset;
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
        .instance_size = sizeof(Lan966xQsys),
        .class_init = qsys_class_init,
    }, {
        .name = TYPE_LAN966X_AFI,
        .parent = TYPE_LAN966X_BLOCK,
        .class_init = afi_class_init,
    },
};

DEFINE_TYPES(qsys_types)
