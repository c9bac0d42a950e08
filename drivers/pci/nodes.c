// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device-tree nodes of a PCI function and of what is above it.
 *
 * A kernel with a host bridge from a device tree, or with PCI_DYNAMIC_OF_NODES,
 * has some or all of them. What is there and true is used; the rest is made
 * here, shared between functions, and freed with the last user.
 *
 * "True" is checked for each use: the kernel writes the ranges of a bridge once,
 * and a bridge's window may move when a card is plugged in later. A bridge whose
 * node is stale is passed over: PCI addresses are the same on both sides of it.
 */
#include <linux/kmemleak.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/slab.h>

#include "../compat.h"
#include "pci.h"

/* The PCI Bus Binding to IEEE 1275: phys.hi, and how many cells. */
#define PCI_ADDRESS_CELLS	3
#define PCI_SIZE_CELLS		2
#define PHYS_HI_SPACE_MEM32	(2U << 24)
#define PHYS_HI_SPACE_MEM64	(3U << 24)
#define PHYS_HI_PREFETCHABLE	BIT(30)
#define RANGE_CELLS		(PCI_ADDRESS_CELLS + PCI_ADDRESS_CELLS + PCI_SIZE_CELLS)

/**
 * struct dtslot_pci_nodes - a node that was made here
 * @list: entry in the list of all
 * @dev: the host bridge, bridge or function it describes; reference held
 * @np: the node; the changeset holds the reference
 * @cset: what put it into the tree
 * @above: the node above; reference held
 * @parent: the same, if that was made here too
 * @users: how many functions and nodes below use it
 */
struct dtslot_pci_nodes {
	struct list_head list;
	struct device *dev;
	struct device_node *np;
	struct of_changeset cset;
	struct device_node *above;
	struct dtslot_pci_nodes *parent;
	unsigned int users;
};

static LIST_HEAD(made);
static DEFINE_MUTEX(made_lock);

static u32 phys_hi(const struct pci_dev *pdev)
{
	return pdev->bus->number << 16 | pdev->devfn << 8;
}

static u32 space_code(const struct resource *res)
{
	u32 code = res->flags & IORESOURCE_MEM_64 || upper_32_bits(res->end) ?
		   PHYS_HI_SPACE_MEM64 : PHYS_HI_SPACE_MEM32;

	return res->flags & IORESOURCE_PREFETCH ? code | PHYS_HI_PREFETCHABLE : code;
}

/* Whether a bus node leads from the PCI address of a BAR to its CPU address. */
static bool leads_to(struct device_node *bus, u64 pci, const struct resource *res)
{
	struct of_pci_range_parser parser;
	struct of_pci_range range;
	int len;

	if (of_get_property(bus, "ranges", &len) && !len)
		return bus->parent && leads_to(bus->parent, pci, res);
	if (of_pci_range_parser_init(&parser, bus))
		return false;
	for_each_of_pci_range(&parser, &range)
		if (pci >= range.pci_addr &&
		    pci + resource_size(res) <= range.pci_addr + range.size &&
		    pci - range.pci_addr + range.cpu_addr == res->start)
			return true;
	return false;
}

static bool bus_node_is_true(struct device_node *bus, struct pci_dev *pdev)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (dtslot_pci_bar_has_memory(pdev, bar) &&
		    !leads_to(bus, pci_bus_address(pdev, bar), pci_resource_n(pdev, bar)))
			return false;
	return true;
}

static bool has_cells(const struct device_node *np, const char *name, u32 cells)
{
	u32 value;

	return !of_property_read_u32(np, name, &value) && value == cells;
}

