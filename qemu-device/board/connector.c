/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The card's connector: a bus that takes one add-on board, at any time.
 *
 * An add-on that comes pulls the presence line low; one that goes takes its
 * devices with it at once, whatever the guest is doing. The guest switches its
 * power and holds its reset by GPIO lines.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "../soc/gpio.h"
#include "addon.h"
#include "connector.h"

static DeviceState *connector_child(Lan966xConnector *c)
{
    BusChild *kid = QTAILQ_FIRST(&BUS(c)->children);

    return kid ? kid->child : NULL;
}

static void connector_update(Lan966xConnector *c, DeviceState *addon)
{
    bool power = addon && lan966x_gpio_level(c->gpio, CONNECTOR_POWER);

    if (addon) {
        lan966x_addon_set_lines(addon, power,
                                !lan966x_gpio_level(c->gpio, CONNECTOR_RESET));
    }
    lan966x_gpio_drive(c->gpio, CONNECTOR_PRESENT, !addon);
    lan966x_gpio_drive(c->gpio, CONNECTOR_POWER_GOOD, power);
}

static void connector_line(void *opaque, int n, int level)
{
    Lan966xConnector *c = opaque;
    DeviceState *addon = connector_child(c);

    if (addon && addon->realized) {
        connector_update(c, addon);
    }
}

static void connector_plug(HotplugHandler *handler, DeviceState *dev,
                           Error **errp)
{
    connector_update(LAN966X_CONNECTOR(handler), dev);
}

static void connector_unplug(HotplugHandler *handler, DeviceState *dev,
                             Error **errp)
{
    connector_update(LAN966X_CONNECTOR(handler), NULL);
    qdev_simple_device_unplug_cb(handler, dev, errp);
}

static bool connector_check_address(BusState *bus, DeviceState *dev,
                                    Error **errp)
{
    DeviceState *other = connector_child(LAN966X_CONNECTOR(bus));
    const char *card = lan966x_addon_card(dev);

    if (card && g_strcmp0(card, bus->parent->id)) {
        error_setg(errp, "bus '%s' is not of card '%s': add bus=%s.connector0",
                   bus->name, card, card);
        return false;
    }
    if (other) {
        error_setg(errp, "bus '%s' has an add-on already ('%s'): unplug that "
                   "first", bus->name, other->id ?: "without id");
        return false;
    }
    return true;
}

void lan966x_connector_init(Lan966xConnector *c, DeviceState *card,
                            Lan966xSoc *soc)
{
    Lan966xBlock *gpio = lan966x_soc_block(soc, "gpio");

    lan966x_gpio_drive(gpio, CONNECTOR_PRESENT, true);
    lan966x_gpio_drive(gpio, CONNECTOR_RESET, true);
    qdev_init_gpio_in_named_with_opaque(card, connector_line, c, "connector",
                                        CONNECTOR_LINES_OUT);
}

/* Links to lines take a path, which the card has not in its instance_init */
void lan966x_connector_realize(Lan966xConnector *c, DeviceState *card,
                               Lan966xSoc *soc, const char *name)
{
    static const uint8_t lines[CONNECTOR_LINES_OUT] = {
        CONNECTOR_POWER, CONNECTOR_RESET,
    };
    g_autofree char *bus_name = g_strdup_printf("%s.connector0", name);

    qbus_init(c, sizeof(*c), TYPE_LAN966X_CONNECTOR, card, bus_name);
    qbus_set_bus_hotplug_handler(BUS(c));
    c->soc = soc;
    c->gpio = lan966x_soc_block(soc, "gpio");
    for (unsigned i = 0; i < CONNECTOR_LINES_OUT; i++) {
        qdev_connect_gpio_out_named(card, "gpio-out", lines[i],
                                    qdev_get_gpio_in_named(card, "connector",
                                                           i));
    }
}

/* So that add-ons of two cards have different names in a migration */
static char *connector_get_dev_path(DeviceState *dev)
{
    BusState *bus = qdev_get_parent_bus(dev);
    g_autofree char *card = qdev_get_dev_path(bus->parent);

    return g_strdup_printf("%s/connector0", card ? card : "");
}

static void connector_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    BusClass *bc = BUS_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    bc->check_address = connector_check_address;
    bc->get_dev_path = connector_get_dev_path;
    hc->plug = connector_plug;
    hc->unplug = connector_unplug;
}

static const TypeInfo connector_type = {
    .name = TYPE_LAN966X_CONNECTOR,
    .parent = TYPE_BUS,
    .instance_size = sizeof(Lan966xConnector),
    .class_init = connector_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    },
};

static void connector_register_types(void)
{
    type_register_static(&connector_type);
}

type_init(connector_register_types)
