// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of devices while a slot stands: device links to suppliers that have no
 * driver yet, and consumers that go first when a supplier loses its driver.
 */
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>

#include "../compat.h"
#include "slot.h"

/**
 * struct consumer - a device whose suppliers are looked for
 * @dev: the device
 * @target: target of its slot
 * @supplier: node of the one it is asked about, if it is
 */
struct consumer {
	struct device *dev;
	const struct device_node *target;
	const struct device_node *supplier;
};

static bool are_nested(const struct device_node *a, const struct device_node *b)
{
	return a == b || dtslot_is_below(a, b) || dtslot_is_below(b, a);
}

static bool link_to(struct device *consumer, struct device *supplier)
{
	if (device_link_add(consumer, supplier, DL_FLAG_AUTOPROBE_CONSUMER))
		return true;
	dev_dbg(consumer, "no link to %s, which needs this device itself\n", dev_name(supplier));
	return false;
}

static int link_if_unbound(struct device_node *supplier, void *arg)
{
	struct platform_device *pdev = NULL;
	struct consumer *c = arg;
	struct device_node *np;

	/* A bank or a pin state is a node without a device: its parent's counts. */
	for (np = supplier; np && !pdev && dtslot_is_below(np, c->target); np = np->parent)
		pdev = of_find_device_by_node(np);
	if (!pdev)
		return 0;
	/* One that begins to unbind after this look finds its new consumer on the bus. */
	if (!are_nested(c->dev->of_node, pdev->dev.of_node) &&
	    READ_ONCE(pdev->dev.links.status) != DL_DEV_DRIVER_BOUND)
		link_to(c->dev, &pdev->dev);
	platform_device_put(pdev);
	return 0;
}

/* What is below a node, device or not, goes with the driver of the node's device. */
static int is_supplier(struct device_node *np, void *arg)
{
	struct consumer *c = arg;

	return np == c->supplier || dtslot_is_below(np, c->supplier);
}

/*
 * Unbind a device if it needs one that is about to lose its driver, whose lock is
 * held; the link has it probed again when that has a driver again. Nobody waits the
 * other way round: a link is never made in a circle.
 */
static int lose_supplier(struct device *dev, void *arg)
{
	struct consumer *leaving = arg;
	struct consumer c = { dev, leaving->target, leaving->dev->of_node };

	if (!dev->of_node || dtslot_is_bus(dev->of_node) || are_nested(dev->of_node, c.supplier) ||
	    dtslot_registry_target(dev->of_node, NULL) != c.target)
		return 0;
	if (dtslot_walk_suppliers(dev->of_node, is_supplier, &c) && link_to(dev, leaving->dev))
		device_release_driver(dev);
	return 0;
}

static int platform_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct consumer c = { .dev = data };
	struct device *dev = data;
	bool leaving;

	if (action != BUS_NOTIFY_ADD_DEVICE && action != BUS_NOTIFY_UNBIND_DRIVER &&
	    action != BUS_NOTIFY_UNBOUND_DRIVER)
		return NOTIFY_DONE;
	if (!dev->of_node || dtslot_is_bus(dev->of_node))
		return NOTIFY_DONE;
	c.target = dtslot_registry_target(dev->of_node, &leaving);
	if (!c.target)
		return NOTIFY_DONE;
	if (action == BUS_NOTIFY_ADD_DEVICE) {
		dtslot_walk_suppliers(dev->of_node, link_if_unbound, &c);
	} else if (action == BUS_NOTIFY_UNBIND_DRIVER) {
		/* Of a slot that goes, the consumers went before. */
		if (!leaving)
			bus_for_each_dev(&platform_bus_type, NULL, &c, lose_supplier);
		dtslot_dispose_subtree(dev->of_node);
		/* Awake now, and it has to stay so: i2c-at91 cannot be removed while suspended. */
		pm_runtime_get_noresume(dev);
	} else {
		pm_runtime_put_noidle(dev);
	}
	return NOTIFY_OK;
}

static struct notifier_block platform_notifier = {
	.notifier_call = platform_event,
};

int dtslot_links_init(void)
{
	return bus_register_notifier(&platform_bus_type, &platform_notifier);
}

void dtslot_links_exit(void)
{
	bus_unregister_notifier(&platform_bus_type, &platform_notifier);
}

static int is_outside(struct device_node *supplier, void *arg)
{
	const struct dtslot *slot = arg;

	/* The target is there as long as the slot is filled. */
	return supplier != slot->site.target && !dtslot_owns(slot, supplier);
}

/**
 * dtslot_claim_links() - keep fw_devlink from linking devices that have their order
 * @slot: the slot, its nodes in the live tree
 *
 * Tell fw_devlink that the nodes of a slot's own devices have their links, where all
 * that they name is in the slot: the order in which they are made replaces those, and
 * each costs as much as one of ours, as do the ones that it makes meanwhile from
 * the bus. Nodes of devices that drivers make, on I2C or SPI, are left to it.
 */
void dtslot_claim_links(struct dtslot *slot)
{
	struct of_changeset_entry *ce;

	list_for_each_entry(ce, &slot->attached->cset.entries, node) {
		if (of_property_present(ce->np, "compatible") &&
		    !dtslot_makes_devices(slot, ce->np->parent))
			continue;
		if (!dtslot_walk_node_suppliers(ce->np, is_outside, slot))
			fwnode_set_flag(&ce->np->fwnode, FWNODE_FLAG_LINKS_ADDED);
	}
}
