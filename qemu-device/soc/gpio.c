/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GPIO: 78 pins, their multiplexer, pads, and an interrupt on each change.
 *
 * The level on a pin is, in this order: that of PTP where it is an output of
 * that; OUT where OE is set; what drives it from outside; high if its pad pulls
 * up; else low. OUT and OE count whatever else the pin is multiplexed to, as
 * the driver sets them for any function.
 * INTR latches every change of a pin that is an input, enabled or not.
 *
 * The named GPIOs of the device: gpio-in drives a pin from outside, gpio-out
 * has the level on the pin. What drives pins from outside outlasts resets.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../trace.h"
#include "gpio.h"
#include "lan966x_regs.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xGpio, LAN966X_GPIO)

struct Lan966xGpio {
    Lan966xBlock parent_obj;

    uint32_t intr[GPIO_WORDS];
    uint32_t level[GPIO_WORDS];
    uint32_t driven[GPIO_WORDS];    /* from outside, */
    uint32_t outside[GPIO_WORDS];   /* with this level */
    uint32_t sync_driven;           /* by PTP, by the numbers of its pins, */
    uint32_t sync_level;            /* with this level */
    qemu_irq irq;
    qemu_irq out[GPIO_PINS];
    qemu_irq sync[GPIO_SYNC_PINS];
};

static const uint32_t gpio_mask[GPIO_WORDS] = {
    UINT32_MAX, UINT32_MAX, MAKE_64BIT_MASK(0, GPIO_PINS - 64),
};

