// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which slot a node belongs to, and slots whose target another slot brought.
 *
 * A slot is listed from the moment it has a target. Whoever takes nodes off first
 * takes off what other slots have added below them: a slot on a card that is
 * pulled, a slot in a slot.
 */
#include <linux/bsearch.h>
#include <linux/kmemleak.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "../compat.h"
#include "kept.h"
#include "slot.h"

static LIST_HEAD(slots);
static DEFINE_MUTEX(slots_lock);	/* guards slots, and of those in it: tops, leaving */
static bool has_foreign;		/* other code has put nodes below those of a slot */

static int compare_nodes(const void *a, const void *b)
{
	const struct device_node *x = *(struct device_node * const *)a;
	const struct device_node *y = *(struct device_node * const *)b;

	return x < y ? -1 : x > y;
}

/**
 * dtslot_attached_create() - make the object for what an overlay brings
 * @slot: the slot, locked, with nothing attached
 * @text: receives the message on failure
 *
 * Return: 0 or -ENOMEM.
 */
int dtslot_attached_create(struct dtslot *slot, struct dtslot_text *text)
{
	struct dtslot_attached *attached = kzalloc_obj(*attached);

	if (!attached)
		return dtslot_fail(text, -ENOMEM, "no memory for what is attached");
	guard(mutex)(&slots_lock);
	slot->attached = attached;
	return 0;
}

/**
 * dtslot_attached_make_room() - make room for the nodes of an overlay
 * @attached: without nodes
 * @nodes: how many there may be
 *
 * Return: 0 or -ENOMEM.
 */
int dtslot_attached_make_room(struct dtslot_attached *attached, u32 nodes)
{
	u32 pieces = DIV_ROUND_UP(nodes, DTSLOT_PIECE);

	attached->nodes = kvcalloc(nodes, sizeof(*attached->nodes), GFP_KERNEL);
	attached->pieces = kvcalloc(pieces, sizeof(*attached->pieces), GFP_KERNEL);
	return attached->nodes && attached->pieces ? 0 : -ENOMEM;
}

/**
 * dtslot_attached_piece() - the changeset that takes the next node
 * @attached: with room for it
 *
 * Return: the changeset.
 */
struct of_changeset *dtslot_attached_piece(struct dtslot_attached *attached)
{
	if (attached->node_count == attached->piece_count * DTSLOT_PIECE)
		of_changeset_init(&attached->pieces[attached->piece_count++]);
	return &attached->pieces[attached->piece_count - 1];
}

/* Make nodes no longer a slot's. */
static struct dtslot_attached *disown(struct dtslot *slot)
{
	struct dtslot_attached *attached = slot->attached;

	guard(mutex)(&slots_lock);
	slot->attached = NULL;
	return attached;
}

/**
 * dtslot_attached_destroy() - undo dtslot_attached_create()
 * @slot: the slot, locked; its nodes are out of the tree
 */
void dtslot_attached_destroy(struct dtslot *slot)
{
	struct dtslot_attached *attached = disown(slot);
	u32 i;

	dtslot_phandles_release(&attached->phandles);
	dtslot_devices_forget(slot);
	dtslot_index_remove(attached);
	kvfree(attached->tops);
	dtslot_free_irqs(&attached->standing);
	for (i = attached->piece_count; i--;)
		dtslot_changeset_destroy(&attached->pieces[i]);
	kvfree(attached->pieces);
	kvfree(attached->nodes);
	dtslot_kept_release(slot);
	dtslot_singletons_release(slot);
	kfree(attached);
}

/**
 * dtslot_attached_leak() - give up nodes that do not come off the tree
 * @slot: the slot, locked; no device uses the nodes any more
 *
 * The nodes and their changesets stay for good, and so does this module.
 */
