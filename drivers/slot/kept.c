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
 * This is a module of its own because it can never be unloaded once it keeps a
 * node: there would be nobody left who knows the node. The rest of dtslot can.
 */
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/string.h>

#include "../compat.h"
#include "kept.h"

/**
 * struct kept - a node that is kept
 * @list: entry in the list of all
 * @np: the node; a reference is held
 * @res: physical address of its registers
 * @owner: the slot in whose overlay it is now, NULL if it is out of the tree, &all if it
 *	is in the tree for good
 */
struct kept {
	struct list_head list;
	struct device_node *np;
	struct resource res;
	const void *owner;
};

static LIST_HEAD(all);
static DEFINE_MUTEX(lock);

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

	guard(mutex)(&lock);
	list_for_each_entry(k, &all, list) {
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
	if (list_empty(&all))
		__module_get(THIS_MODULE);
	list_add(&k->list, &all);
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

	guard(mutex)(&lock);
	list_for_each_entry(k, &all, list)
		if (k->owner == owner)
			k->owner = NULL;
}
EXPORT_SYMBOL_GPL(dtslot_kept_release);

MODULE_AUTHOR("The dtslot developers");
/**
 * dtslot_kept_leak() - a slot has given up its nodes, which stay in the tree
 * @owner: the slot; its nodes are never used again
 */
void dtslot_kept_leak(const void *owner)
{
	struct kept *k;

	guard(mutex)(&lock);
	list_for_each_entry(k, &all, list)
		if (k->owner == owner)
			k->owner = &all;
}
EXPORT_SYMBOL_GPL(dtslot_kept_leak);

MODULE_DESCRIPTION("Nodes that outlive their overlay");
MODULE_LICENSE("GPL");
