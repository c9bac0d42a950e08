// SPDX-License-Identifier: GPL-2.0-only
/*
 * What single drivers need, matched by their devices' compatibles.
 *
 * docs/mainline.md says of each what is wrong in it. Drivers that can serve one device
 * only are in singleton.c.
 */
#include <linux/of.h>
#include <linux/pm_runtime.h>

#include "slot.h"

/*
 * i2c-at91 gets its clock enabled from devm and disables it in runtime PM: removed while
 * suspended, it disables it twice.
 */
static bool must_be_awake(const struct device *dev)
{
	static const struct of_device_id at91_i2c[] = {
		{ .compatible = "atmel,at91rm9200-i2c" },
		{ .compatible = "atmel,at91sam9260-i2c" },
		{ .compatible = "atmel,at91sam9261-i2c" },
		{ .compatible = "atmel,at91sam9g10-i2c" },
		{ .compatible = "atmel,at91sam9g20-i2c" },
		{ .compatible = "atmel,at91sam9x5-i2c" },
		{ .compatible = "atmel,sama5d2-i2c" },
		{ .compatible = "atmel,sama5d4-i2c" },
		{ .compatible = "microchip,sam9x60-i2c" },
		{ }
	};

	return of_match_node(at91_i2c, dev->of_node);
}

/**
 * dtslot_quirk_unbind() - a device of a slot is about to lose its driver
 * @dev: the device, which the driver core has just woken
 */
void dtslot_quirk_unbind(struct device *dev)
{
	if (must_be_awake(dev))
		pm_runtime_get_noresume(dev);
}

/**
 * dtslot_quirk_unbound() - a device of a slot has lost its driver
 * @dev: the device
 */
void dtslot_quirk_unbound(struct device *dev)
{
	if (must_be_awake(dev))
		pm_runtime_put_noidle(dev);
}

/**
 * dtslot_quirk_names_its_clock() - whether a driver calls a clock like its node
 * @np: node of the clock
 *
 * Names of clocks are global, so that a clock of such a driver is given one.
 *
 * Return: true if so.
 */
bool dtslot_quirk_names_its_clock(const struct device_node *np)
{
	static const struct of_device_id clocks[] = {
		{ .compatible = "fixed-clock" },
		{ .compatible = "fixed-factor-clock" },
		{ .compatible = "fixed-mmio-clock" },
		{ .compatible = "gpio-gate-clock" },
		{ .compatible = "gpio-mux-clock" },
		{ }
	};

	return of_match_node(clocks, np);
}

/**
 * dtslot_quirk_label_is_global() - whether the label of a node is a name in the system
 * @np: the node, its parent set
 *
 * The label of a LED names its device. led_classdev_register_ext() finds another name for
 * a second one, but not for two that come at once.
 *
 * Return: true if so.
 */
bool dtslot_quirk_label_is_global(const struct device_node *np)
{
	return np->parent && of_device_is_compatible(np->parent, "gpio-leds");
}
