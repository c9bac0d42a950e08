/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reader and patcher of flattened overlays.
 *
 * Pure code: it touches nothing but the memory it is given, so that the same
 * source is built into the module and into the userspace tests and fuzzers
 * (tests/host), where libfdt is its judge.
 *
 * The kernel's own libfdt is not exported to modules; see docs/design.md.
 */
#ifndef DTSLOT_BLOB_H
#define DTSLOT_BLOB_H

#ifdef __KERNEL__
#include <linux/compiler_attributes.h>
#include <linux/types.h>
#else
#include "userspace.h"
#endif

/* Bounds of what is accepted; generous for people, small for an attacker. */
#define DTSLOT_BLOB_MAX_SIZE	(4U << 20)	/* bytes */
#define DTSLOT_BLOB_MAX_DEPTH	16		/* levels of nodes; the kernel's stack is small */
#define DTSLOT_BLOB_MAX_NAME	255		/* characters of a node's or property's name */

#define DTSLOT_NONE		U32_MAX		/* no such node */

/**
 * struct dtslot_text - an error message for a person
 * @s: the message: what is wrong, where, and how to mend it; no newline
 */
struct dtslot_text {
	char s[256];
};

/**
 * dtslot_fail() - write an error message and pass the error on
 * @text: where the message goes; NULL drops it
 * @err: the negative error number to return
 * @fmt: the message, printf style, no newline
 *
 * Return: @err, so that a caller can write ``return dtslot_fail(...)``.
 */
__printf(3, 4)
int dtslot_fail(struct dtslot_text *text, int err, const char *fmt, ...);

/**
 * struct dtslot_blob_node - index entry of one node
 * @name: offset of the NUL-terminated name in the blob, bytes
 * @props: offset of the first token after the name, bytes
 * @parent: index of the parent, DTSLOT_NONE for the root
 * @child: index of the first child in document order, or DTSLOT_NONE
 * @sibling: index of the next sibling in document order, or DTSLOT_NONE
 * @depth: levels below the root, 0 for the root
 * @cursor: child at which the next lookup starts; fixups come in document
 *	order, so that lookups among thousands of siblings stay linear
 */
struct dtslot_blob_node {
	u32 name;
	u32 props;
	u32 parent;
	u32 child;
	u32 sibling;
	u32 depth;
	u32 cursor;
};

/**
 * struct dtslot_blob - a checked overlay in its flat form
 * @data: private, writable copy of the blob, 8-byte aligned
 * @size: its length, bytes (totalsize of the header, not of the file)
 * @strings: offset of the strings block
 * @strings_size: length of the strings block
 * @struct_end: offset just behind the structure block
 * @nodes: the nodes in document order; [0] is the root
 * @count: how many nodes
 */
struct dtslot_blob {
	u8 *data;
	u32 size;
	u32 strings;
	u32 strings_size;
	u32 struct_end;
	struct dtslot_blob_node *nodes;
	u32 count;
};

/**
 * struct dtslot_blob_prop - one property, as dtslot_blob_next_prop() finds it
 * @name: its name, NUL-terminated, inside the blob
 * @value: offset of the value in the blob, bytes
 * @len: length of the value, bytes
 */
struct dtslot_blob_prop {
	const char *name;
	u32 value;
	u32 len;
};

/**
 * dtslot_blob_open() - copy a blob and check every byte of its structure
 * @b: filled on success
 * @data: the blob, any alignment, untrusted
 * @size: bytes that may be read at @data
 * @text: receives the message on failure
 *
 * After success each offset, name and length in the copy is known to be
 * inside it; names are NUL-terminated and well-formed; no node has two
 * children of one name and no two properties of one name.
 *
 * Return: 0, -EINVAL for a blob that is not well-formed, -E2BIG for one over
 * the bounds above, -ENOMEM. On failure @b holds nothing.
 */
int dtslot_blob_open(struct dtslot_blob *b, const void *data, size_t size,
		     struct dtslot_text *text);

/**
 * dtslot_blob_close() - free what dtslot_blob_open() allocated
 * @b: the blob; may be zeroed or closed already
 */
void dtslot_blob_close(struct dtslot_blob *b);

static inline const char *dtslot_blob_name(const struct dtslot_blob *b, u32 node)
{
	return (const char *)b->data + b->nodes[node].name;
}

/**
 * dtslot_blob_next_prop() - step through the properties of a node
 * @b: the blob
 * @cursor: start with nodes[n].props; advanced by each call
 * @p: filled when there is a property
 *
 * Return: true with @p filled, or false behind the last property.
 */
bool dtslot_blob_next_prop(const struct dtslot_blob *b, u32 *cursor,
			   struct dtslot_blob_prop *p);

/**
 * dtslot_blob_prop() - find a property by name
 * @b: the blob
 * @node: index of the node
 * @name: the property's name
 * @p: filled when found
 *
 * Return: true if the node has it.
 */
bool dtslot_blob_prop(const struct dtslot_blob *b, u32 node, const char *name,
		      struct dtslot_blob_prop *p);

/**
 * dtslot_blob_child() - find a child by its full name
 * @b: the blob; its lookup cursors move
 * @node: index of the parent
 * @name: the child's name with unit address, need not be NUL-terminated
 * @len: length of @name
 *
 * Return: index of the child, or DTSLOT_NONE.
 */
u32 dtslot_blob_child(struct dtslot_blob *b, u32 node, const char *name, size_t len);

/**
 * dtslot_blob_lookup() - find a node by its path from the root of the blob
 * @b: the blob; its lookup cursors move
 * @path: absolute path, need not be NUL-terminated
 * @len: length of @path
 *
 * Return: index of the node, or DTSLOT_NONE.
 */
u32 dtslot_blob_lookup(struct dtslot_blob *b, const char *path, size_t len);

/* One 32-bit big-endian cell at a byte offset, which need not be aligned. */
u32 dtslot_blob_cell(const struct dtslot_blob *b, u32 offset);
void dtslot_blob_set_cell(struct dtslot_blob *b, u32 offset, u32 value);

#endif
