/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An add-on board for the card's connector:
 *
 *   -device lan966x-addon,id=addon0,bus=card0.connector0[,drive=..]
 *
 *   card         id of the card; an error if the bus is another one's. Without
 *                bus=, QEMU takes the first connector that it finds
 *   drive        content of the ID EEPROM, 4096 bytes (default: zeros)
 *   flash        type of the SPI flash (default m25p05, 64 KiB), or "none"
 *   flash-drive  its content (default: erased)
 *   led          bool, read only: whether line 0 of the expander is low
 *
 * On the connector's I2C: a 24c32 at 0x57, a TMP105 at 0x49 (child "sensor",
 * property temperature), a PCA9554 at 0x20. On its SPI, chip select 0: the
 * flash. They answer only with power, the expander and the flash only out of
 * reset; they start anew with each power-up, and keep what is in memories.
 *
 * They are on buses of the board, <id>.i2c and <id>.spi. A gate on each of the
 * connector's buses passes on what comes for them.
 */

#include "qemu/osdep.h"
#include "block/block.h"
#include "hw/block/flash.h"
#include "hw/gpio/pca9554.h"
#include "hw/sensor/tmp105.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "../help.h"
#include "../soc/flexcom.h"
#include "../soc/twi.h"
#include "../trace.h"
#include "addon.h"
#include "connector.h"
#include "part.h"

#define EEPROM_ADDRESS   0x57
#define EEPROM_SIZE      4096
#define SENSOR_ADDRESS   0x49
#define EXPANDER_ADDRESS 0x20

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xAddon, LAN966X_ADDON)

struct Lan966xAddon {
    DeviceState parent_obj;

    char *card;
    char *drive;
    char *flash_type;
    char *flash_drive;

    Lan966xBlock *card_twi;
    I2CBus *i2c;
    SSIBus *spi;
    DeviceState *expander;
    DeviceState *flash;             /* or NULL */
    DeviceState *i2c_gate;
    DeviceState *spi_gate;

    bool powered;
    bool held;                      /* in reset */
    bool selected;                  /* by the card's chip select */
};

#define TYPE_LAN966X_ADDON_I2C "lan966x-addon-i2c"
OBJECT_DECLARE_SIMPLE_TYPE(Lan966xAddonI2c, LAN966X_ADDON_I2C)

struct Lan966xAddonI2c {
    I2CSlave parent_obj;

    Lan966xAddon *addon;
    Error *hold;
};

#define TYPE_LAN966X_ADDON_SPI "lan966x-addon-spi"
OBJECT_DECLARE_SIMPLE_TYPE(Lan966xAddonSpi, LAN966X_ADDON_SPI)

struct Lan966xAddonSpi {
    SSIPeripheral parent_obj;

    Lan966xAddon *addon;
    Error *hold;
};

static bool addon_answers(Lan966xAddon *s, uint8_t address)
{
    return s->powered && !(s->held && address == EXPANDER_ADDRESS);
}

static bool addon_i2c_match(I2CSlave *slave, uint8_t address, bool broadcast,
                            I2CNodeList *devs)
{
    Lan966xAddon *s = LAN966X_ADDON_I2C(slave)->addon;

    return addon_answers(s, address) &&
           i2c_scan_bus(s->i2c, address, broadcast, devs);
}

/* Who does not answer any more does not finish its transfer either */
static void addon_cut_i2c(Lan966xAddon *s)
{
    I2CNode *node;

    QLIST_FOREACH(node, &lan966x_flexcom_i2c(s->card_twi)->current_devs, next) {
        if (qdev_get_parent_bus(DEVICE(node->elt)) == BUS(s->i2c) &&
            !addon_answers(s, node->elt->address)) {
            lan966x_flexcom_i2c_cut(s->card_twi);
            return;
        }
    }
}

static bool addon_flash_on(Lan966xAddon *s)
{
    return s->flash && s->powered && !s->held;
}

