// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes that must outlive their overlay, as the kernel keeps their addresses for
 * ever and holds no reference to them:
 *
 * - syscons: drivers/mfd/syscon.c keeps what syscon_node_to_regmap() made - a
 *   mapping, a regmap and a list entry - and finds it again by the device_node.
 * - PCI host bridges: lib/logic_pio.c keeps the I/O window that
 *   pci_register_io_range() noted, and refuses that window to any other node.
 *
 * If such a node were freed, each cycle would leave one more entry behind, or
 * none could be made; and the next node that the allocator puts at the address of
 * a freed one would be given the old entry: the registers of another card, or of
 * none.
 *
 * So the node is kept when it leaves the tree, and goes in again when one of the
 * same name and the same physical address is added. What is kept is bounded by
 * the number of places at which hardware has been.
 *
 * syscon.c also keeps the clock of a syscon, long after that is gone, and with it the
 * module of the clock. So a kept syscon has its clocks in a property that syscon.c does
 * not know, and the clock is given to the registers here, as long as it is there.
 *
 * This is a module of its own because it can never be unloaded once it keeps a
 * node: there would be nobody left who knows the node. The rest of dtslot can.
 */
#include <linux/clk.h>
#include <linux/clk-provider.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/mfd/syscon.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/regmap.h>
#include <linux/string.h>

#include "../compat.h"
#include "kept.h"

/**
 * struct kept - a node that is kept
 * @list: entry in the list of all
 * @np: the node; a reference is held
 * @res: physical address of its registers
 * @owner: the slot in whose overlay it is now, NULL if it is out of the tree,
 *	&kept_nodes if it is in the tree for good
 * @clk: the clock of its registers, while that is there; NULL for none
 * @provider: node of the one that has the clock, held with @clk
 */
struct kept {
	struct list_head list;
	struct device_node *np;
	struct resource res;
	const void *owner;
	struct clk *clk;
	struct device_node *provider;
};

static LIST_HEAD(kept_nodes);
static DEFINE_MUTEX(kept_lock);

/**
 * dtslot_kept_find() - a kept node to be used for one that must be kept
 * @owner: the slot that adds the node; it has the node until
 *	dtslot_kept_release()
 * @fresh: the node that would be added otherwise, complete, its parent set
 * @np: set to the node to add, which may be @fresh; no reference is passed
 *
 * Return: 0 or -ENOMEM.
 */
int dtslot_kept_find(const void *owner, struct device_node *fresh, struct device_node **np)
{
	struct kept *k;
	struct resource res;

	*np = fresh;
	/* The kernel maps nothing that has no address either. */
	if (of_address_to_resource(fresh, 0, &res))
		return 0;

	guard(mutex)(&kept_lock);
	list_for_each_entry(k, &kept_nodes, list) {
		if (k->owner || k->res.start != res.start ||
		    resource_size(&k->res) != resource_size(&res) ||
		    strcmp(k->np->full_name, fresh->full_name))
			continue;
		k->owner = owner;
		*np = k->np;
		return 0;
	}
	k = kzalloc_obj(*k);
	if (!k)
		return -ENOMEM;
	k->np = of_node_get(fresh);
	k->res = res;
	k->owner = owner;
	if (list_empty(&kept_nodes))
		__module_get(THIS_MODULE);
	list_add(&k->list, &kept_nodes);
	return 0;
}
EXPORT_SYMBOL_GPL(dtslot_kept_find);

/**
 * dtslot_kept_release() - a slot's nodes have left the tree
 * @owner: the slot
 */
void dtslot_kept_release(const void *owner)
{
	struct kept *k;

	guard(mutex)(&kept_lock);
	list_for_each_entry(k, &kept_nodes, list)
		if (k->owner == owner)
			k->owner = NULL;
}
EXPORT_SYMBOL_GPL(dtslot_kept_release);

#if IS_ENABLED(CONFIG_MFD_SYSCON) && IS_ENABLED(CONFIG_COMMON_CLK)
static void get_clock(struct kept *k)
{
	struct of_phandle_args args;
	struct regmap *map;
	struct clk *clk;

	if (of_parse_phandle_with_args(k->np, DTSLOT_KEPT_CLOCKS, "#clock-cells", 0, &args))
		return;
	clk = of_clk_get_from_provider(&args);
	map = IS_ERR(clk) ? ERR_CAST(clk) : syscon_node_to_regmap(k->np);
	if (!IS_ERR(map) && !regmap_mmio_attach_clk(map, clk)) {
		k->clk = clk;
		k->provider = args.np;
		return;
	}
	if (!IS_ERR(map))
		regmap_mmio_detach_clk(map);
	if (!IS_ERR(clk))
		clk_put(clk);
	of_node_put(args.np);
}

static void put_clock(struct kept *k)
{
	struct regmap *map = syscon_node_to_regmap(k->np);

	if (!IS_ERR(map))
		regmap_mmio_detach_clk(map);
	clk_put(k->clk);
	of_node_put(k->provider);
	k->clk = NULL;
}
#else
static void get_clock(struct kept *k)
{
}

static void put_clock(struct kept *k)
{
}
#endif

/**
 * dtslot_kept_get_clocks() - give kept syscons the clocks that are there by now
 * @owner: the slot that has the nodes
 */
void dtslot_kept_get_clocks(const void *owner)
{
	struct kept *k;

	guard(mutex)(&kept_lock);
	list_for_each_entry(k, &kept_nodes, list)
		if (k->owner == owner && !k->clk)
			get_clock(k);
}
EXPORT_SYMBOL_GPL(dtslot_kept_get_clocks);

/**
 * dtslot_kept_put_clocks() - take clocks that are about to go from kept syscons
 * @owner: the slot that has the nodes
 * @np: node of a device that is about to lose its driver
 */
void dtslot_kept_put_clocks(const void *owner, const struct device_node *np)
{
	const struct device_node *at;
	struct kept *k;

	guard(mutex)(&kept_lock);
	list_for_each_entry(k, &kept_nodes, list) {
		if (k->owner != owner || !k->clk)
			continue;
		for (at = k->provider; at && at != np; at = at->parent)
			;
		if (at)
			put_clock(k);
	}
}
EXPORT_SYMBOL_GPL(dtslot_kept_put_clocks);

/**
 * dtslot_kept_leak() - a slot has given up its nodes, which stay in the tree
 * @owner: the slot; its nodes are never used again
 */
void dtslot_kept_leak(const void *owner)
{
	struct kept *k;

	guard(mutex)(&kept_lock);
	list_for_each_entry(k, &kept_nodes, list)
		if (k->owner == owner)
			k->owner = &kept_nodes;
}
EXPORT_SYMBOL_GPL(dtslot_kept_leak);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("Nodes that outlive their overlay");
MODULE_LICENSE("GPL");
