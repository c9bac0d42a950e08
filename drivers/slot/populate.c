// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of a slot: made in an order in which no driver can probe before what
 * it needs, taken away in the reverse, and without interrupt mappings left.
 *
 * Some drivers take a missing interrupt for "has none" and go on without
 * (pinctrl-ocelot and the lan966x switch's "ana" do), and a pin controller that
 * goes before a device that uses its pins leaves a dangling pointer behind
 * (pinmux_disable_setting()). fw_devlink does not prevent that: it is off for
 * x86 in 6.12, and elsewhere it lets consumers go ahead once booting is over and
 * the supplier's module is not loaded yet. So a device of a slot is made after the
 * suppliers in the slot that its nodes name, and taken away before them. To those
 * that are not bound yet it gets a managed device link: it is not probed before
 * they are. To those that are bound it gets none, as a link is a device with
 * links and events in sysfs of its own; only when one of them loses its driver
 * while the slot stays are its consumers linked to it and unbound before it.
 */
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "slot.h"

/* How deep suppliers of suppliers are made first: a bound for stack. */
#define MAX_SUPPLIERS	12

/**
 * dtslot_is_bus() - whether a node is a bus whose children become platform devices
 * @np: the node
 *
 * Return: true if so.
 */
bool dtslot_is_bus(const struct device_node *np)
{
	static const struct of_device_id buses[] = {
		{ .compatible = "simple-bus" },
		{ }
	};

	return of_match_node(buses, np);
}

/**
 * dtslot_makes_devices() - whether nodes that a slot adds below a node become
 * platform devices of its own making
 * @slot: the slot, prepared
 * @parent: the node
 *
 * Return: true for the slot's target, unless a bus driver looks after it, and for
 * simple buses.
 */
bool dtslot_makes_devices(const struct dtslot *slot, const struct device_node *parent)
{
	return parent == slot->site.target ? !slot->site.bus_driver : dtslot_is_bus(parent);
}

/**
 * struct making - the devices of a slot that are being made
 * @slot: the slot, with room for them
 * @parent: parent of the devices of nodes right below its target
 * @path: devices whose suppliers are being made, each for the next
 * @depth: how many
 * @text: receives the message on failure
 */
struct making {
	struct dtslot *slot;
	struct device *parent;
	struct device_node *path[MAX_SUPPLIERS];
	unsigned int depth;
	struct dtslot_text *text;
};

/* Whether a node that is on a bus of the slot is to be a device and is none yet. */
static bool is_wanted(const struct device_node *np)
{
	return of_property_present(np, "compatible") && of_device_is_available(np) &&
	       !of_node_check_flag(np, OF_POPULATED);
}

static int create_device(struct device_node *np, struct making *m)
{
	struct dtslot_attached *attached = m->slot->attached;
	struct platform_device *bus = NULL, *pdev;

	if (dtslot_is_gone(m->slot))
		return dtslot_fail(m->text, -ECANCELED, "unplugged meanwhile");
	if (np->parent != m->slot->site.target) {
		bus = of_find_device_by_node(np->parent);
		if (!bus)
			return 0;	/* of a bus that is not available */
	}
	pdev = of_platform_device_create(np, NULL, bus ? &bus->dev : m->parent);
	platform_device_put(bus);
	if (!pdev)
		return dtslot_fail(m->text, -ENODEV, "the kernel made no device for node %pOF", np);
	get_device(&pdev->dev);
	attached->devices[attached->device_count++] = pdev;
	return 0;
}

/*
 * Make the device of a node, and before it the bus it is on and those of the
 * suppliers it names. What is not on a bus (a bank, a pin state, a function of a
 * flexcom) belongs to the device above it.
 */
static int make_device(struct device_node *np, void *arg)
{
	struct making *m = arg;
	unsigned int i;
	int ret;

	for (; dtslot_owns(m->slot, np); np = np->parent)
		if (dtslot_makes_devices(m->slot, np->parent))
			break;
	if (!dtslot_owns(m->slot, np) || !is_wanted(np))
		return 0;
	/* Suppliers that need each other in a circle are made as they come. */
	for (i = 0; i < m->depth; i++)
		if (m->path[i] == np)
			return 0;
	if (np->parent != m->slot->site.target) {
		ret = make_device(np->parent, m);
		if (ret)
			return ret;
	}
	if (!dtslot_is_bus(np) && m->depth < MAX_SUPPLIERS) {
		m->path[m->depth++] = np;
		ret = dtslot_walk_suppliers(np, make_device, m);
		m->depth--;
		if (ret)
			return ret;
	}
	return is_wanted(np) ? create_device(np, m) : 0;
}

static int make_devices(struct device_node *bus, struct making *m)
{
	int ret;

	for_each_child_of_node_scoped(bus, child) {
		if (!dtslot_owns(m->slot, child))
			continue;
		ret = make_device(child, m);
		if (!ret && dtslot_is_bus(child)) {
			ret = make_devices(child, m);
			of_node_set_flag(child, OF_POPULATED_BUS);
		}
		if (ret)
			return ret;
	}
	return 0;
}

/* The device that the devices of nodes right below a node are children of. */
static struct device *get_parent_device(const struct dtslot *slot, struct device_node *np)
{
	struct platform_device *pdev = of_find_device_by_node(np);

	if (pdev)
		return &pdev->dev;
	return np == slot->site.target ? get_device(slot->parent) : NULL;
}

/* How many devices a slot can have: its nodes on buses, whose changeset only attaches. */
static size_t count_devices(const struct dtslot *slot)
{
	struct of_changeset_entry *ce;
	size_t n = 0;

	list_for_each_entry(ce, &slot->attached->cset.entries, node)
		n += dtslot_makes_devices(slot, ce->np->parent);
	return n;
}

/**
 * dtslot_populate() - make the devices of a slot's nodes
 * @slot: the slot, its nodes in the live tree
 * @text: receives the message on failure
 *
 * Nodes with a compatible below the slot's target and below simple buses, the
 * overlay's own or exported ones, become platform devices; a node whose driver is
 * missing simply stays unbound. Devices on I2C and SPI buses made by their
 * controllers' drivers follow by themselves.
 *
 * Return: 0 or a negative error; then there are no devices.
 */
int dtslot_populate(struct dtslot *slot, struct dtslot_text *text)
{
	struct device_node *target = slot->site.target;
	struct making m = { .slot = slot, .text = text };
	struct dtslot_attached *attached = slot->attached;
	const struct dtslot_export *e;
	int ret = 0;

	attached->devices = kvmalloc_array(count_devices(slot), sizeof(*attached->devices),
					   GFP_KERNEL);
	if (!attached->devices)
		return dtslot_fail(text, -ENOMEM, "no memory for the list of devices");
	dtslot_claim_links(slot);
	if (!slot->site.bus_driver) {
		m.parent = get_parent_device(slot, target);
		ret = make_devices(target, &m);
		attached->marked = !of_node_test_and_set_flag(target, OF_POPULATED_BUS);
		put_device(m.parent);
	}
	for (e = slot->site.exports; e && e->label && !ret; e++)
		if (e->np != target && dtslot_is_bus(e->np))
			ret = make_devices(e->np, &m);
	if (ret)
		dtslot_depopulate(slot);
	return ret;
}

/*
 * Take one device away. It may take its driver minutes to let go of hardware that has
 * died; its parent may go meanwhile, but not while the device itself does.
 */
static void destroy_device(struct dtslot *slot, struct device *dev)
{
	device_release_driver(dev);
	guard(mutex)(&slot->moving);
	if (device_is_registered(dev))
		of_platform_device_destroy(dev, NULL);
}

/* Get a child that a node describes: the other children are not a slot's. */
static int get_described(struct device *dev, void *found)
{
	if (!dev->of_node)
		return 0;
	*(struct device **)found = get_device(dev);
	return 1;
}

void dtslot_orphan(struct dtslot *slot)
{
	struct device *dev;
	int ret = 0;

	guard(mutex)(&slot->moving);
	while (!ret && device_for_each_child(slot->parent, &dev, get_described)) {
		ret = device_move(dev, &platform_bus, DPM_ORDER_NONE);
		put_device(dev);
	}
	if (ret)
		dev_err(slot->parent, "a device of the slot stays below it (error %d)\n", ret);
}
EXPORT_SYMBOL_GPL(dtslot_orphan);

static int unmake_device(struct device *dev, void *data)
{
	if (dev->bus == &platform_bus_type && dev->of_node && dtslot_owns(data, dev->of_node))
		of_platform_device_destroy(dev, NULL);
	return 0;
}

static void unmake_devices(struct dtslot *slot, struct device_node *np)
{
	struct device *parent = get_parent_device(slot, np);

	if (parent)
		device_for_each_child_reverse(parent, slot, unmake_device);
	put_device(parent);
}

/**
 * dtslot_depopulate() - take the devices of a slot away, last made first
 * @slot: the slot
 *
 * On return their drivers are unbound and their interrupt mappings gone.
 */
void dtslot_depopulate(struct dtslot *slot)
{
	struct dtslot_attached *attached = slot->attached;
	const struct dtslot_export *e;

	while (attached->device_count) {
		struct device *dev = &attached->devices[--attached->device_count]->dev;

		destroy_device(slot, dev);
		put_device(dev);
	}
	kvfree(attached->devices);
	attached->devices = NULL;

	/* A driver of the target or of a bus may have come anew and made them again. */
	for (e = slot->site.exports; e && e->label; e++)
		if (e->np != slot->site.target && dtslot_is_bus(e->np))
			unmake_devices(slot, e->np);
	if (slot->site.bus_driver)
		return;
	unmake_devices(slot, slot->site.target);
	if (attached->marked)
		of_node_clear_flag(slot->site.target, OF_POPULATED_BUS);
}