void dtslot_attached_leak(struct dtslot *slot)
{
	struct dtslot_attached *attached = disown(slot);

	dtslot_devices_forget(slot);
	dtslot_index_remove(attached);
	__module_get(THIS_MODULE);
	kmemleak_not_leak(attached);
	kvfree(attached->tops);
	attached->tops = NULL;
	kvfree(attached->nodes);
	attached->nodes = NULL;
	dtslot_free_irqs(&attached->standing);
	dtslot_kept_leak(slot);
	dtslot_singletons_release(slot);
}

/**
 * dtslot_registry_set() - say which nodes are a slot's
 * @slot: the slot, listed
 * @tops: its nodes whose parents are not its own, in any order; the slot has the
 *	array from now on
 * @count: how many
 */
void dtslot_registry_set(struct dtslot *slot, struct device_node **tops, u32 count)
{
	sort(tops, count, sizeof(*tops), compare_nodes, NULL);
	guard(mutex)(&slots_lock);
	slot->attached->tops = tops;
	slot->attached->top_count = count;
}

/**
 * dtslot_owns() - whether a slot brought a node, or one above it
 * @slot: the slot; the caller holds its lock or that of the list
 * @np: the node
 *
 * Return: true if so.
 */
bool dtslot_owns(const struct dtslot *slot, const struct device_node *np)
{
	const struct dtslot_attached *a = slot->attached;

	if (!a || !a->top_count)
		return false;
	for (; np; np = np->parent)
		if (bsearch(&np, a->tops, a->top_count, sizeof(*a->tops), compare_nodes))
			return true;
	return false;
}
EXPORT_SYMBOL_GPL(dtslot_owns);

/** dtslot_registry_lock() - keep all slots from getting nodes and from giving up theirs */
void dtslot_registry_lock(void)
{
	mutex_lock(&slots_lock);
}

/** dtslot_registry_unlock() - undo dtslot_registry_lock() */
void dtslot_registry_unlock(void)
{
	mutex_unlock(&slots_lock);
}

/**
 * dtslot_registry_walk() - call a function for each slot that has nodes
 * @fn: the function; a return value other than 0 ends the walk
 * @arg: handed to it
 *
 * Context: dtslot_registry_lock() was called.
 * Return: 0, or what @fn returned.
 */
int dtslot_registry_walk(dtslot_slot_fn fn, void *arg)
{
	const struct dtslot *slot;
	int ret;

	list_for_each_entry(slot, &slots, list) {
		ret = slot->attached && slot->attached->top_count ? fn(slot, arg) : 0;
		if (ret)
			return ret;
	}
	return 0;
}

static bool is_top(const struct device_node *np)
{
	const struct dtslot *slot;

	/* What the host has from its boot on is none. */
	if (!of_node_check_flag(np, OF_DYNAMIC))
		return false;
	list_for_each_entry(slot, &slots, list)
		if (slot->attached && slot->attached->top_count &&
		    bsearch(&np, slot->attached->tops, slot->attached->top_count, sizeof(np),
			    compare_nodes))
			return true;
	return false;
}

/**
 * dtslot_registry_next_outside() - the next node of the tree that no slot brought
 * @np: the node before, of those; its reference is taken over
 *
 * Once other code has put nodes below those of slots, all nodes are gone through.
 *
 * Context: dtslot_registry_lock() was called.
 * Return: the node, with a reference, or NULL behind the last.
 */
struct device_node *dtslot_registry_next_outside(struct device_node *np)
{
	np = dtslot_next_in_subtree(of_root, np);
	while (np && !has_foreign && is_top(np))
		np = dtslot_next_outside(of_root, np);
	return np;
}

/**
 * dtslot_registry_note_foreign() - code other than a slot's has put a node into the tree
 * @np: the node
 */
void dtslot_registry_note_foreign(const struct device_node *np)
{
	const struct dtslot *slot;

	guard(mutex)(&slots_lock);
	list_for_each_entry(slot, &slots, list)
		has_foreign |= dtslot_owns(slot, np);
}

/**
 * dtslot_registry_find() - the slot that brought a node
 * @np: the node
 *
 * Return: the innermost such slot, with a reference to its device, or NULL.
 */