static void addon_update_cs(Lan966xAddon *s)
{
    if (s->flash) {
        qemu_set_irq(qdev_get_gpio_in_named(s->flash, SSI_GPIO_CS, 0),
                     !(s->selected && addon_flash_on(s)));
    }
}

static int addon_spi_set_cs(SSIPeripheral *p, bool level)
{
    Lan966xAddon *s = LAN966X_ADDON_SPI(p)->addon;

    s->selected = !level;
    addon_update_cs(s);
    return 0;
}

static uint32_t addon_spi_transfer(SSIPeripheral *p, uint32_t val)
{
    Lan966xAddon *s = LAN966X_ADDON_SPI(p)->addon;

    return addon_flash_on(s) ? ssi_transfer(s->spi, val) : 0;
}

void lan966x_addon_set_lines(DeviceState *dev, bool power, bool reset)
{
    Lan966xAddon *s = LAN966X_ADDON(dev);
    bool power_up = power && !s->powered;
    bool hold = reset && !s->held;

    if (power == s->powered && reset == s->held) {
        return;
    }
    trace_lan966x_addon_lines(dev->id ?: "", power, reset);
    s->powered = power;
    s->held = reset;
    addon_cut_i2c(s);
    addon_update_cs(s);
    if (power_up) {
        device_cold_reset(dev);
    } else if (hold) {
        device_cold_reset(s->expander);
        if (s->flash) {
            device_cold_reset(s->flash);
        }
    }
}

const char *lan966x_addon_card(DeviceState *dev)
{
    return LAN966X_ADDON(dev)->card;
}

/* Realize a device as the child name; its creation's reference is used up */
static bool addon_add(Lan966xAddon *s, const char *name, DeviceState *dev,
                      BusState *bus, Error **errp)
{
    ERRP_GUARD();

    object_property_add_child(OBJECT(s), name, OBJECT(dev));
    if (!qdev_realize_and_unref(dev, bus, errp)) {
        error_prepend(errp, "%s of the add-on: ", name);
        return false;
    }
    return true;
}

static bool addon_add_i2c(Lan966xAddon *s, const char *name, DeviceState *dev,
                          uint8_t address, Error **errp)
{
    qdev_prop_set_uint8(dev, "address", address);
    return addon_add(s, name, dev, BUS(s->i2c), errp);
}

/* at24c-eeprom ends QEMU when it cannot write to its drive */
static bool addon_check_drive(Lan966xAddon *s, Error **errp)
{
    BlockDriverState *bs = bdrv_lookup_bs(s->drive, s->drive, errp);
    int64_t size;

    if (!bs) {
        return false;
    }
    size = bdrv_getlength(bs);
    if (size != EEPROM_SIZE) {
        error_setg(errp, "drive '%s' of the add-on's ID EEPROM has %" PRId64
                   " bytes, it must have %d", s->drive, size, EEPROM_SIZE);
        return false;
    }
    if (bdrv_is_read_only(bs)) {
        error_setg(errp, "drive '%s' of the add-on's ID EEPROM is read-only",
                   s->drive);
        return false;
    }
    return true;
}

static bool addon_add_eeprom(Lan966xAddon *s, Error **errp)
{
    DeviceState *dev;

    if (s->drive && !addon_check_drive(s, errp)) {
        return false;
    }
    dev = qdev_new("at24c-eeprom");
    qdev_prop_set_uint32(dev, "rom-size", EEPROM_SIZE);
    if (s->drive &&
        !object_property_set_str(OBJECT(dev), "drive", s->drive, errp)) {
        object_unref(OBJECT(dev));
        return false;
    }
    return addon_add_i2c(s, "eeprom", dev, EEPROM_ADDRESS, errp);
}

