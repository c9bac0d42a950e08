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

/*
 * Phandles of nodes that slots bring: a range of their own, which no text and no small
 * number is in, and few addresses, so that a number of it in an overlay was put there on
 * purpose. A node with a phandle takes 28 bytes of a blob at least: the range has room
 * for the largest blob.
 */
#define DTSLOT_PHANDLE_FIRST	0x8d5a0000U
#define DTSLOT_PHANDLE_COUNT	0x40000U

/**
 * struct dtslot_scope - what the slot shows to an overlay
 * @priv: handed back to the callbacks
 * @exports: the exported labels in one line, for messages; never NULL
 * @root: the slot's own node is the root of the live tree
 * @maps_of_four: the kernel reads maps of IDs in entries of four cells (before 7.3)
 * @phandle: phandle of the node that @label is exported for; 0 if the slot
 *	does not export that label
 * @has_child: whether the target (@label, or the slot's own node if NULL) has
 *	a child of that full name already
 * @cells: whether the exported node with that phandle has property @name of one cell;
 *	then @value receives it
 * @is_phandle: whether a number is the phandle of a node of the live tree; asked of
 *	texts only, which are numbers to whoever takes them for a reference
 * @has_prop: whether the target has this very property with this very value
 */
struct dtslot_scope {
	void *priv;
	const char *exports;
	bool root;
	bool maps_of_four;
	u32 (*phandle)(void *priv, const char *label);
	bool (*has_child)(void *priv, const char *label, const char *name);
	bool (*cells)(void *priv, u32 phandle, const char *name, u32 *value);
	bool (*is_phandle)(void *priv, u32 value);
	bool (*has_prop)(void *priv, const char *label, const char *name,
			 const void *value, u32 len);
};

/**
 * struct dtslot_fragment - one fragment of an overlay
 * @node: index of the __overlay__ node
 * @end: index behind the last node below that
 * @label: exported label of the target, inside the blob; NULL for the slot's
 *	own node
 * @phandle: what dtc gave @node for a label on it; 0 for none
 * @is_referred: a reference of the overlay leads to @node
 */
struct dtslot_fragment {
	u32 node;
	u32 end;
	const char *label;
	u32 phandle;
	bool is_referred;
};

/**
 * struct dtslot_provider - a node of the overlay that can be referred to
 * @phandle: what its author, or dtc, calls it
 * @node: its index
 */
struct dtslot_provider {
	u32 phandle;
	u32 node;
};

/**
 * struct dtslot_overlay - an overlay that has passed the checks
 * @blob: the flat form
 * @fragments: what is to be added, and where
 * @fragment_count: how many fragments
 * @providers: nodes that are added and have a phandle, sorted by it
 * @phandle_count: how many; so many phandles of the live tree the overlay needs
 * @patched: a bit for each cell of the blob: holds a reference that was resolved
 * @own: a bit for each cell of the blob: holds the number of a provider, which counts
 *	from 1; dtslot_overlay_number() makes phandles of them
 */
struct dtslot_overlay {
	struct dtslot_blob blob;
	struct dtslot_fragment *fragments;
	u32 fragment_count;
	struct dtslot_provider *providers;
	u32 phandle_count;
	u32 *patched;
	u32 *own;
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
 * dtslot_overlay_resolve() - find what labels and references of an overlay mean
 * @o: the overlay; its blob is patched in place
 * @scope: what the slot shows
 * @text: receives the message on failure
 *
 * Afterwards the blob needs nothing from /__symbols__, and no reference leads out of the
 * slot (confine.c). Its own nodes are numbered from 1 to @o->phandle_count, without
 * gaps, whatever phandles they had: what comes of one overlay says nothing about the
 * phandles of others.
 *
 * Return: 0; -EPERM for a label that is not exported or a phandle that is a bare
 * number; -EINVAL for fixups that point outside the overlay or at nothing; -ENOMEM.
 */
int dtslot_overlay_resolve(struct dtslot_overlay *o, const struct dtslot_scope *scope,
			   struct dtslot_text *text);

/**
 * dtslot_overlay_number() - give the nodes of an overlay their phandles
 * @o: the overlay, resolved
 * @base: what is added to the number of each node: @base + 1 to @base +
 *	@o->phandle_count are not in use
 */
void dtslot_overlay_number(struct dtslot_overlay *o, u32 base);

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

/**
 * dtslot_is_syscon() - whether a node has registers that other drivers share
 * @b: the overlay's blob
 * @node: index of the node
 *
 * Return: true if so.
 */
bool dtslot_is_syscon(const struct dtslot_blob *b, u32 node);

/**
 * dtslot_is_kept() - whether the kernel never forgets a node, so that it is kept
 * @b: the overlay's blob
 * @node: index of the node
 *
 * Return: true for a syscon and for a PCI host bridge.
 */
bool dtslot_is_kept(const struct dtslot_blob *b, u32 node);

/* Whether a cell holds a reference that was resolved. */
static inline bool dtslot_overlay_patched(const struct dtslot_overlay *o, u32 offset)
{
	return o->patched[offset / 128] >> offset / 4 % 32 & 1;
}

/* Whether that reference leads to a node of the overlay, as @o->own says. */
static inline bool dtslot_overlay_is_own(const struct dtslot_overlay *o, u32 offset)
{
	return o->own[offset / 128] >> offset / 4 % 32 & 1;
}

/* confine.c */
int dtslot_overlay_check_references(const struct dtslot_overlay *o,
				    const struct dtslot_scope *scope, struct dtslot_text *text);

#endif
