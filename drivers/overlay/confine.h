/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the checks of references: shared by confine.c and interrupts.c. */
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

/* interrupts.c */
int dtslot_overlay_check_interrupts(const struct dtslot_overlay *o,
				    const struct dtslot_scope *scope, struct dtslot_text *text);

#endif
