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
#include <linux/bsearch.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "kept.h"
#include "slot.h"

static bool is_piece_full(const struct dtslot_attached *attached)
{
	return attached->node_count && attached->node_count % DTSLOT_PIECE == 0;
}

/*
 * Make the nodes of one fragment: parents before children, as the tree needs it, and of
 * siblings the last first. A node that is attached becomes the first child, so that in the
 * end they stand as in the overlay, and ports, for one, are numbered in the order in which
 * they were written.
 */
static int add_fragment(struct dtslot *slot, const struct dtslot_blob *b,
			const struct dtslot_fragment *frag, struct device_node **made,
			struct device_node **tops, u32 *top_count, struct dtslot_text *text)
{
	u32 top = b->nodes[frag->node].depth, end = frag->end;
	u32 depth, deepest = top, i;
	int ret;

	for (i = frag->node; i < end; i++)
		deepest = max(deepest, b->nodes[i].depth);
	made[frag->node] = dtslot_scope_node(slot, frag->label);
	for (depth = top + 1; depth <= deepest; depth++) {
		for (i = end - 1; i > frag->node; i--) {
			if (b->nodes[i].depth != depth)
				continue;
			ret = is_piece_full(slot->attached) ? dtslot_check_here(slot, text) : 0;
			if (ret)
				return ret;
			ret = dtslot_node_add(slot, made[b->nodes[i].parent], b, i, &made[i]);
			if (ret)
				return dtslot_fail(text, ret, "cannot make node '%s' (error %d)",
						   dtslot_blob_name(b, i), ret);
			if (depth > top + 1)
				slot->attached->inner_nodes++;
			else
				tops[(*top_count)++] = made[i];
		}
	}
	return 0;
}

static void set_populated(struct dtslot *slot, bool populated)
{
	u32 i;

	for (i = 0; i < slot->attached->top_count; i++) {
		struct device_node *np = slot->attached->tops[i];

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
 * @slot: the slot, its site valid, without nodes
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
	if (!made || !tops || dtslot_attached_make_room(slot->attached, overlay->blob.count)) {
		kvfree(made);
		kvfree(tops);
		return dtslot_fail(text, -ENOMEM, "no memory for %u nodes", overlay->blob.count);
	}
	for (i = 0; i < overlay->fragment_count && !ret; i++)
		ret = add_fragment(slot, &overlay->blob, &overlay->fragments[i], made, tops,
				   &top_count, text);
	kvfree(made);
	dtslot_registry_set(slot, tops, top_count);
	if (!ret) {
		ret = dtslot_index_add(slot) ?:
		      dtslot_outer_interrupts(slot, &slot->attached->standing);
		if (ret)
			dtslot_fail(text, ret, "no memory for phandles and interrupts");
	}
	if (!ret) {
		/* Devices that we make, in our order, the platform bus must not make. */
		set_populated(slot, true);
		ret = dtslot_apply(slot, text);
		set_populated(slot, false);
	}
	return ret;
}

/* Whether there are nodes below ours that are none of them. Counting children tells. */
static bool has_foreign(struct dtslot *slot)
{
	const struct dtslot_attached *attached = slot->attached;
	struct device_node *child;
	u32 children = 0, i;

	for (i = 0; i < attached->node_count; i++)
		for_each_child_of_node(attached->nodes[i], child)
			children++;
	return children != attached->inner_nodes;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct device_node *x = *(struct device_node * const *)a;
	const struct device_node *y = *(struct device_node * const *)b;

	return x < y ? -1 : x > y;
}

/* A node below ours that is none of them, with a reference; NULL without memory. */
static struct device_node *find_foreign(struct dtslot *slot)
{
	const struct dtslot_attached *attached = slot->attached;
	struct device_node *child, **ours;
	u32 count = attached->node_count, i;

	ours = kvmemdup(attached->nodes, count * sizeof(*ours), GFP_KERNEL);
	if (!ours)
		return NULL;
	sort(ours, count, sizeof(*ours), compare_nodes, NULL);
	for (i = 0; i < count; i++) {
		for_each_child_of_node(ours[i], child) {
			if (bsearch(&child, ours, count, sizeof(*ours), compare_nodes))
				continue;
			kvfree(ours);
			return child;
		}
	}
	kvfree(ours);
	return NULL;
}

/**
 * dtslot_tree_quarantine() - end all use of nodes that do not come off
 * @slot: the slot; its platform devices are gone
 *
 * What bus drivers made of the nodes (I2C, SPI) goes with the nodes only. So these
 * devices lose their drivers here, and their interrupts at controllers outside.
 */
void dtslot_tree_quarantine(struct dtslot *slot)
{
	struct dtslot_irqs irqs;
	u32 i;

	for (i = slot->attached->node_count; i--;) {
		struct device *dev = dtslot_device_get(slot->attached->nodes[i]);

		if (dev)
			device_release_driver(dev);
		put_device(dev);
	}
	if (dtslot_outer_interrupts(slot, &irqs))
		dev_warn(slot->parent, "no memory to find all interrupts: some stay mapped\n");
	if (dtslot_dispose_interrupts(slot, &irqs, &slot->attached->standing))
		dev_warn(slot->parent, "no memory to look at other nodes: interrupts stay mapped\n");
	dtslot_free_irqs(&irqs);
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
	struct device_node *foreign;
	struct dtslot_irqs irqs;
	int ret;

	if (has_foreign(slot)) {
		foreign = find_foreign(slot);
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
	ret = dtslot_revert(slot->attached);
	if (ret)
		dev_warn(slot->parent, "a bus complained while nodes were removed: %d\n", ret);
	if (dtslot_dispose_interrupts(slot, &irqs, &slot->attached->standing))
		dev_warn(slot->parent, "no memory to look at other nodes: interrupts stay mapped\n");
	dtslot_free_irqs(&irqs);
	return 0;
}
