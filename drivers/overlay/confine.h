/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the checks of references: shared by confine.c, interrupts.c and rows.c. */
#ifndef DTSLOT_CONFINE_H
#define DTSLOT_CONFINE_H

#include "overlay.h"

/* Printable length of names that come from the blob. */
#define SHOWN		64

/**
 * struct dtslot_check - a look at one property of an overlay
 * @o: the overlay
 * @scope: what the slot shows
 * @text: receives the message
 * @node: the node under the cursor
 * @p: its property under the cursor
 * @missing: a count of arguments that the last node referred to does not have, or NULL
 * @missing_at: cell with that reference
 */
struct dtslot_check {
	const struct dtslot_overlay *o;
	const struct dtslot_scope *scope;
	struct dtslot_text *text;
	u32 node;
	struct dtslot_blob_prop p;
	const char *missing;
	u32 missing_at;
};

/**
 * dtslot_check_walk() - find the references in the property under the cursor
 * @c: the check; handed to @reference
 * @reference: called with the number of each cell that the kernel reads as a phandle
 *
 * Return: 0; what @reference returned; -EINVAL for a map that cannot be read.
 */
int dtslot_check_walk(struct dtslot_check *c, int (*reference)(void *priv, u32 cell));

/**
 * dtslot_check_referred() - the node of the overlay that a cell refers to
 * @c: the check
 * @cell: number of the cell in the property under the cursor
 *
 * Return: index of the node; DTSLOT_NONE if the reference leads elsewhere, or is none.
 */
u32 dtslot_check_referred(const struct dtslot_check *c, u32 cell);

/**
 * dtslot_check_next() - the added node behind a node, in document order
 * @c: the check
 * @node: index of the node; 0 for the first
 *
 * Return: index of the next one; DTSLOT_NONE behind the last.
 */
u32 dtslot_check_next(const struct dtslot_check *c, u32 node);

/**
 * dtslot_is_compatible() - whether a node is of a kind
 * @b: the overlay's blob
 * @node: index of the node
 * @compatible: what its "compatible" would have
 *
 * Return: true if so.
 */
bool dtslot_is_compatible(const struct dtslot_blob *b, u32 node, const char *compatible);

/* bounds.c */
int dtslot_overlay_check_bounds(const struct dtslot_overlay *o, struct dtslot_text *text);

/* interrupts.c */
int dtslot_overlay_check_interrupts(const struct dtslot_overlay *o,
				    const struct dtslot_scope *scope, struct dtslot_text *text);

/* rows.c */
int dtslot_overlay_check_rows(const struct dtslot_overlay *o, const struct dtslot_scope *scope,
			      struct dtslot_text *text);

#endif
