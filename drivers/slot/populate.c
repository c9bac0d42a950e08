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
#include <linux/ctype.h>
#include <linux/interrupt.h>
#include <linux/irqdomain.h>
#include <linux/of_irq.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>

#include "slot.h"

/* How deep suppliers of suppliers are made first: a bound for stack. */
#define MAX_SUPPLIERS	12

static bool is_below(const struct device_node *np, const struct device_node *top)
{
	for (np = np->parent; np; np = np->parent)
		if (np == top)
			return true;
	return false;
}

/*
 * The next node of the subtree at @top, in document order from @top itself on.
 * Takes over the reference to @np and returns one.
 */
static struct device_node *next_in_subtree(const struct device_node *top, struct device_node *np)
{
	struct device_node *next = of_get_next_child(np, NULL);

	if (next) {
		of_node_put(np);
		return next;
	}
	while (np != top) {
		struct device_node *parent = of_get_parent(np);

		next = of_get_next_child(parent, np);	/* puts np */
		if (next) {
			of_node_put(parent);
			return next;
		}
		np = parent;
	}
	of_node_put(np);
	return NULL;
}

static bool is_bus(const struct device_node *np)
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
	return parent == slot->site.target ? !slot->site.bus_driver : is_bus(parent);
}

typedef int (*supplier_fn)(struct device_node *supplier, void *arg);

/*
 * Properties that name suppliers without which a driver cannot probe. Those with
 * a leading "*" are suffixes. Without cells, each cell is a phandle.
 */
static const struct {
	const char *name;
	const char *cells;
} supplier_props[] = {
	{ "access-controllers", "#access-controller-cells" },
	{ "backlight", NULL },
	{ "clocks", "#clock-cells" },
	{ "dmas", "#dma-cells" },
	{ "extcon", NULL },
	{ "gpio", "#gpio-cells" },
	{ "gpios", "#gpio-cells" },
	{ "hwlocks", "#hwlock-cells" },
	{ "i2c-bus", NULL },
	{ "i2c-parent", NULL },
	{ "interconnects", "#interconnect-cells" },
	{ "interrupts-extended", "#interrupt-cells" },
	{ "io-backends", "#io-backend-cells" },
	{ "io-channels", "#io-channel-cells" },
	{ "iommus", "#iommu-cells" },
	{ "leds", NULL },
	{ "mboxes", "#mbox-cells" },
	{ "mmc-pwrseq", NULL },
	{ "msi-parent", "#msi-cells" },
	{ "mux-controls", "#mux-control-cells" },
	{ "nvmem-cells", NULL },
	{ "panel", NULL },
	{ "phy-handle", NULL },
	{ "phys", "#phy-cells" },
	{ "power-domains", "#power-domain-cells" },
	{ "power-supplies", NULL },
	{ "pses", "#pse-cells" },
	{ "pwms", "#pwm-cells" },
	{ "resets", "#reset-cells" },
	{ "wakeup-parent", NULL },
	{ "*-gpio", "#gpio-cells" },
	{ "*-gpios", "#gpio-cells" },
	{ "*-supply", NULL },
};

static bool matches(const char *name, const char *pattern)
{
	size_t n = strlen(name), m = strlen(pattern) - 1;

	if (*pattern != '*')
		return !strcmp(name, pattern);
	return n > m && !strcmp(name + n - m, pattern + 1);
}

/* The cells property of a property that names suppliers; NULL there for none. */
static bool names_suppliers(const struct device_node *np, const char *name, const char **cells)
{
	size_t i;

	/* The lines of a hog are its parent's. */
	if (!strcmp(name, "gpios") && of_property_present(np, "gpio-hog"))
		return false;

	/* What a connector exports has to be there when an add-on comes. */
	if (of_node_name_eq(np, "exports")) {
		*cells = NULL;
		return strcmp(name, "name") && strcmp(name, "phandle");
	}

	if (strstarts(name, "pinctrl-") && isdigit(name[strlen("pinctrl-")])) {
		*cells = NULL;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(supplier_props); i++) {
		if (!matches(name, supplier_props[i].name))
			continue;
		*cells = supplier_props[i].cells;
		return true;
	}
	return false;
}

/* Call @fn for each supplier that one node names. */
static int walk_node_suppliers(struct device_node *np, supplier_fn fn, void *arg)
{
	struct of_phandle_args args;
	struct device_node *parent;
	struct property *p;
	const char *cells;
	int i, ret = 0;

	for_each_property_of_node(np, p) {
		if (!names_suppliers(np, p->name, &cells))
			continue;
		for (i = 0; !ret && !__of_parse_phandle_with_args(np, p->name, cells,
								  cells ? -1 : 0, i, &args);
		     i++) {
			ret = fn(args.np, arg);
			of_node_put(args.np);
		}
	}
	if (!ret && of_property_present(np, "interrupts")) {
		parent = of_irq_find_parent(np);
		if (parent)
			ret = fn(parent, arg);
		of_node_put(parent);
	}
	return ret;
}

/*
 * Call @fn for each supplier that a node or a node below it names: what a driver
 * makes of its child nodes (PHYs, MFD cells) needs them no less.
 */
static int walk_suppliers(struct device_node *top, supplier_fn fn, void *arg)
{
	struct device_node *np;
	int ret;

	for (np = of_node_get(top); np; np = next_in_subtree(top, np)) {
		ret = walk_node_suppliers(np, fn, arg);
		if (ret) {
			of_node_put(np);
			return ret;
		}
	}
	return 0;
}

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
	return a == b || is_below(a, b) || is_below(b, a);
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
	for (np = supplier; np && !pdev && is_below(np, c->target); np = np->parent)
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

	return np == c->supplier || is_below(np, c->supplier);
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

	if (!dev->of_node || is_bus(dev->of_node) || are_nested(dev->of_node, c.supplier) ||
	    dtslot_registry_target(dev->of_node, NULL) != c.target)
		return 0;
	if (walk_suppliers(dev->of_node, is_supplier, &c) && link_to(dev, leaving->dev))
		device_release_driver(dev);
	return 0;
}