/* Whether a function's node has what an overlay needs of it. */
static bool function_node_is_true(struct device_node *np, struct pci_dev *pdev)
{
	u32 range[RANGE_CELLS];
	int bar, i, j, n;

	if (!has_cells(np, "#address-cells", PCI_ADDRESS_CELLS) ||
	    !has_cells(np, "#size-cells", PCI_SIZE_CELLS) ||
	    !has_cells(np, "#interrupt-cells", 1) ||
	    !of_property_read_bool(np, "interrupt-controller") ||
	    !bus_node_is_true(np->parent, pdev))
		return false;
	n = of_property_count_u32_elems(np, "ranges") / RANGE_CELLS;
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		u64 addr = pci_bus_address(pdev, bar);
		bool found = !dtslot_pci_bar_has_memory(pdev, bar);

		for (i = 0; i < n && !found; i++) {
			for (j = 0; j < RANGE_CELLS; j++)
				of_property_read_u32_index(np, "ranges", i * RANGE_CELLS + j,
							   &range[j]);
			found = range[0] == bar && !range[1] && !range[2] &&
				range[4] == upper_32_bits(addr) &&
				range[5] == lower_32_bits(addr) &&
				range[7] == pci_resource_len(pdev, bar);
		}
		if (!found)
			return false;
	}
	return true;
}

static int fill_host_bridge(struct dtslot_pci_nodes *m)
{
	struct pci_host_bridge *bridge = to_pci_host_bridge(m->dev);
	struct resource_entry *window;
	int pna = of_n_addr_cells(m->np);
	u32 *ranges, *r;
	int ret;

	ranges = kcalloc(list_count_nodes(&bridge->windows),
			 (PCI_ADDRESS_CELLS + 2 + PCI_SIZE_CELLS) * sizeof(*ranges), GFP_KERNEL);
	if (!ranges)
		return -ENOMEM;
	r = ranges;
	resource_list_for_each_entry(window, &bridge->windows) {
		const struct resource *res = window->res;
		u64 pci = res->start - window->offset;

		if (resource_type(res) != IORESOURCE_MEM ||
		    (pna == 1 && upper_32_bits(res->end)))
			continue;
		*r++ = space_code(res);
		*r++ = upper_32_bits(pci);
		*r++ = lower_32_bits(pci);
		if (pna == 2)
			*r++ = upper_32_bits(res->start);
		*r++ = lower_32_bits(res->start);
		*r++ = upper_32_bits(resource_size(res));
		*r++ = lower_32_bits(resource_size(res));
	}
	ret = of_changeset_add_prop_string(&m->cset, m->np, "device_type", "pci");
	if (!ret)
		ret = of_changeset_add_prop_u32_array(&m->cset, m->np, "ranges", ranges,
						      r - ranges);
	kfree(ranges);
	return ret;
}

/* A bridge has empty ranges: addresses pass it as they are. */
static int fill_bridge(struct dtslot_pci_nodes *m)
{
	u32 reg[PCI_ADDRESS_CELLS + PCI_SIZE_CELLS] = { phys_hi(to_pci_dev(m->dev)) };
	int ret;

	ret = of_changeset_add_prop_string(&m->cset, m->np, "device_type", "pci");
	if (!ret)
		ret = of_changeset_add_prop_u32_array(&m->cset, m->np, "reg", reg,
						      ARRAY_SIZE(reg));
	if (!ret)
		ret = of_changeset_add_prop_bool(&m->cset, m->np, "ranges");
	return ret;
}

static int fill_function(struct dtslot_pci_nodes *m)
{
	struct pci_dev *pdev = to_pci_dev(m->dev);
	u32 reg[PCI_ADDRESS_CELLS + PCI_SIZE_CELLS] = { phys_hi(pdev) };
	u32 ranges[PCI_STD_NUM_BARS * RANGE_CELLS], *r = ranges;
	char id[16], class[24], subclass[24];
	const char * const compatible[] = { id, class, subclass };
	int bar, ret;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		u64 addr = pci_bus_address(pdev, bar);
		u64 len = pci_resource_len(pdev, bar);

		if (!dtslot_pci_bar_has_memory(pdev, bar))
			continue;
		*r++ = bar;
		*r++ = 0;
		*r++ = 0;
		*r++ = space_code(pci_resource_n(pdev, bar)) | phys_hi(pdev);
		*r++ = upper_32_bits(addr);
		*r++ = lower_32_bits(addr);
		*r++ = upper_32_bits(len);
		*r++ = lower_32_bits(len);
	}
	scnprintf(id, sizeof(id), "pci%x,%x", pdev->vendor, pdev->device);
	scnprintf(class, sizeof(class), "pciclass,%06x", pdev->class);
	scnprintf(subclass, sizeof(subclass), "pciclass,%04x", pdev->class >> 8);

	ret = of_changeset_add_prop_string_array(&m->cset, m->np, "compatible", compatible,
						 ARRAY_SIZE(compatible));
	if (!ret)
		ret = of_changeset_add_prop_u32_array(&m->cset, m->np, "reg", reg,
						      ARRAY_SIZE(reg));
	if (!ret)
		ret = of_changeset_add_prop_u32_array(&m->cset, m->np, "ranges", ranges,
						      r - ranges);
	if (!ret)
		ret = of_changeset_add_prop_bool(&m->cset, m->np, "interrupt-controller");
	if (!ret)
		ret = of_changeset_add_prop_u32(&m->cset, m->np, "#interrupt-cells", 1);
	return ret;
}

