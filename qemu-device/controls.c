/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The card's properties by which a monitor plays the board around the chip:
 * lines in and out of the chip, links, sensors, and the counters.
 */

#include "qemu/osdep.h"
#include "qapi/visitor.h"
#include "controls.h"
#include "soc/gpio.h"
#include "soc/lan966x_regs.h"
#include "soc/sgpio.h"

/* A bool property of the card that stands for line n of a block */
typedef struct Lan966xControl {
    Lan966xBlock *block;
    unsigned n;
    bool (*get)(Lan966xBlock *b, unsigned n);
    void (*set)(Lan966xBlock *b, unsigned n, bool value);
} Lan966xControl;

static void control_get(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    Lan966xControl *c = opaque;
    bool value = c->get(c->block, c->n);

    visit_type_bool(v, name, &value, errp);
}

static void control_set(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    Lan966xControl *c = opaque;
    bool value;

    if (visit_type_bool(v, name, &value, errp)) {
        c->set(c->block, c->n, value);
    }
}

static void control_release(Object *obj, const char *name, void *opaque)
{
    g_free(opaque);
}

static void control_describe(DeviceState *card, const char *name,
                             const char *text)
{
    object_property_set_description(OBJECT(card), name, text);
}

static void control_add(DeviceState *card, const char *name, const char *text,
                        const Lan966xControl *control)
{
    object_property_add(OBJECT(card), name, "bool", control_get,
                        control->set ? control_set : NULL,
                        control_release, g_memdup2(control, sizeof(*control)));
    control_describe(card, name, text);
}

static void control_add_sgpio(DeviceState *card, Lan966xBlock *sgpio)
{
    Lan966xControl in = {
        .block = sgpio,
        .get = lan966x_sgpio_in,
        .set = lan966x_sgpio_drive,
    };
    Lan966xControl out = {
        .block = sgpio,
        .get = lan966x_sgpio_out,
    };

    for (unsigned n = 0; n < SGPIO_LINES; n++) {
        unsigned port = n / SGPIO_BITS;
        unsigned bit = n % SGPIO_BITS;
        g_autofree char *in_name = g_strdup_printf("sgpio-in%u.%u", port, bit);
        g_autofree char *out_name = g_strdup_printf("sgpio-out%u.%u", port,
                                                    bit);

        in.n = n;
        out.n = n;
        control_add(card, in_name, "A serial input", &in);
        control_add(card, out_name, "A serial output, as last shifted out",
                    &out);
    }
}

/* A property of a block that the card shows under its own name */
static void control_pass(DeviceState *card, Lan966xSoc *soc,
                         const char *name, const char *block,
                         const char *property, const char *text)
{
    object_property_add_alias(OBJECT(card), name,
                              OBJECT(lan966x_soc_block(soc, block)), property);
    control_describe(card, name, text);
}

static void control_count(DeviceState *card, const char *name, uint64_t *count)
{
    object_property_add_uint64_ptr(OBJECT(card), name, count,
                                   OBJ_PROP_FLAG_READ);
    control_describe(card, name, "Accesses of the guest to BARs 0 and 1");
}

void lan966x_controls_init(DeviceState *card, Lan966xSoc *soc)
{
    Lan966xControl pin = {
        .block = lan966x_soc_block(soc, "gpio"),
        .get = lan966x_gpio_level,
        .set = lan966x_gpio_drive,
    };
    Lan966xControl link = {
        .get = lan966x_port_cable,
        .set = lan966x_port_set_cable,
    };

    for (pin.n = 0; pin.n < GPIO_PINS; pin.n++) {
        g_autofree char *name = g_strdup_printf("pin%u", pin.n);

        control_add(card, name, "Level on the pin", &pin);
    }
    for (unsigned n = 0; n < SWITCH_NICS; n++) {
        g_autofree char *name = g_strdup_printf("link%u", n);
        g_autofree char *netdev = g_strdup_printf("netdev%u", n);
        g_autofree char *port = g_strdup_printf("port%u", n);

        link.block = soc->sw.port[n];
        control_add(card, name, "Whether the port's cable is plugged", &link);
        control_pass(card, soc, netdev, port, "netdev",
                     "Network backend of the port");
    }
    qdev_pass_gpios(DEVICE(pin.block), card, "gpio-in");
    qdev_pass_gpios(DEVICE(pin.block), card, "gpio-out");

    for (unsigned n = 0; n < FLEXCOMS; n++) {
        g_autofree char *name = g_strdup_printf("chardev%u", n);
        g_autofree char *flexcom = g_strdup_printf("flx%u", n);

        control_pass(card, soc, name, flexcom, "chardev",
                     "Backend of the flexcom as a USART");
    }
    for (unsigned n = 0; n < MCANS; n++) {
        g_autofree char *name = g_strdup_printf("canbus%u", n);
        g_autofree char *mcan = g_strdup_printf("mcan%u", n);

        control_pass(card, soc, name, mcan, "canbus",
                     "Object can-bus of the controller");
    }
    control_add_sgpio(card, lan966x_soc_block(soc, "sgpio"));
    control_pass(card, soc, "chip-id", "gcb", "chip-id",
                 "Content of the register CHIP_ID");
    control_pass(card, soc, "fdma-errors", "fdma", "errors",
                 "Accesses of FDMA that did not reach the host");
    control_pass(card, soc, "x-fdma-identity", "fdma", "identity",
                 "FDMA reaches all memory, without iATU windows");
    control_pass(card, soc, "otp-drive", "otp", "drive",
                 "Node name or drive of 8 KiB with the OTP's content");
    control_pass(card, soc, "temperature", "hwmon", "temperature",
                 "Of the chip's sensor, in 1/1000 degree C");
    control_pass(card, soc, "fan-count", "hwmon", "fan-count",
                 "Pulses that the fan's counter shows");
    control_count(card, "x-mmio-reads", &soc->chip.reads);
    control_count(card, "x-mmio-writes", &soc->chip.writes);
}
