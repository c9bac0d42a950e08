// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adding an overlay's nodes to the live tree, and taking them out again.
 *
 * The nodes go in by an of_changeset that only attaches nodes, each complete
 * with its properties. of_overlay_fdt_apply() is not used: it compares each
 * entry with each other, cannot be removed after some failures, holds a mutex
 * over the probes it triggers, and leaks what is still referenced at removal;
 * docs/design.md has the details.
 */
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat.h"
#include "kept.h"
#include "slot.h"

/*
 * Phandles of slots begin here: no text, no small number, and few addresses are like
 * them, so that one that turns up in an overlay was put there on purpose.
 */
#define PHANDLE_FIRST	0x8d5a0000U

/* Serialises the choice of phandles among slots. */
static DEFINE_MUTEX(phandle_lock);
static u32 phandle_last = PHANDLE_FIRST;

/**
 * dtslot_tree_reserve_phandles() - find a range of phandles nobody has
 * @count: how many are needed
 *
 * Return: the value to add to phandles 1..@count. The range stays reserved
 * among slots; another overlay that is applied by other means at this very
 * moment is not seen, as the kernel keeps its lock for that to itself.
 */
u32 dtslot_tree_reserve_phandles(u32 count)
{
	struct device_node *np = NULL;
	u32 base;

	guard(mutex)(&phandle_lock);
	base = phandle_last;
	while ((np = of_find_all_nodes(np)))
		if (np->phandle != U32_MAX && np->phandle > base)
			base = np->phandle;
	phandle_last = base + count;
	return base;
}

static struct device_node *scope_node(struct dtslot *slot, const char *label)
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
	struct device_node *np = scope_node(priv, label);

	return np ? np->phandle : 0;
}

static u32 scope_cells(void *priv, u32 phandle, const char *name)
{
	struct dtslot *slot = priv;
	const struct dtslot_export *e;
	u32 value;

	for (e = slot->site.exports; e && e->label; e++)
		if (e->np->phandle == phandle && !of_property_read_u32(e->np, name, &value))
			return value;
	return 0;
}

static bool scope_is_foreign(void *priv, u32 value)
{
	struct device_node *np;

	if (value < PHANDLE_FIRST)
		return false;
	np = of_find_node_by_phandle(value);
	of_node_put(np);
	return np;
}

static bool scope_has_child(void *priv, const char *label, const char *name)
{
	struct device_node *np = scope_node(priv, label);

	for_each_child_of_node_scoped(np, child)
		if (!strcmp(kbasename(child->full_name), name))
			return true;
	return false;
}

static bool scope_has_prop(void *priv, const char *label, const char *name,
			   const void *value, u32 len)
{
	struct property *p = of_find_property(scope_node(priv, label), name, NULL);

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
		.phandle = scope_phandle,
		.cells = scope_cells,
		.is_foreign = scope_is_foreign,
		.has_child = scope_has_child,
		.has_prop = scope_has_prop,
	};
}

/* Add a property to a node that is not in the tree yet; takes a copy. */
static int node_add_prop(struct device_node *np, const char *name, const void *value, u32 len)
{
	struct property *p, **tail;

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
	for (tail = &np->properties; *tail; tail = &(*tail)->next)
		;
	*tail = p;
	return 0;
}

/*
 * Clocks are registered under one name for the whole system, and a second
 * registration of that name fails. So the names a node gives its clocks carry
 * the slot's name in front.
 */
static int node_add_clock_names(struct device_node *np, const char *slot,
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
	ret = node_add_prop(np, "clock-output-names", out, room);
	kvfree(out);
	return ret;
}

