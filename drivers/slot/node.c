// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making a node of an overlay: a device_node with all its properties, or the one
 * that was kept for it.
 */
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat.h"
#include "kept.h"
#include "slot.h"

/*
 * Add a property to a node that is not in the tree yet, before those that it has; takes
 * a copy.
 */
static int node_add_prop(struct device_node *np, const char *name, const void *value, u32 len)
{
	struct property *p;

	p = kzalloc_obj(*p);
	if (!p)
		return -ENOMEM;
	p->name = kstrdup(name, GFP_KERNEL);
	p->value = kmemdup(value, len, GFP_KERNEL);
	p->length = len;
	if (!p->name || !p->value) {
		kfree(p->name);
		kfree(p->value);
		kfree(p);
		return -ENOMEM;
	}
	of_property_set_flag(p, OF_DYNAMIC);
	p->next = np->properties;
	np->properties = p;
	return 0;
}

/* Put the properties into the order in which they were added. */
static void node_turn_props(struct device_node *np)
{
	struct property *p = np->properties, *turned = NULL;

	while (p) {
		struct property *next = p->next;

		p->next = turned;
		turned = p;
		p = next;
	}
	np->properties = turned;
}

/*
 * Clocks are registered under one name for the whole system, and a second registration of
 * that name fails; a second LED of one label gets another name. So the names a node gives
 * them carry the slot's name in front.
 */
static int node_add_names(struct device_node *np, const char *prop, const char *slot,
			  const char *names, u32 len)
{
	u32 room = 0, n = 0, i;
	char *out;
	int ret;

	if (!len || names[len - 1])
		return -EINVAL;
	for (i = 0; i < len; i += strlen(names + i) + 1)
		room += strlen(slot) + 1 + strlen(names + i) + 1;
	out = kvmalloc(room, GFP_KERNEL);
	if (!out)
		return -ENOMEM;
	for (i = 0; i < len; i += strlen(names + i) + 1)
		n += sprintf(out + n, "%s:%s", slot, names + i) + 1;
	ret = node_add_prop(np, prop, out, room);
	kvfree(out);
	return ret;
}

/* The compatible of a node, or a stand-in's if its driver is taken. */
static int node_add_compatible(struct dtslot *slot, struct device_node *np,
			       const char *value, u32 len)
{
	const char *replacement = NULL;
	int ret = 0;

	if (len && !value[len - 1])
		ret = dtslot_singleton_compatible(slot, value, &replacement);
	if (ret)
		return ret;
	if (replacement)
		return node_add_prop(np, "compatible", replacement, strlen(replacement) + 1);
	return node_add_prop(np, "compatible", value, len);
}

static int node_fill(struct dtslot *slot, struct device_node *np,
		     const struct dtslot_blob *b, u32 node)
{
	const char *name = dtslot_blob_name(b, node), *prefix = dev_name(&slot->dev);
	size_t base = strcspn(name, "@");
	struct dtslot_blob_prop p;
	u32 cursor = b->nodes[node].props;
	bool named = false, labelled = false, keeps_clock = dtslot_is_syscon(b, node);
	char *s;
	int ret;

	while (dtslot_blob_next_prop(b, &cursor, &p)) {
		const void *value = b->data + p.value;

		if (!strcmp(p.name, "name") || !strcmp(p.name, "linux,phandle"))
			continue;
		labelled |= !strcmp(p.name, "label");
		if (!strcmp(p.name, "clock-output-names")) {
			named = true;
			ret = node_add_names(np, p.name, prefix, value, p.len);
		} else if (!strcmp(p.name, "label") &&
			   dtslot_quirk_label_is_global(np, strlen(prefix) + p.len)) {
			ret = node_add_names(np, p.name, prefix, value, p.len);
		} else if (!strcmp(p.name, "compatible")) {
			ret = node_add_compatible(slot, np, value, p.len);
		} else if (keeps_clock && !strcmp(p.name, "clocks")) {
			ret = node_add_prop(np, DTSLOT_KEPT_CLOCKS, value, p.len);
		} else {
			ret = node_add_prop(np, p.name, value, p.len);
		}
		if (ret)
			return ret;
	}
	s = kmemdup_nul(name, base, GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	ret = node_add_prop(np, "name", s, base + 1);
	if (!ret && !named && dtslot_quirk_names_its_clock(np))
		ret = node_add_names(np, "clock-output-names", prefix, s, base + 1);
	if (!ret && !labelled && dtslot_quirk_is_monitor(np))
		ret = node_add_names(np, "label", prefix, s, base + 1);
	kfree(s);
	node_turn_props(np);
	return ret;
}

/*
 * Put a node that must be kept into the changeset: the one that is kept for it, if
 * there is one, with the properties of the fresh one; the old go with that.
 */
static int add_kept(struct dtslot *slot, struct device_node *parent,
		    const struct dtslot_blob *b, u32 node, struct device_node **np)
{
	struct of_changeset scratch;
	struct device_node *fresh;
	int ret;

	of_changeset_init(&scratch);
	fresh = of_changeset_create_node(&scratch, parent, dtslot_blob_name(b, node));
	if (!fresh)
		return -ENOMEM;
	ret = node_fill(slot, fresh, b, node);
	if (!ret)
		ret = dtslot_kept_find(slot, fresh, np);
	if (!ret && *np != fresh) {
		swap((*np)->properties, fresh->properties);
		(*np)->parent = fresh->parent;
	}
	if (!ret)
		ret = of_changeset_attach_node(dtslot_attached_piece(slot->attached), *np);
	of_node_put(fresh);
	of_changeset_destroy(&scratch);
	return ret;
}

static int add_made(struct dtslot *slot, struct device_node *parent,
		    const struct dtslot_blob *b, u32 node, struct device_node **np)
{
	*np = of_changeset_create_node(dtslot_attached_piece(slot->attached), parent,
				       dtslot_blob_name(b, node));
	if (!*np)
		return -ENOMEM;
	/* From here on the changeset's own reference keeps it. */
	of_node_put(*np);
	return node_fill(slot, *np, b, node);
}

/**
 * dtslot_node_add() - make one node of a slot, complete, behind those that are made
 * @slot: the slot
 * @parent: its parent, in the tree or made before
 * @b: the overlay
 * @node: index of the node in the overlay
 * @np: receives the node; the changeset holds it
 *
 * Return: 0 or a negative error.
 */
int dtslot_node_add(struct dtslot *slot, struct device_node *parent,
		    const struct dtslot_blob *b, u32 node, struct device_node **np)
{
	struct dtslot_attached *attached = slot->attached;
	int ret;

	if (dtslot_is_kept(b, node))
		ret = add_kept(slot, parent, b, node, np);
	else
		ret = add_made(slot, parent, b, node, np);
	if (!ret)
		attached->nodes[attached->node_count++] = *np;
	return ret;
}
