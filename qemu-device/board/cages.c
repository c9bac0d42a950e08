/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two SFP cages of EVB-LAN9662-NIC: an I2C bus and four lines for each.
 *
 * The clock of flexcom 0 reaches a cage while the cage's pin is multiplexed to
 * twi_slc_gate and high; the cages are devices of that bus all the time. This
 * meaning of the gate is a guess. The lines are as on the board: an empty cage
 * has mod-def0, los and tx-fault high; a module pulls mod-def0 and tx-fault
 * low, and los while light comes in. While tx-disable is high, no light leaves.
 *
 * A transfer that migration interrupts does not find its way into a module.
 */

#include "qemu/osdep.h"
#include "hw/i2c/i2c.h"
#include "qapi/error.h"
#include "../soc/gpio.h"
#include "../soc/lan966x_regs.h"
#include "../trace.h"
#include "cages.h"
#include "part.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xCages, LAN966X_CAGES)

#define CAGES 2
#define CAGE_FIRST_PORT 2
#define CAGE_NO_ADDR 0xff

struct Lan966xCages {
    I2CSlave parent_obj;

    Lan966xSwitch *sw;
    char *name;
    I2CBus *bus[CAGES];
    HotplugHandler *trunk;      /* of the bus that the cages are on */
    Error *hold;
};

/* GPIO pins, from the board's device tree */
static const struct {
    uint8_t gate;
    uint8_t tx_disable;
    uint8_t tx_fault;
    uint8_t mod_def0;
    uint8_t los;
} cage_pins[CAGES] = {
    { 76, 0, 2, 18, 25 },
    { 77, 1, 3, 19, 26 },
};

static void cage_set_module(Lan966xSwitch *sw, unsigned n, bool present)
{
    lan966x_gpio_drive(sw->gpio, cage_pins[n].tx_fault, !present);
    lan966x_gpio_drive(sw->gpio, cage_pins[n].mod_def0, !present);
    lan966x_port_set_module(sw->port[CAGE_FIRST_PORT + n], present);
}

bool lan966x_cage_exists(unsigned port)
{
    return port >= CAGE_FIRST_PORT && port < CAGE_FIRST_PORT + CAGES;
}

void lan966x_cage_light(Lan966xSwitch *sw, unsigned port, bool light)
{
    lan966x_gpio_drive(sw->gpio, cage_pins[port - CAGE_FIRST_PORT].los, !light);
}

bool lan966x_cage_emits(Lan966xSwitch *sw, unsigned port)
{
    unsigned pin = cage_pins[port - CAGE_FIRST_PORT].tx_disable;

    return !lan966x_gpio_level(sw->gpio, pin);
}

static bool cage_is_gated(Lan966xCages *s, unsigned n)
{
    unsigned pin = cage_pins[n].gate;

    return lan966x_gpio_function(s->sw->gpio, pin) == GPIO_ALT_TWI_SLC_GATE &&
           lan966x_gpio_level(s->sw->gpio, pin);
}

static bool cages_match(I2CSlave *slave, uint8_t address, bool broadcast,
                        I2CNodeList *devices)
{
    Lan966xCages *s = LAN966X_CAGES(slave);

    for (unsigned n = 0; n < CAGES; n++) {
        if (cage_is_gated(s, n) &&
            i2c_scan_bus(s->bus[n], address, broadcast, devices) &&
            !broadcast) {
            return true;
        }
    }
    return broadcast;
}

static unsigned cage_of(Lan966xCages *s, DeviceState *dev)
{
    return qdev_get_parent_bus(dev) == BUS(s->bus[0]) ? 0 : 1;
}