/* Clock providers whose drivers fall back to the node's name. */
static const struct of_device_id named_after_node[] = {
	{ .compatible = "fixed-clock" },
	{ .compatible = "fixed-factor-clock" },
	{ .compatible = "fixed-mmio-clock" },
	{ .compatible = "gpio-gate-clock" },
	{ .compatible = "gpio-mux-clock" },
	{ }
};

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
	const char *name = dtslot_blob_name(b, node);
	size_t base = strcspn(name, "@");
	struct dtslot_blob_prop p;
	u32 cursor = b->nodes[node].props;
	bool named = false;
	char *s;
	int ret;

	while (dtslot_blob_next_prop(b, &cursor, &p)) {
		const void *value = b->data + p.value;

		if (!strcmp(p.name, "name") || !strcmp(p.name, "linux,phandle"))
			continue;
		if (!strcmp(p.name, "clock-output-names")) {
			named = true;
			ret = node_add_clock_names(np, dev_name(&slot->dev), value, p.len);
		} else if (!strcmp(p.name, "compatible")) {
			ret = node_add_compatible(slot, np, value, p.len);
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
	if (!ret && !named && of_match_node(named_after_node, np))
		ret = node_add_clock_names(np, dev_name(&slot->dev), s, base + 1);
	kfree(s);
	return ret;
}

static bool is_syscon(const struct dtslot_blob *b, u32 node)
{
	struct dtslot_blob_prop p;
	const char *s, *end;

	if (!dtslot_blob_prop(b, node, "compatible", &p))
		return false;
	s = (const char *)b->data + p.value;
	for (end = s + p.len; s < end; s += strnlen(s, end - s) + 1)
		if (strnlen(s, end - s) == strlen("syscon") && !strncmp(s, "syscon", end - s))
			return true;
	return false;
}

/* What has PCI windows and registers of its own, as only host bridges have. */
static bool is_host_bridge(const struct dtslot_blob *b, u32 node)
{
	struct dtslot_blob_prop p;

	return dtslot_blob_prop(b, node, "ranges", &p) &&
	       dtslot_blob_prop(b, node, "device_type", &p) && p.len == sizeof("pci") &&
	       !memcmp(b->data + p.value, "pci", sizeof("pci"));
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
		ret = of_changeset_attach_node(&slot->cset, *np);
	of_node_put(fresh);
	of_changeset_destroy(&scratch);
	return ret;
}

/* Make one node, complete, as the next of the slot's changeset. */
static int add_node(struct dtslot *slot, struct device_node *parent,
		    const struct dtslot_blob *b, u32 node, struct device_node **np)
{
	if (is_syscon(b, node) || is_host_bridge(b, node))
		return add_kept(slot, parent, b, node, np);
	*np = of_changeset_create_node(&slot->cset, parent, dtslot_blob_name(b, node));
	if (!*np)
		return -ENOMEM;
	/* From here on the changeset's own reference keeps it. */
	of_node_put(*np);
	return node_fill(slot, *np, b, node);
}

/*
 * Put the nodes of one fragment into the changeset: parents before children, as
 * the tree needs it, and of siblings the last first. A node that is attached
 * becomes the first child, so that in the end they stand as in the overlay, and
 * ports, for one, are numbered in the order in which they were written.
 */
static int add_fragment(struct dtslot *slot, const struct dtslot_blob *b,
			const struct dtslot_fragment *frag, struct device_node **made,
			struct device_node **tops, u32 *top_count, struct dtslot_text *text)
{
	u32 top = b->nodes[frag->node].depth, end = frag->node + 1;
	u32 depth, deepest = top, i;
	int ret;

	for (; end < b->count && b->nodes[end].depth > top; end++)
		deepest = max(deepest, b->nodes[end].depth);
	made[frag->node] = scope_node(slot, frag->label);
	for (depth = top + 1; depth <= deepest; depth++) {
		for (i = end - 1; i > frag->node; i--) {
			if (b->nodes[i].depth != depth)
				continue;
			ret = add_node(slot, made[b->nodes[i].parent], b, i, &made[i]);
			if (ret)
				return dtslot_fail(text, ret, "cannot make node '%s' (error %d)",
						   dtslot_blob_name(b, i), ret);
			if (depth > top + 1)
				slot->inner_nodes++;
			else
				tops[(*top_count)++] = made[i];
		}
	}
	return 0;
}

/* Drop the nodes of the changeset, which are out of the tree, and what they hold. */
static void forget(struct dtslot *slot)
{
	kvfree(dtslot_registry_set(slot, NULL, 0));
	dtslot_free_irqs(&slot->standing);
	of_changeset_destroy(&slot->cset);
	dtslot_kept_release(slot);
	dtslot_singletons_release(slot);
}

static void set_populated(struct dtslot *slot, bool populated)
{
	u32 i;

	for (i = 0; i < slot->top_count; i++) {
		struct device_node *np = slot->tops[i];

		if (!dtslot_makes_devices(slot, np->parent))
			continue;
		if (populated)
			of_node_set_flag(np, OF_POPULATED);
		else
			of_node_clear_flag(np, OF_POPULATED);
	}
}

/**
 * dtslot_tree_add() - put an overlay's nodes into the live tree
 * @slot: the slot, its site valid, nothing in its changeset
 * @overlay: the overlay, resolved
 * @text: receives the message on failure
 *
 * Buses that watch the tree (I2C, SPI) make their devices before this returns.
 *
 * Return: 0 or a negative error; then the tree is as it was.
 */
int dtslot_tree_add(struct dtslot *slot, struct dtslot_overlay *overlay,
		    struct dtslot_text *text)
{
	struct device_node **made, **tops;
	u32 i, top_count = 0;
	int ret = 0;

	made = kvcalloc(overlay->blob.count, sizeof(*made), GFP_KERNEL);
	tops = kvcalloc(overlay->blob.count, sizeof(*tops), GFP_KERNEL);
	if (!made || !tops) {
		kvfree(made);
		kvfree(tops);
		return dtslot_fail(text, -ENOMEM, "no memory for %u nodes", overlay->blob.count);
	}
	of_changeset_init(&slot->cset);
	slot->inner_nodes = 0;
	for (i = 0; i < overlay->fragment_count && !ret; i++)
		ret = add_fragment(slot, &overlay->blob, &overlay->fragments[i], made, tops,
				   &top_count, text);
	kvfree(made);
	dtslot_registry_set(slot, tops, top_count);
	if (!ret) {
		ret = dtslot_outer_interrupts(slot, &slot->standing);
		if (ret)
			dtslot_fail(text, ret, "no memory for interrupts");
	}
	if (!ret) {
		/* Devices that we make, in our order, the platform bus must not make. */
		set_populated(slot, true);
		ret = of_changeset_apply(&slot->cset);
		if (ret) {
			/* A notifier's error leaves the nodes in. */
			of_changeset_revert(&slot->cset);
			dtslot_fail(text, ret,
				    "the live tree or a bus refused the nodes (error %d)", ret);
		}
		set_populated(slot, false);
	}
	if (ret)
		forget(slot);
	return ret;
}

static bool in_changeset(struct dtslot *slot, const struct device_node *np)
{
	struct of_changeset_entry *ce;

	list_for_each_entry(ce, &slot->cset.entries, node)
		if (ce->np == np)
			return true;
	return false;
}

/*
 * A node below ours that is not in our changeset, with a reference, or NULL.
 * Counting children tells in linear time that there is none.
 */
static struct device_node *find_foreign(struct dtslot *slot)
{
	struct of_changeset_entry *ce;
	struct device_node *child;
	u32 children = 0;

	list_for_each_entry(ce, &slot->cset.entries, node)
		for_each_child_of_node(ce->np, child)
			children++;
	if (children == slot->inner_nodes)
		return NULL;
	list_for_each_entry(ce, &slot->cset.entries, node)
		for_each_child_of_node(ce->np, child)
			if (!in_changeset(slot, child))
				return child;
	return NULL;
}

/**
 * dtslot_tree_remove() - take the nodes of dtslot_tree_add() out again
 * @slot: the slot; no device uses the nodes any more
 * @text: receives the message on failure
 *
 * Return: 0, or -EBUSY if somebody else has put nodes below ours: then the
 * nodes stay in.
 */
int dtslot_tree_remove(struct dtslot *slot, struct dtslot_text *text)
{
	struct device_node *foreign = find_foreign(slot);
	struct dtslot_irqs irqs;
	int ret;

	if (foreign) {
		dtslot_fail(text, -EBUSY,
			    "node %pOF was put there by somebody else; take it away first",
			    foreign);
		of_node_put(foreign);
		return -EBUSY;
	}
	/* Clients of buses go with their nodes, and only then are their interrupts free. */
	ret = dtslot_outer_interrupts(slot, &irqs);
	if (ret)
		dev_warn(slot->parent, "no memory to find all interrupts: some stay mapped\n");
	ret = of_changeset_revert(&slot->cset);
	dtslot_dispose_interrupts(&irqs, &slot->standing);
	dtslot_free_irqs(&irqs);
	if (ret)
		dev_warn(slot->parent, "a bus complained while nodes were removed: %d\n", ret);
	forget(slot);
	return 0;
}
