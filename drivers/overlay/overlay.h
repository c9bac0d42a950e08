/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an overlay may do to a slot, and what its labels mean there.
 *
 * Pure code, like blob.h: the live tree is reached through struct
 * dtslot_scope only.
 */
#ifndef DTSLOT_OVERLAY_H
#define DTSLOT_OVERLAY_H

#include "blob.h"

/**
 * struct dtslot_scope - what the slot shows to an overlay
 * @priv: handed back to the callbacks
 * @exports: the exported labels in one line, for messages; never NULL
 * @root: the slot's own node is the root of the live tree
 * @phandle: phandle of the node that @label is exported for; 0 if the slot
 *	does not export that label
 * @has_child: whether the target (@label, or the slot's own node if NULL) has
 *	a child of that full name already
 * @cells: whether the exported node with that phandle has property @name of one cell;
 *	then @value receives it
 * @is_foreign: whether a number is the phandle of a node that some slot brought
 * @has_prop: whether the target has this very property with this very value
 */
struct dtslot_scope {
	void *priv;
	const char *exports;
	bool root;
	u32 (*phandle)(void *priv, const char *label);
	bool (*has_child)(void *priv, const char *label, const char *name);
	bool (*cells)(void *priv, u32 phandle, const char *name, u32 *value);
	bool (*is_foreign)(void *priv, u32 value);
	bool (*has_prop)(void *priv, const char *label, const char *name,
			 const void *value, u32 len);
};

/**
 * struct dtslot_fragment - one fragment of an overlay
 * @node: index of the __overlay__ node
 * @label: exported label of the target, inside the blob; NULL for the slot's
 *	own node
 */
struct dtslot_fragment {
	u32 node;
	const char *label;
};

/**
 * struct dtslot_overlay - an overlay that has passed the checks
 * @blob: the flat form
 * @fragments: what is to be added, and where
 * @fragment_count: how many fragments
 * @phandle_max: largest phandle the overlay's own nodes carry, 0 if none;
 *	after dtslot_overlay_resolve() they are shifted
 * @patched: a bit for each cell of the blob: holds a reference that was resolved
 */
struct dtslot_overlay {
	struct dtslot_blob blob;
	struct dtslot_fragment *fragments;
	u32 fragment_count;
	u32 phandle_max;
	u32 *patched;
};

/**
 * dtslot_overlay_open() - check that a blob is an overlay that fits the slot
 * @o: filled on success
 * @data: the blob, untrusted
 * @size: bytes that may be read at @data
 * @scope: what the slot shows
 * @text: receives the message on failure
 *
 * Checks the structure (dtslot_blob_open()) and that the overlay only adds
 * nodes below the slot or below nodes the slot exports: no path, no property
 * of an existing node, no node that exists.
 *
 * Return: 0; -EINVAL for what is not an overlay; -EPERM for one that reaches
 * outside its slot; -EEXIST for a node that exists; -E2BIG, -ENOMEM.
 * On failure @o holds nothing.
 */
int dtslot_overlay_open(struct dtslot_overlay *o, const void *data, size_t size,
			const struct dtslot_scope *scope, struct dtslot_text *text);

/**
 * dtslot_overlay_resolve() - make labels and phandles those of the live tree
 * @o: the overlay; its blob is patched in place
 * @base: added to each phandle of the overlay's own nodes and to each
 *	reference to one of them
 * @scope: what the slot shows
 * @text: receives the message on failure
 *
 * Afterwards the blob needs nothing from /__symbols__: each reference holds
 * its final phandle, and none leads out of the slot (confine.c).
 *
 * Return: 0; -EPERM for a label that is not exported or a phandle that is a bare
 * number; -EINVAL for fixups that
 * point outside the overlay or at nothing; -EOVERFLOW if phandles run out.
 */
int dtslot_overlay_resolve(struct dtslot_overlay *o, u32 base,
			   const struct dtslot_scope *scope, struct dtslot_text *text);

/**
 * dtslot_overlay_close() - free what dtslot_overlay_open() allocated
 * @o: the overlay; may be zeroed or closed already
 */
void dtslot_overlay_close(struct dtslot_overlay *o);

/**
 * dtslot_is_bookkeeping() - whether the host describes itself in a node
 * @name: name of a node right below the root
 *
 * Whoever adds to such a node speaks for the host, or defines labels for overlays
 * that are applied by other means.
 *
 * Return: true for "aliases", "chosen" and the like.
 */
bool dtslot_is_bookkeeping(const char *name);

/* Whether a cell holds a reference that was resolved. */
static inline bool dtslot_overlay_patched(const struct dtslot_overlay *o, u32 offset)
{
	return o->patched[offset / 128] >> offset / 4 % 32 & 1;
}

/* confine.c */
int dtslot_overlay_check_references(const struct dtslot_overlay *o,
				    const struct dtslot_scope *scope, struct dtslot_text *text);

#endif
