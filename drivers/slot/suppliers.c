// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the nodes of a slot name: the suppliers that a device cannot do without.
 *
 * Which properties name suppliers, and how, is in overlay/bindings.c. A node that is
 * neither a device nor below one of another device belongs to the device above it.
 */
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/unaligned.h>

#include "../overlay/bindings.h"
#include "kept.h"
#include "slot.h"

/**
 * struct walk - a walk over the references of one node
 * @np: the node
 * @p: the property that is read
 * @fn: called for each reference
 * @arg: handed to it
 * @phandle: phandle of the reference that was looked up last
 * @found: the node of that phandle, held, or NULL
 */
struct walk {
	struct device_node *np;
	const struct property *p;
	dtslot_supplier_fn fn;
	void *arg;
	u32 phandle;
	struct device_node *found;
};

static bool has_property(void *priv, const char *name, u32 *value)
{
	struct walk *w = priv;
	struct property *p = of_find_property(w->np, name, NULL);

	if (p)
		*value = p->length < sizeof(__be32) ? 0 : get_unaligned_be32(p->value);
	return p;
}

static bool is_compatible(void *priv, const char *compatible)
{
	struct walk *w = priv;

	return of_property_match_string(w->np, "compatible", compatible) >= 0;
}

/* The node that a cell refers to, held until the next is looked up; or NULL. */
static struct device_node *find(struct walk *w, u32 cell)
{
	u32 phandle = get_unaligned_be32((const u8 *)w->p->value + cell * sizeof(__be32));

	if (w->phandle == phandle)
		return w->found;
	of_node_put(w->found);
	w->phandle = phandle;
	w->found = dtslot_index_find(phandle);
	return w->found;
}

static bool provider_has(void *priv, u32 cell, const char *name, u32 *value)
{
	struct device_node *np = find(priv, cell);

	return np && !of_property_read_u32(np, name, value);
}

static int refer(void *priv, u32 cell)
{
	struct walk *w = priv;
	struct device_node *np = find(w, cell);

	return np ? w->fn(w->np, np, w->arg) : 0;
}

static const struct dtslot_around around = {
	.own = has_property,
	.is_compatible = is_compatible,
	.provider = provider_has,
	.reference = refer,
};

/**
 * dtslot_walk_node_suppliers() - call a function for each supplier that a node names
 * @np: the node
 * @fn: the function; a return value other than 0 ends the walk
 * @arg: handed to it
 *
 * Return: 0, or what @fn returned.
 */
int dtslot_walk_node_suppliers(struct device_node *np, dtslot_supplier_fn fn, void *arg)
{
	struct walk w = { .np = np, .fn = fn, .arg = arg };
	struct dtslot_property property = {
		.node = kbasename(np->full_name),
		.around = &around,
		.priv = &w,
	};
	struct device_node *parent;
	struct property *p;
	int ret = 0;

	for_each_property_of_node(np, p) {
		w.p = p;
		property.name = strcmp(p->name, DTSLOT_KEPT_CLOCKS) ? p->name : "clocks";
		property.value = p->value;
		property.len = p->length;
		/* A nexus without a count of cells refers to nothing that can be read. */
		ret = dtslot_bindings_walk(&property, true, NULL);
		if (ret && ret != -EINVAL)
			break;
		ret = 0;
	}
	of_node_put(w.found);
	if (!ret && of_property_present(np, "interrupts")) {
		parent = of_irq_find_parent(np);
		if (parent)
			ret = fn(np, parent, arg);
		of_node_put(parent);
	}
	return ret;
}

/**
 * dtslot_is_below() - whether a node is somewhere below another
 * @np: the node
 * @top: the other
 *
 * Return: true if so, false for @top itself.
 */
bool dtslot_is_below(const struct device_node *np, const struct device_node *top)
{
	for (np = np->parent; np; np = np->parent)
		if (np == top)
			return true;
	return false;
}

/**
 * dtslot_next_outside() - the node that comes after all that is below a node
 * @top: the root of the subtree, in document order
 * @np: the node; its reference is taken over
 *
 * Return: the node, with a reference, or NULL behind the last.
 */
struct device_node *dtslot_next_outside(const struct device_node *top, struct device_node *np)
{
	while (np != top) {
		struct device_node *parent = of_get_parent(np);
		struct device_node *next = of_get_next_child(parent, np);	/* puts np */

		if (next) {
			of_node_put(parent);
			return next;
		}
		np = parent;
	}
	of_node_put(np);
	return NULL;
}

/**
 * dtslot_next_in_subtree() - the next node of a subtree, in document order
 * @top: the root of the subtree, which comes first
 * @np: the node before; its reference is taken over
 *
 * Return: the node, with a reference, or NULL behind the last.
 */
struct device_node *dtslot_next_in_subtree(const struct device_node *top, struct device_node *np)
{
	struct device_node *child = of_get_next_child(np, NULL);

	if (!child)
		return dtslot_next_outside(top, np);
	of_node_put(np);
	return child;
}

/**
 * dtslot_next_of_device() - the next node that belongs to a device
 * @top: node of the device, which comes first
 * @np: the node before; its reference is taken over
 *
 * What the driver makes of child nodes (PHYs, MFD cells) is part of the device. Children
 * of which a slot makes devices itself are left out.
 *
 * Return: the node, with a reference, or NULL behind the last.
 */
struct device_node *dtslot_next_of_device(const struct device_node *top, struct device_node *np)
{
	np = dtslot_next_in_subtree(top, np);
	while (np && dtslot_is_device_node(np))
		np = dtslot_next_outside(top, np);
	return np;
}

/**
 * dtslot_walk_suppliers() - call a function for each supplier that a device needs
 * @top: node of the device
 * @fn: the function; a return value other than 0 ends the walk
 * @arg: handed to it
 *
 * Return: 0, or what @fn returned.
 */
int dtslot_walk_suppliers(struct device_node *top, dtslot_supplier_fn fn, void *arg)
{
	struct device_node *np = of_node_get(top);
	int ret;

	while (np) {
		ret = dtslot_walk_node_suppliers(np, fn, arg);
		if (ret) {
			of_node_put(np);
			return ret;
		}
		np = dtslot_next_of_device(top, np);
	}
	return 0;
}