/* Make a node below @np_parent; takes over the reference to @parent. */
static struct dtslot_pci_nodes *make_node(struct device *dev, struct device_node *np_parent,
					  struct dtslot_pci_nodes *parent, const char *name,
					  int (*fill)(struct dtslot_pci_nodes *m))
{
	struct dtslot_pci_nodes *m;
	int ret;

	m = kzalloc_obj(*m);
	if (!m)
		return NULL;
	of_changeset_init(&m->cset);
	m->np = of_changeset_create_node(&m->cset, np_parent, name);
	if (!m->np)
		goto err_free;
	/* From here on the changeset's own reference keeps it. */
	of_node_put(m->np);
	/*
	 * No platform device is to be made of it, and no consumer waits for one:
	 * what it describes is on the PCI bus already.
	 */
	of_node_set_flag(m->np, OF_POPULATED);
	fwnode_dev_initialized(of_fwnode_handle(m->np), true);
	m->dev = dev;
	ret = of_changeset_add_prop_u32(&m->cset, m->np, "#address-cells", PCI_ADDRESS_CELLS);
	if (!ret)
		ret = of_changeset_add_prop_u32(&m->cset, m->np, "#size-cells", PCI_SIZE_CELLS);
	if (!ret)
		ret = fill(m);
	if (!ret)
		ret = of_changeset_apply(&m->cset);
	if (ret)
		goto err_destroy;
	get_device(dev);
	/* A node of the kernel's goes with its device, which may be before this one. */
	m->above = of_node_get(np_parent);
	m->parent = parent;
	m->users = 1;
	list_add(&m->list, &made);
	return m;

err_destroy:
	of_changeset_destroy(&m->cset);
err_free:
	kfree(m);
	return NULL;
}

static void put_locked(struct dtslot_pci_nodes *m)
{
	while (m && !--m->users) {
		struct dtslot_pci_nodes *parent = m->parent;

		list_del(&m->list);
		if (m->np->child) {
			/* An overlay that would not come off: what is above it stays. */
			dev_warn(m->dev, "node %pOF stays, there are nodes below it\n", m->np);
			kmemleak_not_leak(m);
			return;
		}
		of_changeset_revert(&m->cset);
		dtslot_changeset_destroy(&m->cset);
		of_node_put(m->above);
		put_device(m->dev);
		kfree(m);
		m = parent;
	}
}

static struct dtslot_pci_nodes *find_made(const struct device *dev)
{
	struct dtslot_pci_nodes *m;

	list_for_each_entry(m, &made, list)
		if (m->dev == dev) {
			m->users++;
			return m;
		}
	return NULL;
}

/*
 * The node to put children of @bus below, such that the BARs of @pdev translate.
 * @m is set to what was made for it, NULL if the kernel has it all.
 */
static struct device_node *get_bus_node(struct pci_dev *pdev, struct pci_bus *bus,
					struct dtslot_pci_nodes **m, struct dtslot_text *text)
{
	struct device *dev = bus->self ? &bus->self->dev : bus->bridge;
	struct device_node *np, *np_parent;
	struct dtslot_pci_nodes *parent = NULL;
	char name[32];