struct dtslot *dtslot_registry_find(const struct device_node *np)
{
	struct dtslot *slot, *inner = NULL;

	guard(mutex)(&slots_lock);
	list_for_each_entry(slot, &slots, list)
		if (dtslot_owns(slot, np) && (!inner || dtslot_owns(inner, slot->site.target)))
			inner = slot;
	if (inner)
		get_device(&inner->dev);
	return inner;
}

/**
 * dtslot_registry_walk_tops() - call a function for each node that an overlay added
 * to one that was there
 * @slot: the slot
 * @fn: the function
 * @arg: handed to it
 */
void dtslot_registry_walk_tops(const struct dtslot *slot, dtslot_node_fn fn, void *arg)
{
	u32 i;

	guard(mutex)(&slots_lock);
	for (i = 0; slot->attached && i < slot->attached->top_count; i++)
		fn(slot->attached->tops[i], arg);
}

/**
 * dtslot_in_slot() - whether a slot brought a node
 * @np: the node, may be NULL
 *
 * Return: true if so.
 */
bool dtslot_in_slot(const struct device_node *np)
{
	struct dtslot *slot = np ? dtslot_registry_find(np) : NULL;

	if (slot)
		put_device(&slot->dev);
	return slot;
}
EXPORT_SYMBOL_GPL(dtslot_in_slot);

/* What goes with @outer a slot may only show if it goes with it, too. */
static int check_exports(const struct dtslot *slot, const struct dtslot *outer,
			 struct dtslot_text *text)
{
	const struct dtslot_export *e;

	for (e = slot->site.exports; e && e->label; e++)
		if (dtslot_owns(outer, e->np))
			return dtslot_fail(text, -EPERM,
					   "%pOF cannot be exported: it goes away with slot %s, and the target does not",
					   e->np, dev_name(&outer->dev));
	return 0;
}

/**
 * dtslot_registry_enter() - list a slot that has found its target
 * @slot: the slot, locked
 * @text: receives the message on failure
 *
 * Return: 0, -ENODEV if the target is about to go, or -EPERM if the slot exports
 * a node that may go before the target does.
 */
int dtslot_registry_enter(struct dtslot *slot, struct dtslot_text *text)
{
	struct dtslot *outer;
	int ret;

	guard(mutex)(&slots_lock);
	list_for_each_entry(outer, &slots, list) {
		if (!dtslot_owns(outer, slot->site.target)) {
			ret = check_exports(slot, outer, text);
			if (ret)
				return ret;
		} else if (outer->attached->leaving) {
			return dtslot_fail(text, -ENODEV, "%pOF is going away with slot %s",
					   slot->site.target, dev_name(&outer->dev));
		}
	}
	list_add_tail(&slot->list, &slots);
	return 0;
}

/**
 * dtslot_registry_leave() - take a slot off the list
 * @slot: the slot, locked; it has no nodes any more
 */
void dtslot_registry_leave(struct dtslot *slot)
{
	guard(mutex)(&slots_lock);
	list_del(&slot->list);
}

/* A slot that hangs below @outer's nodes, with a reference, or NULL. */
static struct dtslot *find_inner(struct dtslot *outer)
{
	struct dtslot *slot;

	guard(mutex)(&slots_lock);
	outer->attached->leaving = true;
	list_for_each_entry(slot, &slots, list) {
		if (slot == outer || READ_ONCE(slot->state) == DTSLOT_QUARANTINED ||
		    !dtslot_owns(outer, slot->site.target))
			continue;
		get_device(&slot->dev);
		return slot;
	}
	return NULL;
}

/**
 * dtslot_registry_evict() - empty the slots that hang below a slot's nodes
 * @outer: the slot, locked; its nodes are about to go. Nobody enters any more
 *
 * Locks are taken from the outer slot to the inner one.
 */
void dtslot_registry_evict(struct dtslot *outer)
{
	struct dtslot *inner;

	while ((inner = find_inner(outer))) {
		dtslot_lose(inner, outer);
		put_device(&inner->dev);
	}
}
