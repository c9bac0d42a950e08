// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of a slot: made in an order in which no driver can probe before what
 * it needs, taken away in the reverse.
 *
 * Some drivers take a missing interrupt for "has none" and go on without
 * (pinctrl-ocelot and the lan966x switch's "ana" do), and a pin controller that
 * goes before a device that uses its pins leaves a dangling pointer behind
 * (pinmux_disable_setting()). fw_devlink does not prevent that: it is off for
 * x86 in 6.12, and elsewhere it lets consumers go ahead once booting is over and
 * the supplier's module is not loaded yet. So a device of a slot is made after the
 * suppliers in the slot that its nodes name, and taken away before them. What keeps
 * the order while the slot stands are device links (links.c).
 */
#include <linux/amba/bus.h>
#include <linux/dma-mapping.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "slot.h"

/**
 * dtslot_is_bus() - whether a node is a bus whose children become platform devices
 * @np: the node
 *
 * The same as when the kernel boots (of_default_bus_match_table).
 *
 * Return: true if so.
 */
bool dtslot_is_bus(const struct device_node *np)
{
	static const struct of_device_id buses[] = {
		{ .compatible = "simple-bus" },
		{ .compatible = "simple-mfd" },
		{ .compatible = "isa" },
		{ .compatible = "arm,amba-bus" },
		{ }
	};

	return of_match_node(buses, np);
}

/*
 * Clocks that the kernel registers when it boots, wherever their nodes are: in a node
 * "clocks", or below the device that uses them. Their drivers take platform devices, too.
 */
static bool is_clock(const struct device_node *np)
{
	static const struct of_device_id clocks[] = {
		{ .compatible = "fixed-clock" },
		{ .compatible = "fixed-factor-clock" },
		{ .compatible = "fixed-mmio-clock" },
		{ }
	};

	return of_match_node(clocks, np);
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
 * dtslot_is_device_node() - whether a node is one that its slot makes a device of,
 * whichever slot that is
 * @np: the node, not right below a slot's target
 *
 * Return: true if so.
 */
bool dtslot_is_device_node(const struct device_node *np)
{
	return of_property_present(np, "compatible") &&
	       ((np->parent && dtslot_is_bus(np->parent)) || is_clock(np));
}

/**
 * dtslot_makes_device() - whether a slot makes a device of a node, and no driver does
 * @slot: the slot, prepared
 * @np: the node, one of the slot's
 *
 * Return: true if so, should the node be available.
 */
bool dtslot_makes_device(const struct dtslot *slot, const struct device_node *np)
{
	return of_property_present(np, "compatible") &&
	       (dtslot_makes_devices(slot, np->parent) || is_clock(np));
}

/**
 * struct unit - a device that is to be made
 * @np: its node; a reference is held
 * @bus: index of the unit that is the bus it is on, or NONE
 * @first: index of its first supplier among those of all
 * @next: index of the supplier that is looked at
 * @end: index behind its last supplier
 * @state: how far its turn has come
 */
struct unit {
	struct device_node *np;
	u32 bus;
	u32 first;
	u32 next;
	u32 end;
	enum { WAITS, OPEN, READY } state;
};

#define NONE	U32_MAX

/**
 * struct making - the devices of a slot that are being made
 * @slot: the slot
 * @text: receives the message on failure
 * @top: device that those right below the target are children of; held, or NULL
 * @units: in the order of the overlay
 * @count: how many
 * @sorted: indices of units, by the address of their nodes
 * @suppliers: indices of the units' suppliers
 * @supplier_count: how many
 * @room: how many there is room for
 * @current_unit: index of the unit whose suppliers are looked for
 * @looked: of how many nodes suppliers were looked for
 * @outside: a node of it names something that is not in the slot
 * @order: indices of units, suppliers first
 * @ready: how many are in that order
 */
struct making {
	struct dtslot *slot;
	struct dtslot_text *text;
	struct device *top;
	struct unit *units;
	u32 count;
	u32 *sorted;
	u32 *suppliers;
	u32 supplier_count;
	u32 room;
	u32 current_unit;
	u32 looked;
	bool outside;
	u32 *order;
	u32 ready;
};

static int compare_units(const void *a, const void *b, const void *priv)
{
	const struct making *m = priv;
	const struct device_node *x = m->units[*(const u32 *)a].np;
	const struct device_node *y = m->units[*(const u32 *)b].np;

	return x < y ? -1 : x > y;
}

/* Index of the unit of a node, or NONE. */
static u32 find_unit(const struct making *m, const struct device_node *np)
{
	u32 low = 0, high = m->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (m->units[m->sorted[middle]].np < np)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->count && m->units[m->sorted[low]].np == np ? m->sorted[low] : NONE;
}

/* Units are the nodes that are available and on a bus that is. */
static void add_units(struct making *m, struct device_node *top)
{
	struct device_node *np;

	for (np = of_node_get(top); np; np = dtslot_next_in_subtree(top, np))
		if (dtslot_makes_device(m->slot, np) && of_device_is_available(np))
			m->units[m->count++].np = of_node_get(np);
}

static void add_children(struct making *m, struct device_node *bus)
{
	for_each_child_of_node_scoped(bus, child)
		if (dtslot_owns(m->slot, child))
			add_units(m, child);
}

/* Whether an export is a node that comes before it in the list, or is the target. */
static bool is_repeated(const struct dtslot_site *site, const struct dtslot_export *export)
{
	const struct dtslot_export *e;

	for (e = site->exports; e != export; e++)
		if (e->np == export->np)
			return true;
	return export->np == site->target;
}

/* The nodes are those of the overlay in its order, below the target and below exports. */
static void find_units(struct making *m)
{
	const struct dtslot_site *site = &m->slot->site;
	const struct dtslot_export *e;
	u32 i;

	add_children(m, site->target);
	for (e = site->exports; e && e->label; e++)
		if (!is_repeated(site, e))
			add_children(m, e->np);
	for (i = 0; i < m->count; i++)
		m->sorted[i] = i;
	sort_r(m->sorted, m->count, sizeof(*m->sorted), compare_units, NULL, m);
	for (i = 0; i < m->count; i++)
		m->units[i].bus = dtslot_makes_devices(m->slot, m->units[i].np->parent) ?
				  find_unit(m, m->units[i].np->parent) : NONE;
}

static int add_supplier(struct device_node *user, struct device_node *supplier, void *arg)
{
	struct making *m = arg;
	struct device_node *np;
	u32 unit = NONE, *grown;

	/* The target is there as long as the slot is filled. */
	if (supplier != m->slot->site.target && !dtslot_owns(m->slot, supplier))
		m->outside = true;
	for (np = supplier; np && unit == NONE; np = np->parent)
		unit = find_unit(m, np);
	if (unit == NONE || unit == m->current_unit)
		return 0;
	if (m->supplier_count == m->room) {
		grown = kvrealloc(m->suppliers, (2 * m->room + 64) * sizeof(*grown), GFP_KERNEL);
		if (!grown)
			return -ENOMEM;
		m->suppliers = grown;
		m->room = 2 * m->room + 64;
	}
	m->suppliers[m->supplier_count++] = unit;
	return 0;
}

/* Find the suppliers of a unit, node by node; each is to have the links made here, or none. */
static int find_suppliers_of(struct making *m, struct device_node *top)
{
	struct device_node *np;
	int ret;

	for (np = of_node_get(top); np; np = dtslot_next_of_device(top, np)) {
		m->outside = false;
		ret = ++m->looked % DTSLOT_PIECE ? 0 : dtslot_check_here(m->slot, m->text);
		ret = ret ?: dtslot_walk_node_suppliers(np, add_supplier, m);
		if (ret) {
			of_node_put(np);
			return ret;
		}
		if (!m->outside)
			dtslot_claim_links(m->slot, np);
	}
	return 0;
}

static int find_suppliers(struct making *m)
{
	struct unit *u;
	int ret = 0;

	for (m->current_unit = 0; !ret && m->current_unit < m->count; m->current_unit++) {
		u = &m->units[m->current_unit];
		u->first = m->supplier_count;
		ret = find_suppliers_of(m, u->np);
		u->next = u->first;
		u->end = m->supplier_count;
	}
	return ret;
}

/* The next unit that has to be made before one, or NONE. */
static u32 next_before(struct making *m, struct unit *u)
{
	if (u->bus != NONE && m->units[u->bus].state == WAITS)
		return u->bus;
	for (; u->next < u->end; u->next++)
		/* One that is open needs this one itself: they are made as they come. */
		if (m->units[m->suppliers[u->next]].state == WAITS)
			return m->suppliers[u->next];
	return NONE;
}

/* Put a unit into the order, and before it what has to come before; without recursion. */
static void put_in_order(struct making *m, u32 unit, u32 *stack)
{
	u32 depth = 0, before;

	if (m->units[unit].state != WAITS)
		return;
	stack[0] = unit;
	m->units[unit].state = OPEN;
	for (;;) {
		before = next_before(m, &m->units[stack[depth]]);
		if (before != NONE) {
			m->units[before].state = OPEN;
			stack[++depth] = before;
			continue;
		}
		m->units[stack[depth]].state = READY;
		m->order[m->ready++] = stack[depth];
		if (!depth--)
			return;
	}
}

static int put_all_in_order(struct making *m)
{
	u32 *stack = kvmalloc_array(m->count, sizeof(*stack), GFP_KERNEL);
	u32 i;

	if (!stack)
		return -ENOMEM;
	/* Drivers name syscons in properties of their own, and need the clocks of these. */
	for (i = 0; i < m->count; i++)
		if (of_device_is_compatible(m->units[i].np, "syscon"))
			put_in_order(m, i, stack);
	for (i = 0; i < m->count; i++)
		put_in_order(m, i, stack);
	kvfree(stack);
	return 0;
}

#if IS_ENABLED(CONFIG_ARM_AMBA)
static struct device *create_amba(struct device_node *np, struct device *parent)
{
	struct amba_device *adev;
	struct resource res;

	if (of_address_to_resource(np, 0, &res))
		return NULL;
	adev = amba_device_alloc(NULL, res.start, resource_size(&res));
	if (!adev)
		return NULL;
	if (dev_set_name(&adev->dev, "%llx.%pOFn", (u64)res.start, np))
		goto put;
	adev->dev.coherent_dma_mask = DMA_BIT_MASK(32);
	adev->dev.dma_mask = &adev->dev.coherent_dma_mask;
	adev->dev.parent = parent;
	/* The bus takes the reference to the node. */
	device_set_node(&adev->dev, of_fwnode_handle(np));
	of_property_read_u32(np, "arm,primecell-periphid", &adev->periphid);
	if (amba_device_add(adev, &iomem_resource))
		goto put;
	of_node_set_flag(np, OF_POPULATED);
	return &adev->dev;

put:
	amba_device_put(adev);
	return NULL;
}
#else
static struct device *create_amba(struct device_node *np, struct device *parent)
{
	return NULL;
}
#endif

static bool is_amba(const struct device_node *np)
{
	return of_device_is_compatible(np, "arm,primecell");
}

static struct device *create_device(struct device_node *np, struct device *parent)
{
	struct platform_device *pdev;

	if (is_amba(np))
		return create_amba(np, parent);
	pdev = of_platform_device_create(np, NULL, parent);
	return pdev ? &pdev->dev : NULL;
}

/* The device that the devices of nodes right below a node are children of. */
static struct device *get_parent_device(const struct dtslot *slot, struct device_node *np)
{
	struct platform_device *pdev;
	struct device *dev = dtslot_device_get(np);

	if (dev)
		return dev;
	pdev = of_find_device_by_node(np);
	if (pdev)
		return &pdev->dev;
	return np == slot->site.target ? get_device(slot->parent) : NULL;
}

/* The same; that of the target is looked for once, among all devices of the platform bus. */
static struct device *get_parent(const struct making *m, struct device_node *np)
{
	return np == m->slot->site.target ? get_device(m->top) : get_parent_device(m->slot, np);
}

static int make_device(const struct making *m, struct device_node *np)
{
	struct dtslot_text *text = m->text;
	struct dtslot *slot = m->slot;
	struct dtslot_attached *attached = slot->attached;
	bool on_bus = dtslot_makes_devices(slot, np->parent);
	struct device *parent, *dev;
	int ret;

	/* The driver of an MFD may make the devices on it itself. */
	if (of_node_check_flag(np, OF_POPULATED))
		return 0;
	ret = dtslot_check_here(slot, text);
	if (ret)
		return ret;
	parent = get_parent(m, on_bus ? np->parent : slot->site.target);
	if (!parent && on_bus)
		return 0;	/* of a bus that is not available */
	dev = create_device(np, parent);
	put_device(parent);
	if (!dev && is_amba(np) && !IS_ENABLED(CONFIG_ARM_AMBA))
		return dtslot_fail(text, -EOPNOTSUPP,
				   "node %pOF is an AMBA device (arm,primecell), and this kernel has no AMBA bus",
				   np);
	if (!dev)
		return dtslot_fail(text, -ENODEV, "the kernel made no device for node %pOF", np);
	attached->devices[attached->device_count++] = get_device(dev);
	return 0;
}

static int make_devices(struct making *m)
{
	struct dtslot_attached *attached = m->slot->attached;
	u32 i;
	int ret;

	attached->devices = kvmalloc_array(m->count, sizeof(*attached->devices), GFP_KERNEL);
	if (!attached->devices)
		return dtslot_fail(m->text, -ENOMEM, "no memory for the list of devices");
	for (i = 0; i < m->ready; i++) {
		ret = make_device(m, m->units[m->order[i]].np);
		if (ret)
			return ret;
	}
	return 0;
}

/* Buses of the slot have their devices: no driver of a bus is to make them. */
static void mark_buses(struct making *m)
{
	u32 i;

	for (i = 0; i < m->count; i++)
		if (dtslot_is_bus(m->units[i].np))
			of_node_set_flag(m->units[i].np, OF_POPULATED_BUS);
}

static int start_making(struct making *m)
{
	u32 count = m->slot->attached->node_count;

	m->units = kvcalloc(count, sizeof(*m->units), GFP_KERNEL);
	m->sorted = kvmalloc_array(count, sizeof(*m->sorted), GFP_KERNEL);
	m->order = kvmalloc_array(count, sizeof(*m->order), GFP_KERNEL);
	if (!m->units || !m->sorted || !m->order)
		return -ENOMEM;
	find_units(m);
	m->top = get_parent_device(m->slot, m->slot->site.target);
	return find_suppliers(m) ?: put_all_in_order(m);
}

static void end_making(struct making *m)
{
	while (m->count)
		of_node_put(m->units[--m->count].np);
	put_device(m->top);
	kvfree(m->units);
	kvfree(m->sorted);
	kvfree(m->order);
	kvfree(m->suppliers);
}

/**
 * dtslot_populate() - make the devices of a slot's nodes
 * @slot: the slot, its nodes in the live tree
 * @text: receives the message on failure
 *
 * Nodes with a compatible below the slot's target and below simple buses, the
 * overlay's own or exported ones, become platform devices, or AMBA devices if they say
 * so; clocks do wherever they are. A node whose driver is missing simply stays unbound.
 * Devices on I2C and SPI buses made by their controllers' drivers follow by themselves.
 *
 * Return: 0 or a negative error; then there are no devices.
 */
int dtslot_populate(struct dtslot *slot, struct dtslot_text *text)
{
	struct device_node *target = slot->site.target;
	struct making m = { .slot = slot, .text = text };
	int ret;

	ret = start_making(&m);
	if (ret && ret != -ECANCELED)
		dtslot_fail(text, ret, "no memory for the order of the devices");
	if (!ret) {
		mark_buses(&m);
		ret = make_devices(&m);
		if (!slot->site.bus_driver)
			slot->attached->marked = !of_node_test_and_set_flag(target,
									    OF_POPULATED_BUS);
	}
	end_making(&m);
	if (ret)
		dtslot_depopulate(slot);
	return ret;
}

/*
 * Take one device away. It may take its driver minutes to let go of hardware that has
 * died; its parent may go meanwhile, but not while the device itself does. No driver
 * gets the device any more, so that none is left for the moment in which the parent waits.
 */
static void destroy_device(struct dtslot *slot, struct device *dev)
{
	scoped_guard(device, dev)
		kill_device(dev);
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
		struct device *dev = attached->devices[--attached->device_count];

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