static bool addon_add_flash(Lan966xAddon *s, Error **errp)
{
    const char *type = s->flash_type ?: "m25p05";
    ObjectClass *oc = module_object_class_by_name(type);
    DeviceState *dev;

    if (!strcmp(type, "none")) {
        if (s->flash_drive) {
            error_setg(errp, "flash-drive is given, but flash is none");
        }
        return !s->flash_drive;
    }
    if (!oc || !object_class_dynamic_cast(oc, TYPE_M25P80) ||
        object_class_is_abstract(oc)) {
        error_setg(errp, "flash: '%s' is no SPI flash", type);
        return false;
    }
    dev = qdev_new(type);
    if (s->flash_drive && !object_property_set_str(OBJECT(dev), "drive",
                                                   s->flash_drive, errp)) {
        object_unref(OBJECT(dev));
        return false;
    }
    if (!addon_add(s, "spi-flash", dev, BUS(s->spi), errp)) {
        return false;
    }
    s->flash = dev;
    addon_update_cs(s);
    return true;
}

static bool addon_add_gates(Lan966xAddon *s, Lan966xConnector *c, Error **errp)
{
    Lan966xBlock *spi = lan966x_soc_block(c->soc, CONNECTOR_SPI);

    s->spi_gate = qdev_new(TYPE_LAN966X_ADDON_SPI);
    LAN966X_ADDON_SPI(s->spi_gate)->addon = s;
    if (!addon_add(s, "spi-gate", s->spi_gate, BUS(lan966x_flexcom_spi(spi)),
                   errp)) {
        return false;
    }
    s->i2c_gate = qdev_new(TYPE_LAN966X_ADDON_I2C);
    LAN966X_ADDON_I2C(s->i2c_gate)->addon = s;
    return addon_add(s, "i2c-gate", s->i2c_gate,
                     BUS(lan966x_flexcom_i2c(s->card_twi)), errp);
}

static void addon_realize(DeviceState *dev, Error **errp)
{
    Lan966xAddon *s = LAN966X_ADDON(dev);
    Lan966xConnector *c = LAN966X_CONNECTOR(qdev_get_parent_bus(dev));
    const char *name = object_get_canonical_path_component(OBJECT(dev));
    g_autofree char *i2c_name = g_strdup_printf("%s.i2c", name);
    g_autofree char *spi_name = g_strdup_printf("%s.spi", name);

    if (s->i2c) {
        error_setg(errp, "the add-on has been taken out: add another one");
        return;
    }
    s->card_twi = lan966x_soc_block(c->soc, CONNECTOR_I2C);
    s->i2c = lan966x_i2c_bus_new(dev, i2c_name);
    s->spi = ssi_create_bus(dev, spi_name);
    if (!addon_add_eeprom(s, errp) ||
        !addon_add_i2c(s, "sensor", qdev_new(TYPE_TMP105), SENSOR_ADDRESS,
                       errp)) {
        return;
    }
    s->expander = qdev_new(TYPE_PCA9554);
    if (!addon_add_i2c(s, "expander", s->expander, EXPANDER_ADDRESS, errp) ||
        !addon_add_flash(s, errp)) {
        return;
    }
    qbus_mark_full(BUS(s->spi));
    addon_add_gates(s, c, errp);
}

static void addon_unrealize(DeviceState *dev)
{
    Lan966xAddon *s = LAN966X_ADDON(dev);

    s->powered = false;
    addon_cut_i2c(s);
    object_unparent(OBJECT(s->i2c_gate));
    object_unparent(OBJECT(s->spi_gate));
}

static bool addon_get_led(Object *obj, Error **errp)
{
    Lan966xAddon *s = LAN966X_ADDON(obj);
    g_autofree char *pin = NULL;

    if (!DEVICE(s)->realized || !s->powered) {
        return false;
    }
    pin = object_property_get_str(OBJECT(s->expander), "pin0", errp);
    return pin && !strcmp(pin, "low");
}

static int addon_post_load(void *opaque, int version_id)
{
    addon_update_cs(opaque);
    return 0;
}