static void dispose_mappings(struct irq_domain *domain)
{
	irq_hw_number_t hwirq;

	for (hwirq = 0; domain->mapcount && hwirq < domain->revmap_size; hwirq++) {
		unsigned int virq = irq_find_mapping(domain, hwirq);

		/* A consumer that holds on to its interrupt keeps it. */
		if (virq && !irq_has_action(virq))
			irq_dispose_mapping(virq);
	}
}

/*
 * An interrupt controller of a slot is about to lose its driver. Its consumers
 * have lost theirs, thanks to the links, but the mappings they made are still
 * in its domain, and nobody else disposes of them.
 */
static void dispose_subtree(struct device_node *top)
{
	struct irq_domain *domain;
	struct device_node *np;

	for (np = of_node_get(top); np; np = next_in_subtree(top, np)) {
		if (!of_property_present(np, "interrupt-controller"))
			continue;
		domain = irq_find_host(np);
		if (domain)
			dispose_mappings(domain);
	}
}

static int platform_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct consumer c = { .dev = data };
	struct device *dev = data;
	bool leaving;

	if (action != BUS_NOTIFY_ADD_DEVICE && action != BUS_NOTIFY_UNBIND_DRIVER &&
	    action != BUS_NOTIFY_UNBOUND_DRIVER)
		return NOTIFY_DONE;
	if (!dev->of_node || is_bus(dev->of_node))
		return NOTIFY_DONE;
	c.target = dtslot_registry_target(dev->of_node, &leaving);
	if (!c.target)
		return NOTIFY_DONE;
	if (action == BUS_NOTIFY_ADD_DEVICE) {
		walk_suppliers(dev->of_node, link_if_unbound, &c);
	} else if (action == BUS_NOTIFY_UNBIND_DRIVER) {
		/* Of a slot that goes, the consumers went before. */
		if (!leaving)
			bus_for_each_dev(&platform_bus_type, NULL, &c, lose_supplier);
		dispose_subtree(dev->of_node);
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

int dtslot_populate_init(void)
{
	return bus_register_notifier(&platform_bus_type, &platform_notifier);
}

void dtslot_populate_exit(void)
{
	bus_unregister_notifier(&platform_bus_type, &platform_notifier);
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
	struct platform_device *bus = NULL, *pdev;

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
	m->slot->devices[m->slot->device_count++] = pdev;
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
	if (!is_bus(np) && m->depth < MAX_SUPPLIERS) {
		m->path[m->depth++] = np;
		ret = walk_suppliers(np, make_device, m);
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
		if (!ret && is_bus(child)) {
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

static int is_outside(struct device_node *supplier, void *arg)
{
	return !dtslot_owns(arg, supplier);
}

/*
 * Tell fw_devlink that the nodes of a slot's own devices have their links, where all
 * that they name is in the slot: the order in which they are made replaces those, and
 * each costs as much as one of ours, as do the ones that it makes meanwhile from
 * the bus. Nodes of devices that drivers make, on I2C or SPI, are left to it.
 */
static void claim_links(struct dtslot *slot)
{
	struct of_changeset_entry *ce;

	list_for_each_entry(ce, &slot->cset.entries, node) {
		if (of_property_present(ce->np, "compatible") &&
		    !dtslot_makes_devices(slot, ce->np->parent))
			continue;
		if (!walk_node_suppliers(ce->np, is_outside, slot))
			fwnode_set_flag(&ce->np->fwnode, FWNODE_FLAG_LINKS_ADDED);
	}
}

/* How many devices a slot can have: its nodes on buses, whose changeset only attaches. */
static size_t count_devices(const struct dtslot *slot)
{
	struct of_changeset_entry *ce;
	size_t n = 0;

	list_for_each_entry(ce, &slot->cset.entries, node)
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
	const struct dtslot_export *e;
	int ret = 0;

	slot->marked = false;
	slot->device_count = 0;
	slot->devices = kvmalloc_array(count_devices(slot), sizeof(*slot->devices), GFP_KERNEL);
	if (!slot->devices)
		return dtslot_fail(text, -ENOMEM, "no memory for the list of devices");
	claim_links(slot);
	if (!slot->site.bus_driver) {
		m.parent = get_parent_device(slot, target);
		ret = make_devices(target, &m);
		slot->marked = !of_node_test_and_set_flag(target, OF_POPULATED_BUS);
		put_device(m.parent);
	}
	for (e = slot->site.exports; e && e->label && !ret; e++)
		if (e->np != target && is_bus(e->np))
			ret = make_devices(e->np, &m);
	if (ret)
		dtslot_depopulate(slot);
	return ret;
}

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
	const struct dtslot_export *e;

	while (slot->device_count) {
		struct device *dev = &slot->devices[--slot->device_count]->dev;

		if (device_is_registered(dev))
			of_platform_device_destroy(dev, NULL);
		put_device(dev);
	}
	kvfree(slot->devices);
	slot->devices = NULL;

	/* A driver of the target or of a bus may have come anew and made them again. */
	for (e = slot->site.exports; e && e->label; e++)
		if (e->np != slot->site.target && is_bus(e->np))
			unmake_devices(slot, e->np);
	if (slot->site.bus_driver)
		return;
	unmake_devices(slot, slot->site.target);
	if (slot->marked)
		of_node_clear_flag(slot->site.target, OF_POPULATED_BUS);
}
