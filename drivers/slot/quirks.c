// SPDX-License-Identifier: GPL-2.0-only
/*
 * What single drivers need, matched by their devices' compatibles.
 *
 * docs/mainline.md says of each what is wrong in it. Drivers that can serve one device
 * only are in singleton.c.
 */
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>
#include <linux/sched.h>
#include <linux/uleds.h>

#include "../compat.h"
#include "slot.h"

static DEFINE_MUTEX(leds_lock);	/* held while a driver of LEDs probes */
static struct task_struct *leds_task;	/* that holds it, and for which device */
static struct device *leds_dev;

/* Whether a driver is going to make LEDs: by what is common in bindings of LEDs. */
static bool has_leds(const struct device_node *np)
{
	static const struct of_device_id leds[] = {
		{ .compatible = "gpio-leds" },
		{ .compatible = "pwm-leds" },
		{ .compatible = "pwm-leds-multicolor" },
		{ .compatible = "leds-group-multicolor" },
		{ }
	};

	if (of_match_node(leds, np) || of_node_name_prefix(np, "led"))
		return true;
	for_each_child_of_node_scoped(np, child)
		if (of_node_name_prefix(child, "led"))
			return true;
	return false;
}

/*
 * led_classdev_register_ext() looks for a name that no LED has and takes it, without a
 * lock. So drivers that make LEDs probe one at a time. What is probed inside of such a
 * probe, or anew for a test of the driver core, has the lock.
 */
static int leds_begin(struct device *dev)
{
	if (READ_ONCE(leds_task) == current)
		return 0;
	mutex_lock(&leds_lock);
	WRITE_ONCE(leds_task, current);
	leds_dev = dev;
	return 0;
}

/* The probe has ended, well or not. */
static void leds_end(struct device *dev)
{
	if (READ_ONCE(leds_task) != current || leds_dev != dev)
		return;
	leds_dev = NULL;
	WRITE_ONCE(leds_task, NULL);
	mutex_unlock(&leds_lock);
}

/*
 * The driver core calls a domain before a probe and after it. A notifier of the bus must not
 * wait: it runs with the lock of all notifiers held, which the end of a probe takes, too.
 */
static struct dev_pm_domain leds_domain = {
	.activate = leds_begin,
	.sync = leds_end,
	.dismiss = leds_end,
};

/**
 * dtslot_quirk_added() - a device of a slot is added, and may not be probed yet
 * @dev: the device
 */
void dtslot_quirk_added(struct device *dev)
{
	if (!dev->pm_domain && has_leds(dev->of_node))
		dev_pm_domain_set(dev, &leds_domain);
}

/**
 * dtslot_quirk_removed() - a device of a slot has gone from its bus
 * @dev: the device
 */
void dtslot_quirk_removed(struct device *dev)
{
	if (dev->pm_domain == &leds_domain)
		dev_pm_domain_set(dev, NULL);
}

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
 * dtslot_quirk_is_monitor() - whether a node's driver names its hwmon device like any other's
 * @np: the node
 *
 * The kernel shows the label of such a node beside that name, and a label tells the card.
 *
 * Return: true if so.
 */
bool dtslot_quirk_is_monitor(const struct device_node *np)
{
	return of_device_is_compatible(np, "microchip,lan9668-hwmon");
}

/**
 * dtslot_quirk_label_is_global() - whether the label of a node is a name in the system
 * @np: the node, its parent set
 * @len: how long the label would be with the slot's name in front
 *
 * The label of a LED names its device. The kernel finds another name for a second one, but
 * which card has it would be chance. What is too long for the name of a LED stays.
 *
 * Return: true if so.
 */
bool dtslot_quirk_label_is_global(const struct device_node *np, size_t len)
{
	return np->parent && len < LED_MAX_NAME_SIZE &&
	       of_device_is_compatible(np->parent, "gpio-leds");
}
