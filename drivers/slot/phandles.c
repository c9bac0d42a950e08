// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phandles for the nodes of slots: a range of their own, from which each overlay takes
 * as many as it has nodes with one, and to which they return with the nodes.
 *
 * Each overlay's are kept in a list: between "resolve" and "apply" they have no nodes yet,
 * and when a card goes before its drivers, the kernel takes the node above theirs out of
 * the tree. Nodes of other origin may have some, too: the kernel numbers an overlay that
 * other code applies from the largest phandle of the tree on. Those that were there before
 * this module are found by one walk over the tree. Later ones announce themselves, so that
 * no attach takes longer for the nodes that other slots have.
 */
#include <linux/of.h>
#include <linux/slab.h>

#include "../compat.h"
#include "slot.h"

static DEFINE_MUTEX(reserved_lock);	/* guards both of these */
static LIST_HEAD(reserved);		/* sorted by base */
static bool all_known;			/* no node of other origin is missing there */

static void reserve(struct dtslot_phandles *p)
{
	struct dtslot_phandles *other;

	list_for_each_entry(other, &reserved, list)
		if (other->base > p->base)
			break;
	list_add_tail(&p->list, &other->list);
}

/* The reservation of an overlay, or of a node of other origin, that has a phandle; or NULL. */
static struct dtslot_phandles *find(u32 phandle, bool is_foreign)
{
	struct dtslot_phandles *p;

	list_for_each_entry(p, &reserved, list)
		if (p->is_foreign == is_foreign && phandle - 1 - p->base < p->count)
			return p;
	return NULL;
}

static void reserve_foreign(const struct device_node *np)
{
	struct dtslot_phandles *p = kzalloc_obj(*p);

	if (!p) {
		all_known = false;	/* the next overlay looks again */
		return;
	}
	p->base = np->phandle - 1;
	p->count = 1;
	p->is_foreign = true;
	reserve(p);
}

static bool is_in_range(const struct device_node *np)
{
	return np->phandle - DTSLOT_PHANDLE_FIRST < DTSLOT_PHANDLE_COUNT;
}

static int look_at_tree(void)
{
	struct device_node *np = NULL;

	if (all_known)
		return 0;
	all_known = true;
	while (all_known && (np = of_find_all_nodes(np)))
		if (is_in_range(np) && !find(np->phandle, false) && !find(np->phandle, true))
			reserve_foreign(np);
	of_node_put(np);
	return all_known ? 0 : -ENOMEM;
}

/**
 * dtslot_phandles_changed() - a node has come into the live tree, or left it
 * @np: the node
 * @came: which of both
 * @is_own: it may be one for which a slot has a reservation
 */
void dtslot_phandles_changed(const struct device_node *np, bool came, bool is_own)
{
	struct dtslot_phandles *p;

	if (!is_in_range(np))
		return;
	guard(mutex)(&reserved_lock);
	if (is_own && find(np->phandle, false))
		return;
	p = find(np->phandle, true);
	if (came && !p) {
		reserve_foreign(np);
	} else if (!came && p) {
		list_del(&p->list);
		kfree(p);
	}
}

/** dtslot_phandles_forget() - forget the nodes of other origin; no change is told any more */
void dtslot_phandles_forget(void)
{
	struct dtslot_phandles *p, *next;

	list_for_each_entry_safe(p, next, &reserved, list) {
		if (!p->is_foreign)
			continue;
		list_del(&p->list);
		kfree(p);
	}
}

/* The first of so many in one piece that are free, lowest first; 0 if there are none. */
static u32 find_gap(u32 count)
{
	const struct dtslot_phandles *p;
	u32 first = DTSLOT_PHANDLE_FIRST;

	list_for_each_entry(p, &reserved, list) {
		if (p->base + 1 >= first + count)
			break;
		first = max(first, p->base + 1 + p->count);
	}
	return count <= DTSLOT_PHANDLE_FIRST + DTSLOT_PHANDLE_COUNT - first ? first : 0;
}

static u32 count_reserved(void)
{
	const struct dtslot_phandles *p;
	u32 count = 0;

	list_for_each_entry(p, &reserved, list)
		count += p->count;
	return count;
}

/**
 * dtslot_phandles_reserve() - take phandles that no node has
 * @p: filled; dtslot_phandles_release() ends what it stands for
 * @count: how many, 0 included
 * @text: receives the message on failure
 *
 * The phandles @p->base + 1 to @p->base + @count stay reserved among slots. An overlay
 * that is applied by other means at this very moment is not seen, as the kernel keeps
 * its lock for that to itself.
 *
 * Return: 0; -ENOSPC if there are not so many in one piece; -ENOMEM.
 */
int dtslot_phandles_reserve(struct dtslot_phandles *p, u32 count, struct dtslot_text *text)
{
	u32 first;

	p->base = DTSLOT_PHANDLE_FIRST - 1;
	if (!count)
		return 0;
	guard(mutex)(&reserved_lock);
	if (look_at_tree())
		return dtslot_fail(text, -ENOMEM, "no memory to look for free phandles");
	first = count > DTSLOT_PHANDLE_COUNT ? 0 : find_gap(count);
	if (!first)
		return dtslot_fail(text, -ENOSPC,
				   "phandles run out: the overlay needs %u in one piece, and %u of the %u of all slots are in use; detach another slot",
				   count, count_reserved(), DTSLOT_PHANDLE_COUNT);
	p->base = first - 1;
	p->count = count;
	reserve(p);
	return 0;
}

/**
 * dtslot_phandles_move() - let another object hold a reservation
 * @from: the reservation; it is none on return
 * @to: none before
 */
void dtslot_phandles_move(struct dtslot_phandles *from, struct dtslot_phandles *to)
{
	guard(mutex)(&reserved_lock);
	*to = *from;
	if (from->count)
		list_replace(&from->list, &to->list);
	from->count = 0;
}

/**
 * dtslot_phandles_release() - end a reservation
 * @p: what dtslot_phandles_reserve() filled, or zeroed
 *
 * The phandles are free again, unless nodes in the live tree have them.
 */
void dtslot_phandles_release(struct dtslot_phandles *p)
{
	if (!p->count)
		return;
	guard(mutex)(&reserved_lock);
	list_del(&p->list);
	p->count = 0;
}