static void cages_pre_plug(HotplugHandler *handler, DeviceState *dev,
                           Error **errp)
{
    BusState *bus = qdev_get_parent_bus(dev);

    if (!object_dynamic_cast(OBJECT(dev), TYPE_LAN966X_SFP)) {
        error_setg(errp, "%s is an SFP cage: it takes a " TYPE_LAN966X_SFP,
                   bus->name);
    } else if (bus->num_children > 1) {
        error_setg(errp, "%s has a module in it: pull that one first",
                   bus->name);
    }
}

static void cages_plug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    Lan966xCages *s = LAN966X_CAGES(handler);

    trace_lan966x_cage(qdev_get_parent_bus(dev)->name, true);
    cage_set_module(s->sw, cage_of(s, dev), true);
}

static void cages_unplug(HotplugHandler *handler, DeviceState *dev,
                         Error **errp)
{
    Lan966xCages *s = LAN966X_CAGES(handler);

    trace_lan966x_cage(qdev_get_parent_bus(dev)->name, false);
    cage_set_module(s->sw, cage_of(s, dev), false);
    hotplug_handler_unplug(s->trunk, dev, errp);
}

/* As lan966x_twi_realize() makes its bus, for the same reason */
static I2CBus *cage_new_bus(Lan966xCages *s, unsigned n)
{
    g_autofree char *name = g_strdup_printf("%s.sfp%u", s->name,
                                            CAGE_FIRST_PORT + n);
    I2CBus *bus = I2C_BUS(qbus_new(TYPE_I2C_BUS, DEVICE(s), name));

    QLIST_INIT(&bus->current_devs);
    QSIMPLEQ_INIT(&bus->pending_masters);
    bus->saved_address = CAGE_NO_ADDR;
    qbus_set_hotplug_handler(BUS(bus), OBJECT(s));
    return bus;
}

static void cages_device_realize(DeviceState *dev, Error **errp)
{
    Lan966xCages *s = LAN966X_CAGES(dev);

    s->trunk = qdev_get_bus_hotplug_handler(dev);
    for (unsigned n = 0; n < CAGES; n++) {
        s->bus[n] = cage_new_bus(s, n);
        cage_set_module(s->sw, n, false);
    }
    lan966x_part_hold(dev, &s->hold);
}

static void cages_device_unrealize(DeviceState *dev)
{
    lan966x_part_release(dev, &LAN966X_CAGES(dev)->hold);
}

void lan966x_cages_init(Lan966xSoc *soc)
{
    Object *obj = object_new(TYPE_LAN966X_CAGES);

    object_property_add_child(OBJECT(soc->card), "cages", obj);
    object_unref(obj);
    soc->cages = DEVICE(obj);
    LAN966X_CAGES(obj)->sw = &soc->sw;
}

bool lan966x_cages_realize(Lan966xSoc *soc, const char *name, Error **errp)
{
    g_autofree char *trunk = g_strdup_printf("%s.i2c0", name);
    DeviceState *flx0 = DEVICE(lan966x_soc_block(soc, "flx0"));

    LAN966X_CAGES(soc->cages)->name = g_strdup(name);
    return qdev_realize(soc->cages, qdev_get_child_bus(flx0, trunk), errp);
}

static void cages_finalize(Object *obj)
{
    g_free(LAN966X_CAGES(obj)->name);
}

static void cages_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    dc->desc = "SFP cages of EVB-LAN9662-NIC";
    dc->realize = cages_device_realize;
    dc->unrealize = cages_device_unrealize;
    dc->user_creatable = false;
    hc->pre_plug = cages_pre_plug;
    hc->plug = cages_plug;
    hc->unplug = cages_unplug;
    I2C_SLAVE_CLASS(klass)->match_and_add = cages_match;
}

static const TypeInfo cages_type = {
    .name = TYPE_LAN966X_CAGES,
    .parent = TYPE_I2C_SLAVE,
    .instance_size = sizeof(Lan966xCages),
    .instance_finalize = cages_finalize,
    .class_init = cages_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    },
};

static void cages_register_types(void)
{
    type_register_static(&cages_type);
}

type_init(cages_register_types)
