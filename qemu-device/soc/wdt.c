/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watchdog, a DesignWare one with fixed periods.
 *
 * It counts down once it is enabled, which only a reset ends, and starts anew
 * by a kick. At the end of a period it resets the chip, as GCB's soft reset
 * does; with RMOD the first end raises its interrupt, and the next one resets.
 * The length of a period that is under way does not change.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/host-utils.h"
#include "qemu/timer.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xWdt, LAN966X_WDT)

#define WDT_NS_PER_CYCLE 5      /* 200 MHz */

struct Lan966xWdt {
    Lan966xBlock parent_obj;

    QEMUTimer *end;             /* of the period */
    bool warned;                /* its interrupt is raised */
    qemu_irq irq;
    qemu_irq chip_reset;
};

static uint32_t wdt_reg(Lan966xWdt *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

static void wdt_update(Lan966xWdt *s)
{
    qemu_set_irq(s->irq, s->warned);
}

static uint64_t wdt_cycles(Lan966xWdt *s)
{
    return 1ULL << (16 + WDT_TOP(wdt_reg(s, WDT_TORR)));
}

static void wdt_restart(Lan966xWdt *s)
{
    timer_mod(s->end, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                      WDT_NS_PER_CYCLE * wdt_cycles(s));
}

static void wdt_end(void *opaque)
{
    Lan966xWdt *s = opaque;
    bool warn = wdt_reg(s, WDT_CR) & WDT_RMOD && !s->warned;

    trace_lan966x_wdt_end(LAN966X_BLOCK(s)->name, warn);
    if (warn) {
        s->warned = true;
        wdt_update(s);
        wdt_restart(s);
    } else {
        qemu_irq_pulse(s->chip_reset);
    }
}

static uint32_t wdt_count(Lan966xWdt *s)
{
    int64_t left;

    if (!timer_pending(s->end)) {
        return wdt_cycles(s) - 1;
    }
    left = timer_expire_time_ns(s->end) - qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    return MAX(left, 0) / WDT_NS_PER_CYCLE;
}

static void wdt_acknowledge(Lan966xWdt *s)
{
    s->warned = false;
    wdt_update(s);
}

static uint32_t wdt_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    Lan966xWdt *s = LAN966X_WDT(b);

    switch (off) {
    case WDT_CCVR:
        return wdt_count(s);
    case WDT_CRR:
        return 0;
    case WDT_STAT:
        return s->warned;
    case WDT_EOI:
        wdt_acknowledge(s);
        return 0;
    case WDT_CR:
    case WDT_TORR:
    case WDT_PARAMS_5 ... WDT_TYPE:
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void wdt_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    Lan966xWdt *s = LAN966X_WDT(b);
    uint32_t *reg = lan966x_block_reg(b, win, off);

    switch (off) {
    case WDT_CR:
        *reg = (val & WDT_CR_MASK) | (*reg & WDT_ENABLE);
        if (val & WDT_ENABLE && !timer_pending(s->end)) {
            wdt_restart(s);
        }
        break;
    case WDT_TORR:
        *reg = val & WDT_TORR_MASK;
        break;
    case WDT_CRR:
        if ((val & 0xff) != WDT_KICK) {
            lan966x_block_guest_error(b, win, off, val, "no kick");
            return;
        }
        wdt_acknowledge(s);
        if (wdt_reg(s, WDT_CR) & WDT_ENABLE) {
            wdt_restart(s);
        }
        break;
    case WDT_CCVR:
    case WDT_STAT:
    case WDT_EOI:
    case WDT_PARAMS_5 ... WDT_TYPE:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void wdt_reset(Lan966xBlock *b)
{
    Lan966xWdt *s = LAN966X_WDT(b);

    timer_del(s->end);
    s->warned = false;
    *lan966x_block_reg(b, 0, WDT_PARAMS_1) = WDT_FIXED_TOP;
    *lan966x_block_reg(b, 0, WDT_VERSION) = WDT_VERSION_VALUE;
    *lan966x_block_reg(b, 0, WDT_TYPE) = WDT_TYPE_VALUE;
}

static void wdt_reset_update(Lan966xBlock *b)
{
    wdt_update(LAN966X_WDT(b));
}

static void wdt_init(Object *obj)
{
    Lan966xWdt *s = LAN966X_WDT(obj);

    s->end = timer_new_ns(QEMU_CLOCK_VIRTUAL, wdt_end, s);
    lan966x_block_init_irq(LAN966X_BLOCK(obj), &s->irq);
    qdev_init_gpio_out_named(DEVICE(obj), &s->chip_reset, "chip-reset", 1);
}

static void wdt_unrealize(DeviceState *dev)
{
    timer_del(LAN966X_WDT(dev)->end);
}

static void wdt_finalize(Object *obj)
{
    timer_free(LAN966X_WDT(obj)->end);
}

static const VMStateDescription vmstate_wdt = {
    .name = TYPE_LAN966X_WDT,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xWdt),
        VMSTATE_TIMER_PTR(end, Lan966xWdt),
        VMSTATE_BOOL(warned, Lan966xWdt),
        VMSTATE_END_OF_LIST()
    }
};

static void wdt_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    dc->unrealize = wdt_unrealize;
    dc->vmsd = &vmstate_wdt;
    bc->window_size[0] = WDT_SIZE;
    bc->read = wdt_read;
    bc->write = wdt_write;
    bc->reset = wdt_reset;
    bc->update = wdt_reset_update;
}

static const TypeInfo wdt_type = {
    .name = TYPE_LAN966X_WDT,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xWdt),
    .instance_init = wdt_init,
    .instance_finalize = wdt_finalize,
    .class_init = wdt_class_init,
};

static void wdt_register_types(void)
{
    type_register_static(&wdt_type);
}

type_init(wdt_register_types)
