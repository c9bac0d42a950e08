// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes of syscons, which must outlive their overlay.
 *
 * drivers/mfd/syscon.c keeps what syscon_node_to_regmap() made - a mapping, a
 * regmap and a list entry - for ever, and finds it again by the address of the
 * device_node, to which it holds no reference. If that node were freed, each
 * cycle would leave one more entry behind, and the next node the allocator puts
 * at the address of a freed one would be given the old entry's mapping: the
 * registers of another card, or of none.
 *
 * So a syscon's node is kept when it leaves the tree, and goes in again when
 * one of the same name and the same physical address is added. What is kept is
 * bounded by the number of places at which cards have been.
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
#include "syscon.h"

/**
 * struct syscon - a syscon's node that is kept
 * @list: entry in the list of all
 * @np: the node; a reference is held
 * @res: physical address of its registers
 * @owner: the slot in whose overlay it is now, NULL if it is out of the tree
 */
struct syscon {
	struct list_head list;
	struct device_node *np;
	struct resource res;
	const void *owner;
};

static LIST_HEAD(syscons);
static DEFINE_MUTEX(syscons_lock);

/**
 * dtslot_syscon_find() - a kept node to be used for a syscon
 * @owner: the slot that adds the syscon; it has the node until
 *	dtslot_syscons_release()
 * @fresh: the node that would be added otherwise, complete, its parent set
 * @np: set to the node to add, which may be @fresh; no reference is passed
 *
 * Return: 0 or -ENOMEM.
 */
int dtslot_syscon_find(const void *owner, struct device_node *fresh, struct device_node **np)
{
	struct syscon *s;
	struct resource res;

	*np = fresh;
	/* The kernel maps nothing that has no address either. */
	if (of_address_to_resource(fresh, 0, &res))
		return 0;

	guard(mutex)(&syscons_lock);
	list_for_each_entry(s, &syscons, list) {
		if (s->owner || s->res.start != res.start ||
		    resource_size(&s->res) != resource_size(&res) ||
		    strcmp(s->np->full_name, fresh->full_name))
			continue;
		s->owner = owner;
		*np = s->np;
		return 0;
	}
	s = kzalloc_obj(*s);
	if (!s)
		return -ENOMEM;
	s->np = of_node_get(fresh);
	s->res = res;
	s->owner = owner;
	if (list_empty(&syscons))
		__module_get(THIS_MODULE);
	list_add(&s->list, &syscons);
	return 0;
}
EXPORT_SYMBOL_GPL(dtslot_syscon_find);

/**
 * dtslot_syscons_release() - a slot's syscons have left the tree
 * @owner: the slot
 */
void dtslot_syscons_release(const void *owner)
{
	struct syscon *s;

	guard(mutex)(&syscons_lock);
	list_for_each_entry(s, &syscons, list)
		if (s->owner == owner)
			s->owner = NULL;
}
EXPORT_SYMBOL_GPL(dtslot_syscons_release);

MODULE_DESCRIPTION("Syscon nodes that outlive their overlay");
MODULE_LICENSE("GPL");