static const VMStateDescription vmstate_addon = {
    .name = TYPE_LAN966X_ADDON,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = addon_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(powered, Lan966xAddon),
        VMSTATE_BOOL(held, Lan966xAddon),
        VMSTATE_BOOL(selected, Lan966xAddon),
        VMSTATE_END_OF_LIST()
    }
};

static const Property addon_properties[] = {
    DEFINE_PROP_STRING("card", Lan966xAddon, card),
    DEFINE_PROP_STRING("drive", Lan966xAddon, drive),
    DEFINE_PROP_STRING("flash", Lan966xAddon, flash_type),
    DEFINE_PROP_STRING("flash-drive", Lan966xAddon, flash_drive),
};

static const Lan966xHelp addon_help[] = {
    { "card", "Id of the card, where there are several" },
    { "drive", "Drive of 4 KiB with the ID EEPROM's content" },
    { "flash", "Type of the SPI flash, or none" },
    { "flash-drive", "Drive with the flash's content" },
    { "led", "Whether the LED is lit" },
    { }
};

static void addon_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = addon_realize;
    dc->unrealize = addon_unrealize;
    dc->bus_type = TYPE_LAN966X_CONNECTOR;
    dc->desc = "Add-on board for the connector of a LAN966x card";
    dc->vmsd = &vmstate_addon;
    device_class_set_props(dc, addon_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    object_class_property_add_bool(klass, "led", addon_get_led, NULL);
    lan966x_help(klass, addon_help);
}

static void addon_i2c_realize(DeviceState *dev, Error **errp)
{
    lan966x_part_hold(dev, &LAN966X_ADDON_I2C(dev)->hold);
}

static void addon_i2c_unrealize(DeviceState *dev)
{
    lan966x_part_release(dev, &LAN966X_ADDON_I2C(dev)->hold);
}

static void addon_i2c_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = addon_i2c_realize;
    dc->unrealize = addon_i2c_unrealize;
    dc->user_creatable = false;
    I2C_SLAVE_CLASS(klass)->match_and_add = addon_i2c_match;
}

static void addon_spi_realize(SSIPeripheral *p, Error **errp)
{
    lan966x_part_hold(DEVICE(p), &LAN966X_ADDON_SPI(p)->hold);
}

static void addon_spi_unrealize(DeviceState *dev)
{
    lan966x_part_release(dev, &LAN966X_ADDON_SPI(dev)->hold);
}

static const VMStateDescription vmstate_addon_spi = {
    .name = TYPE_LAN966X_ADDON_SPI,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_SSI_PERIPHERAL(parent_obj, Lan966xAddonSpi),
        VMSTATE_END_OF_LIST()
    }
};

static void addon_spi_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    SSIPeripheralClass *sc = SSI_PERIPHERAL_CLASS(klass);

    dc->user_creatable = false;
    dc->unrealize = addon_spi_unrealize;
    dc->vmsd = &vmstate_addon_spi;
    sc->realize = addon_spi_realize;
    sc->transfer = addon_spi_transfer;
    sc->set_cs = addon_spi_set_cs;
    sc->cs_polarity = SSI_CS_LOW;
}

static const TypeInfo addon_types[] = {
    {
        .name = TYPE_LAN966X_ADDON,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Lan966xAddon),
        .class_init = addon_class_init,
    },
    {
        .name = TYPE_LAN966X_ADDON_I2C,
        .parent = TYPE_I2C_SLAVE,
        .instance_size = sizeof(Lan966xAddonI2c),
        .class_init = addon_i2c_class_init,
    },
    {
        .name = TYPE_LAN966X_ADDON_SPI,
        .parent = TYPE_SSI_PERIPHERAL,
        .instance_size = sizeof(Lan966xAddonSpi),
        .class_init = addon_spi_class_init,
    },
};

DEFINE_TYPES(addon_types)
