/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GCB: chip id, straps, and the soft resets, which clear themselves at once.
 *
 * A reset of the switch core takes along the blocks of DOMAIN_SWC and
 * leaves the CPU's (OIC, clocks, flexcoms) and the PCI function alone. Which
 * of GPIO, MIIM and SerDes it takes along on silicon is a guess.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xGcb, LAN966X_GCB)

struct Lan966xGcb {
    Lan966xBlock parent_obj;

    uint32_t chip_id;
    bool swc_protect;
    qemu_irq swc_reset;
    qemu_irq chip_reset;
};

static void gcb_set_protect(void *opaque, int n, int level)
{
    LAN966X_GCB(opaque)->swc_protect = level;
}

static void gcb_soft_reset(Lan966xGcb *s, uint32_t val)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);

    trace_lan966x_gcb_soft_reset(b->name, val);
    if (val & GCB_SOFT_CHIP_RST) {
        lan966x_block_guest_error(b, 0, GCB_SOFT_RST, val,
                                  "chip reset drops the PCIe link on silicon");
        qemu_irq_pulse(s->chip_reset);
    } else if (val & GCB_SOFT_SWC_RST) {
        if (!s->swc_protect) {
            lan966x_block_guest_error(b, 0, GCB_SOFT_RST, val,
                                      "switch reset without protection of "
                                      "the CPU domain");
        }
        qemu_irq_pulse(s->swc_reset);
    }
}

static uint32_t gcb_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    switch (off) {
    case GCB_CHIP_ID:
        return LAN966X_GCB(b)->chip_id;
    case GCB_SOFT_RST:
        return 0;
    case GCB_HW_STAT:
        return GCB_HW_STAT_PLL_CONF(1);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void gcb_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    switch (off) {
    case GCB_CHIP_ID:
    case GCB_HW_STAT:
        lan966x_block_readonly(b, win, off, val);
        break;
    case GCB_SOFT_RST:
        gcb_soft_reset(LAN966X_GCB(b), val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void gcb_init(Object *obj)
{
    Lan966xGcb *s = LAN966X_GCB(obj);

    qdev_init_gpio_in_named(DEVICE(obj), gcb_set_protect, "swc-protect", 1);
    qdev_init_gpio_out_named(DEVICE(obj), &s->swc_reset, "swc-reset", 1);
    qdev_init_gpio_out_named(DEVICE(obj), &s->chip_reset, "chip-reset", 1);
}

static const Property gcb_properties[] = {
    DEFINE_PROP_UINT32("chip-id", Lan966xGcb, chip_id, GCB_CHIP_ID_LAN9662),
};

static const VMStateDescription vmstate_gcb = {
    .name = TYPE_LAN966X_GCB,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xGcb),
        VMSTATE_BOOL(swc_protect, Lan966xGcb),
        VMSTATE_END_OF_LIST()
    }
};

static void gcb_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    dc->vmsd = &vmstate_gcb;
    device_class_set_props(dc, gcb_properties);
    bc->window_size[0] = GCB_SIZE;
    bc->read = gcb_read;
    bc->write = gcb_write;
}

static const TypeInfo gcb_type = {
    .name = TYPE_LAN966X_GCB,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xGcb),
    .instance_init = gcb_init,
    .class_init = gcb_class_init,
};

static void gcb_register_types(void)
{
    type_register_static(&gcb_type);
}

type_init(gcb_register_types)
