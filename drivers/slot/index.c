// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nodes that slots brought, by their phandles.
 *
 * The kernel finds a node by its phandle in a cache of 128 entries or by a look at each
 * node of the tree. An overlay may refer to thousands of its nodes, so they are found
 * here.
 */
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "slot.h"

static DEFINE_XARRAY(nodes);

/**
 * dtslot_index_add() - make the nodes of a slot known by their phandles
 * @slot: the slot, its nodes complete, in the tree or not
 *
 * Return: 0 or -ENOMEM.
 */
int dtslot_index_add(struct dtslot *slot)
{
	const struct dtslot_attached *attached = slot->attached;
	u32 i, phandle;

	for (i = 0; i < attached->node_count; i++)
		if (!of_property_read_u32(attached->nodes[i], "phandle", &phandle) &&
		    xa_err(xa_store(&nodes, phandle, attached->nodes[i], GFP_KERNEL)))
			return -ENOMEM;
	return 0;
}

/**
 * dtslot_index_remove() - undo dtslot_index_add(), whatever that returned
 * @attached: what the slot brought; its nodes are going to be freed
 */
void dtslot_index_remove(struct dtslot_attached *attached)
{
	u32 i, phandle;

	for (i = 0; i < attached->node_count; i++)
		if (!of_property_read_u32(attached->nodes[i], "phandle", &phandle))
			xa_cmpxchg(&nodes, phandle, attached->nodes[i], NULL, GFP_KERNEL);
}

/**
 * dtslot_index_find() - the node that has a phandle
 * @phandle: the phandle
 *
 * Return: the node, with a reference, or NULL.
 */
struct device_node *dtslot_index_find(u32 phandle)
{
	struct device_node *np;

	xa_lock(&nodes);
	np = of_node_get(xa_load(&nodes, phandle));
	xa_unlock(&nodes);
	return np ?: of_find_node_by_phandle(phandle);
}
