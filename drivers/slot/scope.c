// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a slot shows to an overlay: its target, what it exports, and which numbers
 * are phandles.
 */
#include <linux/of.h>
#include <linux/string.h>

#include "../compat.h"
#include "slot.h"

/**
 * dtslot_scope_node() - the node to which an overlay refers by a label
 * @slot: the slot, prepared
 * @label: the label; NULL for the target
 *
 * Return: the node, without a reference, or NULL.
 */
struct device_node *dtslot_scope_node(struct dtslot *slot, const char *label)
{
	const struct dtslot_export *e;

	if (!label)
		return slot->site.target;
	for (e = slot->site.exports; e && e->label; e++)
		if (!strcmp(e->label, label))
			return e->np;
	return NULL;
}

static u32 scope_phandle(void *priv, const char *label)
{
	struct device_node *np = dtslot_scope_node(priv, label);

	return np ? np->phandle : 0;
}

static bool scope_cells(void *priv, u32 phandle, const char *name, u32 *value)
{
	struct dtslot *slot = priv;
	const struct dtslot_export *e;

	for (e = slot->site.exports; e && e->label; e++)
		if (e->np->phandle == phandle && !of_property_read_u32(e->np, name, value))
			return true;
	return false;
}

static bool scope_is_phandle(void *priv, u32 value)
{
	struct device_node *np = of_find_node_by_phandle(value);

	of_node_put(np);
	return np;
}

static bool scope_has_child(void *priv, const char *label, const char *name)
{
	struct device_node *np = dtslot_scope_node(priv, label);

	for_each_child_of_node_scoped(np, child)
		if (!strcmp(kbasename(child->full_name), name))
			return true;
	return false;
}

static bool scope_has_prop(void *priv, const char *label, const char *name,
			   const void *value, u32 len)
{
	struct property *p = of_find_property(dtslot_scope_node(priv, label), name, NULL);

	return p && p->length == len && !memcmp(p->value, value, len);
}

/**
 * dtslot_tree_scope() - describe what a slot shows to an overlay
 * @slot: the slot, prepared
 * @scope: filled; valid as long as the slot is prepared
 * @exports: buffer for the list of exported labels
 * @size: its size, bytes
 */
void dtslot_tree_scope(struct dtslot *slot, struct dtslot_scope *scope,
		       char *exports, size_t size)
{
	const struct dtslot_export *e;
	size_t n = 0;

	strscpy(exports, "nothing", size);
	for (e = slot->site.exports; e && e->label; e++)
		n += scnprintf(exports + n, size - n, "%s%s", n ? ", " : "", e->label);

	*scope = (struct dtslot_scope){
		.priv = slot,
		.exports = exports,
		.root = of_node_is_root(slot->site.target),
		.maps_of_four = COMPAT_MAPS_OF_FOUR,
		.phandle = scope_phandle,
		.cells = scope_cells,
		.is_phandle = scope_is_phandle,
		.has_child = scope_has_child,
		.has_prop = scope_has_prop,
	};
}
