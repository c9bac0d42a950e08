/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flexcom: a wrapper that selects one of USART, SPI and TWI, and the window
 * and interrupt that they share. Functions that are not selected read 0.
 *
 * As on silicon, it needs its clock: without, nothing can be written. That it
 * can be read follows from spi-atmel, which reads VERSION before it enables
 * the clock, and works. And it needs its pins: data gets out and in while one
 * of the groups of three pins that it can have is multiplexed to it, without
 * the first of them, which is a clock, for USART and TWI. Chip selects are on
 * other pins, which do not count. x-strict=off of the card: neither matters.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../trace.h"
#include "flexcom.h"
#include "gck.h"
#include "gpio.h"
#include "lan966x_regs.h"
#include "spi.h"
#include "twi.h"
#include "types.h"
#include "usart.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xFlexcom, LAN966X_FLEXCOM)

struct Lan966xFlexcom {
    Lan966xBlock parent_obj;

    Lan966xUsart usart;
    Lan966xSpi spi;
    Lan966xTwi twi;
    qemu_irq irq;
};

#define FLEXCOM_PIN_GROUPS 3

/* First pin of each group, and the function that is the flexcom's there */
static const struct {
    uint8_t first;
    uint8_t function;
} flexcom_pins[FLEXCOMS][FLEXCOM_PIN_GROUPS] = {
    { { 8, 1 }, { 24, 1 }, { 61, 4 } },
    { { 11, 1 }, { 33, 1 }, { 46, 1 } },
    { { 14, 1 }, { 43, 1 } },
    { { 17, 1 }, { 51, 1 }, { 30, 1 } },
    { { 20, 1 }, { 56, 1 }, { 64, 2 } },
};

static unsigned flexcom_mode(Lan966xFlexcom *s)
{
    return FLEX_MR_OPMODE(*lan966x_block_reg(LAN966X_BLOCK(s), 0, FLEX_MR));
}

static void flexcom_update(Lan966xFlexcom *s)
{
    bool level = false;

    switch (flexcom_mode(s)) {
    case FLEX_OPMODE_USART:
        level = lan966x_usart_irq(&s->usart);
        break;
    case FLEX_OPMODE_SPI:
        level = lan966x_spi_irq(&s->spi);
        break;
    case FLEX_OPMODE_TWI:
        level = lan966x_twi_irq(&s->twi);
        break;
    }
    qemu_set_irq(s->irq, level);
}

/* Whether off is in the window of the selected function */
static bool flexcom_selected(Lan966xFlexcom *s, uint32_t off)
{
    return off / FLEX_FUNCTION_SIZE == flexcom_mode(s);
}

/* Whether data gets out and in */
static bool flexcom_is_wired(void *opaque)
{
    Lan966xBlock *b = LAN966X_BLOCK(opaque);
    unsigned skip = flexcom_mode(opaque) == FLEX_OPMODE_SPI ? 0 : 1;

    if (!b->chip->strict) {
        return true;
    }
    for (unsigned i = 0; i < FLEXCOM_PIN_GROUPS; i++) {
        if (flexcom_pins[b->index][i].function &&
            lan966x_gpio_muxed(b->chip->gpio,
                               flexcom_pins[b->index][i].first + skip,
                               3 - skip, flexcom_pins[b->index][i].function)) {
            return true;
        }
    }
    return false;
}

static bool flexcom_has_clock(Lan966xBlock *b)
{
    return !b->chip->strict ||
           lan966x_gck_runs(b->chip->gck, GCK_FLEXCOM(b->index));
}

