/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Base of all blocks of the SoC: dispatch, tracing, memory, reset, migration.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../trace.h"
#include "block.h"

/*
 * The second half of a 64-bit access may be beyond the end of the window. A
 * vCPU may still hold the mapping of a card that was just unplugged.
 */
static bool lan966x_window_has(Lan966xWindow *w, hwaddr addr, uint64_t val)
{
    if (!DEVICE(w->block)->realized) {
        return false;
    }
    if (addr / 4 >= w->nr_regs) {
        lan966x_block_guest_error(w->block, w->index, addr, val,
                                  "access across the end");
        return false;
    }
    return true;
}

static uint64_t lan966x_window_read(void *opaque, hwaddr addr, unsigned size)
{
    Lan966xWindow *w = opaque;
    Lan966xBlock *b = w->block;
    unsigned shift = 8 * (addr & 3);
    uint32_t val;

    if (!lan966x_window_has(w, addr, 0)) {
        return 0;
    }
    b->chip->reads++;
    b->access_size = size;
    val = LAN966X_BLOCK_GET_CLASS(b)->read(b, w->index, addr & ~3) >> shift;
    trace_lan966x_block_read(b->name, w->index, addr, size, val);
    return val;
}

static void lan966x_window_write(void *opaque, hwaddr addr, uint64_t val,
                                 unsigned size)
{
    Lan966xWindow *w = opaque;
    Lan966xBlock *b = w->block;
    unsigned shift = 8 * (addr & 3);

    if (!lan966x_window_has(w, addr, val)) {
        return;
    }
    b->chip->writes++;
    b->access_size = size;
    trace_lan966x_block_write(b->name, w->index, addr, size, val);
    LAN966X_BLOCK_GET_CLASS(b)->write(b, w->index, addr & ~3, val << shift);
}

static const MemoryRegionOps lan966x_window_ops = {
    .read = lan966x_window_read,
    .write = lan966x_window_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

static const MemoryRegionOps lan966x_narrow_window_ops = {
    .read = lan966x_window_read,
    .write = lan966x_window_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 4 },
};

uint32_t lan966x_block_unlisted_read(Lan966xBlock *b, unsigned win,
                                     uint32_t off)
{
    uint32_t val = *lan966x_block_reg(b, win, off);

    qemu_log_mask(LOG_UNIMP, "lan966x %s: window %u +0x%x: "
                  "read of an unlisted register: 0x%x\n",
                  b->name, win, off, val);
    return val;
}

void lan966x_block_unlisted_write(Lan966xBlock *b, unsigned win, uint32_t off,
                                  uint32_t val)
{
    qemu_log_mask(LOG_UNIMP, "lan966x %s: window %u +0x%x: "
                  "write of an unlisted register: 0x%x\n",
                  b->name, win, off, val);
    *lan966x_block_reg(b, win, off) = val;
}

void lan966x_block_readonly(Lan966xBlock *b, unsigned win, uint32_t off,
                            uint32_t val)
{
    lan966x_block_guest_error(b, win, off, val, "register is read-only");
}

static uint32_t lan966x_block_plain_read(Lan966xBlock *b, unsigned win,
                                         uint32_t off)
{
    return *lan966x_block_reg(b, win, off);
}

static void lan966x_block_plain_write(Lan966xBlock *b, unsigned win,
                                      uint32_t off, uint32_t val)
{
    *lan966x_block_reg(b, win, off) = val;
}

void lan966x_block_init_irq(Lan966xBlock *b, qemu_irq *irq)
{
    qdev_init_gpio_out_named(DEVICE(b), irq, LAN966X_BLOCK_IRQ, 1);
}

static void lan966x_block_reset_enter(Object *obj, ResetType type)
{
    Lan966xBlock *b = LAN966X_BLOCK(obj);
    Lan966xBlockClass *bc = LAN966X_BLOCK_GET_CLASS(b);

    for (unsigned i = 0; i < LAN966X_MAX_WINDOWS; i++) {
        Lan966xWindow *w = &b->win[i];

        if (w->nr_regs) {
            memset(w->regs, 0, w->nr_regs * sizeof(w->regs[0]));
        }
    }
    if (bc->reset) {
        bc->reset(b);
    }
}

static void lan966x_block_reset_hold(Object *obj, ResetType type)
{
    Lan966xBlock *b = LAN966X_BLOCK(obj);
    Lan966xBlockClass *bc = LAN966X_BLOCK_GET_CLASS(b);

    if (bc->update) {
        bc->update(b);
    }
}

static void lan966x_block_init(Object *obj)
{
    Lan966xBlock *b = LAN966X_BLOCK(obj);
    Lan966xBlockClass *bc = LAN966X_BLOCK_GET_CLASS(b);

    for (unsigned i = 0; i < LAN966X_MAX_WINDOWS; i++) {
        Lan966xWindow *w = &b->win[i];
        uint32_t size = bc->window_size[i];

        if (!size) {
            continue;
        }
        w->block = b;
        w->index = i;
        w->nr_regs = size / 4;
        w->regs = g_new0(uint32_t, w->nr_regs);
        memory_region_init_io(&w->mr, obj,
                              bc->narrow ? &lan966x_narrow_window_ops
                                         : &lan966x_window_ops,
                              w, object_get_typename(obj), size);
    }
}

static void lan966x_block_finalize(Object *obj)
{
    Lan966xBlock *b = LAN966X_BLOCK(obj);

    for (unsigned i = 0; i < LAN966X_MAX_WINDOWS; i++) {
        g_free(b->win[i].regs);
    }
    g_free(b->card);
    g_free(b->name);
}

static const VMStateDescription vmstate_lan966x_window = {
    .name = "lan966x-window",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_VARRAY_UINT32(regs, Lan966xWindow, nr_regs, 0,
                              vmstate_info_uint32, uint32_t),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_lan966x_block = {
    .name = TYPE_LAN966X_BLOCK,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(win, Lan966xBlock, LAN966X_MAX_WINDOWS, 1,
                             vmstate_lan966x_window, Lan966xWindow),
        VMSTATE_END_OF_LIST()
    }
};

static const Property lan966x_block_properties[] = {
    DEFINE_PROP_UINT32("index", Lan966xBlock, index, 0),
};

static void lan966x_block_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    bc->read = lan966x_block_plain_read;
    bc->write = lan966x_block_plain_write;
    dc->bus_type = TYPE_LAN966X_BUS;
    dc->user_creatable = false;
    dc->vmsd = &vmstate_lan966x_block;
    rc->phases.enter = lan966x_block_reset_enter;
    rc->phases.hold = lan966x_block_reset_hold;
    device_class_set_props(dc, lan966x_block_properties);
}

static const TypeInfo lan966x_block_type = {
    .name = TYPE_LAN966X_BLOCK,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(Lan966xBlock),
    .instance_init = lan966x_block_init,
    .instance_finalize = lan966x_block_finalize,
    .class_size = sizeof(Lan966xBlockClass),
    .class_init = lan966x_block_class_init,
    .abstract = true,
};

static void lan966x_block_register_types(void)
{
    type_register_static(&lan966x_block_type);
}

type_init(lan966x_block_register_types)