static uint32_t gpio_reg(Lan966xGpio *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

static uint32_t gpio_pulled(Lan966xGpio *s, unsigned w)
{
    uint32_t up = 0;

    for (unsigned pin = 32 * w; pin < MIN(32 * w + 32, GPIO_PINS); pin++) {
        uint32_t pad = *lan966x_block_reg(LAN966X_BLOCK(s), 1, GPIO_PAD(pin));

        if ((pad & (GPIO_PAD_PU | GPIO_PAD_PD)) == GPIO_PAD_PU) {
            up |= 1u << (pin % 32);
        }
    }
    return up;
}

static bool gpio_is_sync(Lan966xGpio *s, unsigned n)
{
    return lan966x_gpio_function(LAN966X_BLOCK(s), GPIO_SYNC_PIN(n)) ==
           GPIO_SYNC_FUNCTION;
}

/* Of the pins of word w, those that PTP drives */
static uint32_t gpio_synced(Lan966xGpio *s, unsigned w)
{
    uint32_t pins = 0;

    for (unsigned n = 0; n < GPIO_SYNC_PINS; n++) {
        if (GPIO_SYNC_PIN(n) / 32 == w && s->sync_driven & BIT(n) &&
            gpio_is_sync(s, n)) {
            pins |= BIT(GPIO_SYNC_PIN(n) % 32);
        }
    }
    return pins;
}

static void gpio_update_irq(Lan966xGpio *s)
{
    uint32_t ident = 0;

    for (unsigned w = 0; w < GPIO_WORDS; w++) {
        ident |= s->intr[w] & gpio_reg(s, GPIO_INTR_ENA(w));
    }
    trace_lan966x_gpio_irq(LAN966X_BLOCK(s)->name, ident);
    qemu_set_irq(s->irq, !!ident);
}

/* Returns the pins of word w that changed */
static uint32_t gpio_update_level(Lan966xGpio *s, unsigned w)
{
    uint32_t oe = gpio_reg(s, GPIO_OE(w));
    uint32_t in = (s->outside[w] & s->driven[w]) |
                  (gpio_pulled(s, w) & ~s->driven[w]);
    uint32_t level = ((gpio_reg(s, GPIO_OUT(w)) & oe) | (in & ~oe)) &
                     gpio_mask[w];
    uint32_t synced = gpio_synced(s, w);
    uint32_t changed;

    while (synced) {
        unsigned bit = ctz32(synced);
        unsigned n = 32 * w + bit - GPIO_SYNC_PIN(0);

        synced &= synced - 1;
        level = deposit32(level, bit, 1, s->sync_level >> n);
    }
    changed = s->level[w] ^ level;
    s->level[w] = level;
    return changed;
}

static void gpio_signal_sync(Lan966xGpio *s, unsigned pin, bool level)
{
    unsigned n = pin - GPIO_SYNC_PIN(0);

    if (n < GPIO_SYNC_PINS && gpio_is_sync(s, n)) {
        qemu_set_irq(s->sync[n], level);
    }
}

static void gpio_signal(Lan966xGpio *s, unsigned w, uint32_t pins)
{
    while (pins) {
        unsigned bit = ctz32(pins);
        bool level = s->level[w] & (1u << bit);

        pins &= pins - 1;
        trace_lan966x_gpio_pin(LAN966X_BLOCK(s)->name, 32 * w + bit, level);
        qemu_set_irq(s->out[32 * w + bit], level);
        gpio_signal_sync(s, 32 * w + bit, level);
    }
}

static void gpio_update(Lan966xGpio *s, unsigned w)
{
    uint32_t changed = gpio_update_level(s, w);

    s->intr[w] |= changed & ~gpio_reg(s, GPIO_OE(w));
    gpio_update_irq(s);
    gpio_signal(s, w, changed);
}

void lan966x_gpio_drive(Lan966xBlock *b, unsigned pin, bool level)
{
    Lan966xGpio *s = LAN966X_GPIO(b);
    unsigned w = pin / 32;

    s->driven[w] |= 1u << (pin % 32);
    s->outside[w] = deposit32(s->outside[w], pin % 32, 1, level);
    if (DEVICE(s)->realized) {
        trace_lan966x_gpio_drive(b->name, pin, level);
        gpio_update(s, w);
    }
}

void lan966x_gpio_sync(Lan966xBlock *b, unsigned n, int level)
{
    Lan966xGpio *s = LAN966X_GPIO(b);
    uint32_t driven = deposit32(s->sync_driven, n, 1, level >= 0);
    uint32_t high = deposit32(s->sync_level, n, 1, level > 0);

    if (driven == s->sync_driven && high == s->sync_level) {
        return;
    }
    s->sync_driven = driven;
    s->sync_level = high;
    if (DEVICE(s)->realized) {
        gpio_update(s, GPIO_SYNC_PIN(n) / 32);
    }
}

static void gpio_set_in(void *opaque, int pin, int level)
{
    lan966x_gpio_drive(opaque, pin, level);
}

bool lan966x_gpio_level(Lan966xBlock *b, unsigned pin)
{
    return LAN966X_GPIO(b)->level[pin / 32] & (1u << (pin % 32));
}

unsigned lan966x_gpio_function(Lan966xBlock *b, unsigned pin)
{
    unsigned function = 0;

    for (unsigned bit = 0; bit < 3; bit++) {
        uint32_t alt = *lan966x_block_reg(b, 0, GPIO_ALT(pin / 32, bit));

        function |= extract32(alt, pin % 32, 1) << bit;
    }
    return function;
}

bool lan966x_gpio_muxed(Lan966xBlock *b, unsigned first, unsigned count,
                        unsigned function)
{
    for (unsigned pin = first; pin < first + count; pin++) {
        if (lan966x_gpio_function(b, pin) != function) {
            return false;
        }
    }
    return true;
}

static uint32_t gpio_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    Lan966xGpio *s = LAN966X_GPIO(b);
    unsigned w;

    if (win == 1) {
        return *lan966x_block_reg(b, win, off);
    }
    switch (off) {
    case GPIO_OUT_SET(0) ... GPIO_OUT_SET(2):
    case GPIO_OUT_CLR(0) ... GPIO_OUT_CLR(2):
        return 0;
    case GPIO_IN(0) ... GPIO_IN(2):
        return s->level[(off - GPIO_IN(0)) / 4];
    case GPIO_INTR(0) ... GPIO_INTR(2):
        return s->intr[(off - GPIO_INTR(0)) / 4];
    case GPIO_INTR_IDENT(0) ... GPIO_INTR_IDENT(2):
        w = (off - GPIO_INTR_IDENT(0)) / 4;
        return s->intr[w] & gpio_reg(s, GPIO_INTR_ENA(w));
    case GPIO_OUT(0) ... GPIO_OUT(2):
    case GPIO_OE(0) ... GPIO_OE(2):
    case GPIO_INTR_ENA(0) ... GPIO_INTR_ENA(2):
    case GPIO_ALT(0, 0) ... GPIO_ALT(2, 2):
    case GPIO_SD_MAP ... GPIO_SIZE - 4:
        return gpio_reg(s, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void gpio_write_alt(Lan966xBlock *b, uint32_t off, uint32_t val)
{
    uint32_t *reg = lan966x_block_reg(b, 0, off);
    unsigned w = (off - GPIO_ALT(0, 0)) / (GPIO_ALT(1, 0) - GPIO_ALT(0, 0));
    uint32_t changed = (*reg ^ val) & gpio_mask[w];

    *reg = val & gpio_mask[w];
    while (changed) {
        unsigned pin = 32 * w + ctz32(changed);

        changed &= changed - 1;
        trace_lan966x_gpio_mux(b->name, pin, lan966x_gpio_function(b, pin));
    }
    gpio_update(LAN966X_GPIO(b), w);
}

static void gpio_write(Lan966xBlock *b, unsigned win, uint32_t off,
                       uint32_t val)
{
    Lan966xGpio *s = LAN966X_GPIO(b);
    unsigned w;

    if (win == 1) {
        *lan966x_block_reg(b, win, off) = val;
        gpio_update(s, off / 4 / 32);
        return;
    }
    switch (off) {
    case GPIO_OUT_SET(0) ... GPIO_OUT_SET(2):
        w = (off - GPIO_OUT_SET(0)) / 4;
        *lan966x_block_reg(b, 0, GPIO_OUT(w)) |= val & gpio_mask[w];
        gpio_update(s, w);
        break;
    case GPIO_OUT_CLR(0) ... GPIO_OUT_CLR(2):
        w = (off - GPIO_OUT_CLR(0)) / 4;
        *lan966x_block_reg(b, 0, GPIO_OUT(w)) &= ~val;
        gpio_update(s, w);
        break;
    case GPIO_OUT(0) ... GPIO_OUT(2):
    case GPIO_OE(0) ... GPIO_OE(2):
        w = (off - GPIO_OUT(0)) / 4 % GPIO_WORDS;
        *lan966x_block_reg(b, 0, off) = val & gpio_mask[w];
        gpio_update(s, w);
        break;
    case GPIO_INTR(0) ... GPIO_INTR(2):
        s->intr[(off - GPIO_INTR(0)) / 4] &= ~val;
        gpio_update_irq(s);
        break;
    case GPIO_INTR_ENA(0) ... GPIO_INTR_ENA(2):
        w = (off - GPIO_INTR_ENA(0)) / 4;
        *lan966x_block_reg(b, 0, off) = val & gpio_mask[w];
        gpio_update_irq(s);
        break;
    case GPIO_ALT(0, 0) ... GPIO_ALT(2, 2):
        gpio_write_alt(b, off, val);
        break;
    case GPIO_SD_MAP ... GPIO_SIZE - 4:
        *lan966x_block_reg(b, 0, off) = val;
        break;
    case GPIO_IN(0) ... GPIO_IN(2):
    case GPIO_INTR_IDENT(0) ... GPIO_INTR_IDENT(2):
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void gpio_reset(Lan966xBlock *b)
{
    Lan966xGpio *s = LAN966X_GPIO(b);

    memset(s->intr, 0, sizeof(s->intr));
    for (unsigned pin = 0; pin < GPIO_PINS; pin++) {
        *lan966x_block_reg(b, 1, GPIO_PAD(pin)) = GPIO_PAD_DS(1);
    }
}

static void gpio_reset_update(Lan966xBlock *b)
{
    Lan966xGpio *s = LAN966X_GPIO(b);

    for (unsigned w = 0; w < GPIO_WORDS; w++) {
        gpio_update_level(s, w);
        gpio_signal(s, w, gpio_mask[w]);
    }
    gpio_update_irq(s);
}

static void gpio_init(Object *obj)
{
    Lan966xGpio *s = LAN966X_GPIO(obj);
    DeviceState *dev = DEVICE(obj);

    lan966x_block_init_irq(LAN966X_BLOCK(obj), &s->irq);
    qdev_init_gpio_in_named(dev, gpio_set_in, "gpio-in", GPIO_PINS);
    qdev_init_gpio_out_named(dev, s->out, "gpio-out", GPIO_PINS);
    qdev_init_gpio_out_named(dev, s->sync, "sync-out", GPIO_SYNC_PINS);
}

static const VMStateDescription vmstate_gpio = {
    .name = TYPE_LAN966X_GPIO,
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xGpio),
        VMSTATE_UINT32_ARRAY(intr, Lan966xGpio, GPIO_WORDS),
        VMSTATE_UINT32_ARRAY(level, Lan966xGpio, GPIO_WORDS),
        VMSTATE_UINT32_ARRAY(driven, Lan966xGpio, GPIO_WORDS),
        VMSTATE_UINT32_ARRAY(outside, Lan966xGpio, GPIO_WORDS),
        VMSTATE_UINT32(sync_driven, Lan966xGpio),
        VMSTATE_UINT32(sync_level, Lan966xGpio),
        VMSTATE_END_OF_LIST()
    }
};

static void gpio_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    DEVICE_CLASS(klass)->vmsd = &vmstate_gpio;
    bc->window_size[0] = GPIO_SIZE;
    bc->window_size[1] = GPIO_PAD_SIZE;
    bc->read = gpio_read;
    bc->write = gpio_write;
    bc->reset = gpio_reset;
    bc->update = gpio_reset_update;
}

static const TypeInfo gpio_type = {
    .name = TYPE_LAN966X_GPIO,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xGpio),
    .instance_init = gpio_init,
    .class_init = gpio_class_init,
};

static void gpio_register_types(void)
{
    type_register_static(&gpio_type);
}

type_init(gpio_register_types)