static uint32_t flexcom_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    Lan966xFlexcom *s = LAN966X_FLEXCOM(b);
    uint32_t val = 0;

    if (off < FLEX_USART) {
        switch (off) {
        case FLEX_MR:
        case FLEX_VERSION:
            return *lan966x_block_reg(b, win, off);
        default:
            return lan966x_block_unlisted_read(b, win, off);
        }
    }
    if (!flexcom_selected(s, off)) {
        lan966x_block_guest_error(b, win, off, 0, "function is not selected");
        return 0;
    }
    switch (flexcom_mode(s)) {
    case FLEX_OPMODE_USART:
        val = lan966x_usart_read(&s->usart, off - FLEX_USART);
        break;
    case FLEX_OPMODE_SPI:
        val = lan966x_spi_read(&s->spi, off - FLEX_SPI);
        break;
    case FLEX_OPMODE_TWI:
        val = lan966x_twi_read(&s->twi, off - FLEX_TWI);
        break;
    }
    flexcom_update(s);
    return val;
}

static void flexcom_write(Lan966xBlock *b, unsigned win, uint32_t off,
                          uint32_t val)
{
    Lan966xFlexcom *s = LAN966X_FLEXCOM(b);

    if (!flexcom_has_clock(b)) {
        lan966x_block_guest_error(b, win, off, val, "write without its clock");
        return;
    }
    if (off < FLEX_USART) {
        switch (off) {
        case FLEX_MR:
            *lan966x_block_reg(b, win, off) = val;
            trace_lan966x_flexcom_mode(b->name, flexcom_mode(s));
            break;
        case FLEX_VERSION:
            lan966x_block_readonly(b, win, off, val);
            break;
        default:
            lan966x_block_unlisted_write(b, win, off, val);
        }
        flexcom_update(s);
        return;
    }
    if (!flexcom_selected(s, off)) {
        lan966x_block_guest_error(b, win, off, val, "function is not selected");
        return;
    }
    switch (flexcom_mode(s)) {
    case FLEX_OPMODE_USART:
        lan966x_usart_write(&s->usart, off - FLEX_USART, val);
        break;
    case FLEX_OPMODE_SPI:
        lan966x_spi_write(&s->spi, off - FLEX_SPI, val, b->access_size);
        break;
    case FLEX_OPMODE_TWI:
        lan966x_twi_write(&s->twi, off - FLEX_TWI, val);
        break;
    }
    flexcom_update(s);
}

static void flexcom_reset(Lan966xBlock *b)
{
    Lan966xFlexcom *s = LAN966X_FLEXCOM(b);

    lan966x_usart_reset(&s->usart);
    lan966x_spi_reset(&s->spi);
    lan966x_twi_reset(&s->twi);
}

static void flexcom_reset_update(Lan966xBlock *b)
{
    Lan966xFlexcom *s = LAN966X_FLEXCOM(b);

    lan966x_spi_reset_bus(&s->spi);
    lan966x_twi_reset_bus(&s->twi);
    flexcom_update(s);
}

static void flexcom_resume(Lan966xBlock *b)
{
    Lan966xFlexcom *s = LAN966X_FLEXCOM(b);

    lan966x_usart_resume(&s->usart);
    flexcom_update(s);
}

I2CBus *lan966x_flexcom_i2c(Lan966xBlock *b)
{
    return LAN966X_FLEXCOM(b)->twi.bus;
}

SSIBus *lan966x_flexcom_spi(Lan966xBlock *b)
{
    return LAN966X_FLEXCOM(b)->spi.bus;
}

void lan966x_flexcom_i2c_cut(Lan966xBlock *b)
{
    Lan966xFlexcom *s = LAN966X_FLEXCOM(b);

    lan966x_twi_unplug(&s->twi);
    flexcom_update(s);
}

static bool flexcom_is_spi(Lan966xFlexcom *s, DeviceState *dev)
{
    return qdev_get_parent_bus(dev) == BUS(s->spi.bus);
}

static void flexcom_pre_plug(HotplugHandler *handler, DeviceState *dev,
                             Error **errp)
{
    if (flexcom_is_spi(LAN966X_FLEXCOM(handler), dev)) {
        lan966x_spi_accepts(dev, errp);
    }
}

