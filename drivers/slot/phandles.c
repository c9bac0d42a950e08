// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phandles for the nodes of slots: a range of their own, from which each overlay takes
 * as many as it has nodes with one, and to which they return with the nodes.
 *
 * The live tree itself says which are in use. Those of overlays are kept in a list beside:
 * between "resolve" and "apply" they have no nodes yet, and when a card goes before its
 * drivers, the kernel takes the node above theirs out of the tree.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/of.h>

#include "slot.h"

static DEFINE_MUTEX(reserved_lock);
static LIST_HEAD(reserved);

static void mark_live(unsigned long *used)
{
	struct device_node *np = NULL;

	while ((np = of_find_all_nodes(np)))
		if (np->phandle - DTSLOT_PHANDLE_FIRST < DTSLOT_PHANDLE_COUNT)
			__set_bit(np->phandle - DTSLOT_PHANDLE_FIRST, used);
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
	const struct dtslot_phandles *other;
	unsigned long *used, at;

	p->base = DTSLOT_PHANDLE_FIRST - 1;
	if (!count)
		return 0;
	used = kvcalloc(BITS_TO_LONGS(DTSLOT_PHANDLE_COUNT), sizeof(*used), GFP_KERNEL);
	if (!used)
		return dtslot_fail(text, -ENOMEM, "no memory to look for free phandles");
	guard(mutex)(&reserved_lock);
	mark_live(used);
	list_for_each_entry(other, &reserved, list)
		bitmap_set(used, other->base + 1 - DTSLOT_PHANDLE_FIRST, other->count);
	at = bitmap_find_next_zero_area(used, DTSLOT_PHANDLE_COUNT, 0, count, 0);
	if (at >= DTSLOT_PHANDLE_COUNT)
		dtslot_fail(text, -ENOSPC,
			    "phandles run out: the overlay needs %u in one piece, and %u of the %u of all slots are in use; detach another slot",
			    count, bitmap_weight(used, DTSLOT_PHANDLE_COUNT),
			    DTSLOT_PHANDLE_COUNT);
	kvfree(used);
	if (at >= DTSLOT_PHANDLE_COUNT)
		return -ENOSPC;
	p->base += at;
	p->count = count;
	list_add(&p->list, &reserved);
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