	np = bus->self ? pci_device_to_OF_node(bus->self) : pci_bus_to_OF_node(bus);
	if (np && bus_node_is_true(np, pdev)) {
		*m = NULL;
		return np;
	}
	*m = find_made(dev);
	if (*m)
		return (*m)->np;
	if (!bus->self && np) {
		dtslot_fail(text, -EINVAL,
			    "the ranges of %pOF, the host bridge, do not lead to the BARs", np);
		return NULL;
	}
	if (bus->self) {
		np_parent = get_bus_node(pdev, bus->parent, &parent, text);
		if (!np_parent)
			return NULL;
		if (np) {
			*m = parent;
			return np_parent;
		}
		scnprintf(name, sizeof(name), "pci@%x,%x", PCI_SLOT(bus->self->devfn),
			  PCI_FUNC(bus->self->devfn));
		*m = make_node(dev, np_parent, parent, name, fill_bridge);
	} else {
		scnprintf(name, sizeof(name), "pci@%x,%x", pci_domain_nr(bus), bus->number);
		*m = make_node(dev, of_root, NULL, name, fill_host_bridge);
	}
	if (*m)
		return (*m)->np;
	dtslot_fail(text, -ENOMEM, "cannot make a node for %s", dev_name(dev));
	put_locked(parent);
	return NULL;
}

/**
 * dtslot_pci_nodes_get() - find or make the node of a function
 * @pdev: the function, enabled
 * @function: set to its node; valid until dtslot_pci_nodes_put()
 * @text: receives the message on failure
 *
 * Return: what to give to dtslot_pci_nodes_put(), NULL if the kernel's own node
 * serves, or an ERR_PTR.
 */
struct dtslot_pci_nodes *dtslot_pci_nodes_get(struct pci_dev *pdev, struct device_node **function,
					      struct dtslot_text *text)
{
	struct device_node *np = pci_device_to_OF_node(pdev), *bus, *taken;
	struct dtslot_pci_nodes *m, *parent;
	char name[32];

	if (np && function_node_is_true(np, pdev)) {
		*function = np;
		return NULL;
	}

	guard(mutex)(&made_lock);
	bus = get_bus_node(pdev, pdev->bus, &parent, text);
	if (!bus)
		return ERR_PTR(-EINVAL);
	scnprintf(name, sizeof(name), "dev@%x,%x", PCI_SLOT(pdev->devfn), PCI_FUNC(pdev->devfn));
	taken = of_get_child_by_name(bus, name);
	if (taken || np)
		scnprintf(name, sizeof(name), "dtslot@%x", phys_hi(pdev));
	of_node_put(taken);
	m = make_node(&pdev->dev, bus, parent, name, fill_function);
	if (!m) {
		dtslot_fail(text, -ENOMEM, "cannot make a node for the function");
		put_locked(parent);
		return ERR_PTR(-ENOMEM);
	}
	*function = m->np;
	return m;
}

/**
 * dtslot_pci_nodes_put() - give a function's node back
 * @nodes: what dtslot_pci_nodes_get() returned, may be NULL
 */
void dtslot_pci_nodes_put(struct dtslot_pci_nodes *nodes)
{
	guard(mutex)(&made_lock);
	put_locked(nodes);
}

static bool is_below(const struct device_node *np, const struct device_node *top)
{
	for (np = np->parent; np; np = np->parent)
		if (np == top)
			return true;
	return false;
}

/**
 * dtslot_pci_next_node() - walk over what is below a function
 * @function: its node
 * @np: the node before, whose reference is given back; NULL for the first one
 *
 * The kernel's loops over nodes walk over all of the tree, and so over the nodes of all cards.
 *
 * Return: the node, referenced; NULL behind the last one.
 */
struct device_node *dtslot_pci_next_node(struct device_node *function, struct device_node *np)
{
	/* A node is followed by those below it. */
	np = of_find_all_nodes(np ?: of_node_get(function));
	if (np && is_below(np, function))
		return np;
	of_node_put(np);
	return NULL;
}