static void flexcom_plug(HotplugHandler *handler, DeviceState *dev,
                         Error **errp)
{
    if (flexcom_is_spi(LAN966X_FLEXCOM(handler), dev)) {
        lan966x_spi_plugged(dev);
    }
}

static void flexcom_unplug(HotplugHandler *handler, DeviceState *dev,
                           Error **errp)
{
    Lan966xFlexcom *s = LAN966X_FLEXCOM(handler);

    if (!flexcom_is_spi(s, dev)) {
        lan966x_flexcom_i2c_cut(LAN966X_BLOCK(s));
    }
    qdev_simple_device_unplug_cb(handler, dev, errp);
}

static void flexcom_backend_event(void *opaque)
{
    flexcom_update(opaque);
}

static void flexcom_realize(DeviceState *dev, Error **errp)
{
    Lan966xFlexcom *s = LAN966X_FLEXCOM(dev);
    Lan966xBlock *b = LAN966X_BLOCK(dev);
    g_autofree char *i2c_name = g_strdup_printf("%s.i2c%u", b->card, b->index);
    g_autofree char *spi_name = g_strdup_printf("%s.spi%u", b->card, b->index);

    lan966x_usart_realize(&s->usart, b->name,
                          lan966x_block_reg(b, 0, FLEX_USART),
                          flexcom_backend_event, flexcom_is_wired, s);
    lan966x_spi_realize(&s->spi, dev, spi_name, b->name,
                        lan966x_block_reg(b, 0, FLEX_SPI), flexcom_is_wired);
    lan966x_twi_realize(&s->twi, dev, i2c_name, b->name,
                        lan966x_block_reg(b, 0, FLEX_TWI), flexcom_is_wired);
}

static void flexcom_unrealize(DeviceState *dev)
{
    Lan966xFlexcom *s = LAN966X_FLEXCOM(dev);

    lan966x_usart_unrealize(&s->usart);
    lan966x_spi_unrealize(&s->spi);
    lan966x_twi_unrealize(&s->twi);
}

static void flexcom_init(Object *obj)
{
    lan966x_block_init_irq(LAN966X_BLOCK(obj), &LAN966X_FLEXCOM(obj)->irq);
}

static const Property flexcom_properties[] = {
    DEFINE_PROP_CHR("chardev", Lan966xFlexcom, usart.chr),
};

static const VMStateDescription vmstate_flexcom = {
    .name = TYPE_LAN966X_FLEXCOM,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xFlexcom),
        VMSTATE_STRUCT(usart, Lan966xFlexcom, 1, vmstate_lan966x_usart,
                       Lan966xUsart),
        VMSTATE_STRUCT(spi, Lan966xFlexcom, 1, vmstate_lan966x_spi, Lan966xSpi),
        VMSTATE_STRUCT(twi, Lan966xFlexcom, 1, vmstate_lan966x_twi, Lan966xTwi),
        VMSTATE_END_OF_LIST()
    }
};

static void flexcom_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    dc->realize = flexcom_realize;
    dc->unrealize = flexcom_unrealize;
    dc->vmsd = &vmstate_flexcom;
    device_class_set_props(dc, flexcom_properties);
    hc->pre_plug = flexcom_pre_plug;
    hc->plug = flexcom_plug;
    hc->unplug = flexcom_unplug;
    bc->window_size[0] = FLEX_SIZE;
    bc->narrow = true;
    bc->read = flexcom_read;
    bc->write = flexcom_write;
    bc->reset = flexcom_reset;
    bc->update = flexcom_reset_update;
    bc->resume = flexcom_resume;
}

static const TypeInfo flexcom_type = {
    .name = TYPE_LAN966X_FLEXCOM,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xFlexcom),
    .instance_init = flexcom_init,
    .class_init = flexcom_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    },
};

static void flexcom_register_types(void)
{
    type_register_static(&flexcom_type);
}

type_init(flexcom_register_types)
