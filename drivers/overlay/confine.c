// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which cells of an overlay the kernel takes for references to nodes, and that
 * none of them leads out of the slot.
 *
 * Each reference that dtc was told of is patched when labels are resolved. Here a
 * cell that was not, but that a binding or a driver reads as a phandle, is refused.
 */
#include "bindings.h"
#include "confine.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#endif

/*
 * What counts cells has an end. The kernel puts specifiers into arrays of 16, after
 * addresses of 3, and some of its loops do not look how many there are.
 */
#define MAX_CELLS		8
#define MAX_ADDRESS_CELLS	3

static u32 cell(const struct dtslot_check *c, u32 i)
{
	return dtslot_blob_cell(&c->o->blob, c->p.value + 4 * i);
}

static u32 cells(const struct dtslot_check *c)
{
	return c->p.len / 4;
}

/* A cell that is read as a phandle: one that was patched, or 0 for none. */
static int check_cell(const struct dtslot_check *c, u32 i)
{
	if (!cell(c, i) || dtslot_overlay_patched(c->o, c->p.value + 4 * i))
		return 0;
	/* A list is read one cell on then, and finds an argument. */
	if (c->missing && i == c->missing_at + 1)
		return dtslot_fail(c->text, -EPERM,
				   "'%.*s' of node '%.*s' reaches outside the slot: cell %u is the bare phandle 0x%x, as the node that cell %u refers to has no %s; use a label",
				   SHOWN, c->p.name, SHOWN,
				   dtslot_blob_name(&c->o->blob, c->node), i, cell(c, i),
				   c->missing_at, c->missing);
	return dtslot_fail(c->text, -EPERM,
			   "'%.*s' of node '%.*s' reaches outside the slot: cell %u is the bare phandle 0x%x; use a label",
			   SHOWN, c->p.name, SHOWN, dtslot_blob_name(&c->o->blob, c->node), i,
			   cell(c, i));
}

/* Whether the property is a list of texts, none of them empty. */
static bool is_text(const struct dtslot_check *c)
{
	const char *s = (const char *)c->o->blob.data + c->p.value;
	u32 i;

	if (!c->p.len || s[c->p.len - 1] || !s[0])
		return false;
	for (i = 0; i < c->p.len; i++)
		if (s[i] ? s[i] < ' ' || s[i] > '~' : i && !s[i - 1])
			return false;
	return true;
}

static bool own(void *priv, const char *name, u32 *value)
{
	const struct dtslot_check *c = priv;
	struct dtslot_blob_prop p;

	if (!dtslot_blob_prop(&c->o->blob, c->node, name, &p))
		return false;
	*value = p.len < 4 ? 0 : dtslot_blob_cell(&c->o->blob, p.value);
	return true;
}

bool dtslot_is_compatible(const struct dtslot_blob *b, u32 node, const char *compatible)
{
	struct dtslot_blob_prop p;
	const char *s, *end;

	if (!dtslot_blob_prop(b, node, "compatible", &p))
		return false;
	s = (const char *)b->data + p.value;
	for (end = s + p.len; s < end; s += strnlen(s, end - s) + 1)
		if (strnlen(s, end - s) == strlen(compatible) &&
		    !strncmp(s, compatible, end - s))
			return true;
	return false;
}

static bool is_compatible(void *priv, const char *compatible)
{
	const struct dtslot_check *c = priv;

	return dtslot_is_compatible(&c->o->blob, c->node, compatible);
}

static bool find_count(const struct dtslot_check *c, u32 i, const char *name, u32 *value)
{
	const struct dtslot_blob *b = &c->o->blob;
	struct dtslot_blob_prop p;
	u32 node;

	if (!dtslot_overlay_is_own(c->o, c->p.value + 4 * i))
		return c->scope->cells(c->scope->priv, cell(c, i), name, value);
	node = c->o->providers[cell(c, i) - 1].node;
	if (!dtslot_blob_prop(b, node, name, &p) || p.len != 4)
		return false;
	*value = dtslot_blob_cell(b, p.value);
	return true;
}

static bool provider(void *priv, u32 i, const char *name, u32 *value)
{
	struct dtslot_check *c = priv;
	bool found = find_count(c, i, name, value);

	c->missing = found ? NULL : name;
	c->missing_at = i;
	return found;
}

/* A text that no node has as its phandle is one, whatever its property is called. */
static int reference(void *priv, u32 i)
{
	const struct dtslot_check *c = priv;

	if (is_text(c) && !c->scope->is_phandle(c->scope->priv, cell(c, i)))
		return 0;
	return check_cell(c, i);
}

int dtslot_check_walk(struct dtslot_check *c, int (*reference)(void *priv, u32 cell))
{
	const struct dtslot_around around = {
		.own = own,
		.is_compatible = is_compatible,
		.provider = provider,
		.reference = reference,
		.maps_of_four = c->scope->maps_of_four,
	};
	const struct dtslot_property p = {
		.node = dtslot_blob_name(&c->o->blob, c->node),
		.name = c->p.name,
		.value = c->o->blob.data + c->p.value,
		.len = c->p.len,
		.around = &around,
		.priv = c,
	};
	const char *missing;
	int ret;

	c->missing = NULL;
	ret = dtslot_bindings_walk(&p, false, &missing);
	if (ret && missing)
		return dtslot_fail(c->text, ret, "node '%.*s' has '%.*s' and no %s", SHOWN, p.node,
				   SHOWN, p.name, missing);
	return ret;
}

u32 dtslot_check_referred(const struct dtslot_check *c, u32 i)
{
	if (!dtslot_overlay_is_own(c->o, c->p.value + 4 * i))
		return DTSLOT_NONE;
	return c->o->providers[cell(c, i) - 1].node;
}

u32 dtslot_check_next(const struct dtslot_check *c, u32 node)
{
	const struct dtslot_overlay *o = c->o;
	u32 i, first;

	for (i = 0; i < o->fragment_count; i++) {
		first = max(node, o->fragments[i].node) + 1;
		if (first < o->fragments[i].end)
			return first;
	}
	return DTSLOT_NONE;
}

/*
 * Whatever the property is called: a number that is the phandle of a slot's node, or may
 * become one while the overlay is in.
 */
static int check_values(const struct dtslot_check *c)
{
	u32 i;
	int ret;

	for (i = 0; i < cells(c); i++) {
		if (cell(c, i) - DTSLOT_PHANDLE_FIRST >= DTSLOT_PHANDLE_COUNT)
			continue;
		ret = check_cell(c, i);
		if (ret)
			return ret;
	}
	return 0;
}

static int check_property(struct dtslot_check *c)
{
	int ret;

	if (!strcmp(c->p.name, "phandle"))
		return 0;
	ret = dtslot_check_walk(c, reference);
	return ret ?: check_values(c);
}

/* "#...-cells": one cell, and a number that the kernel can take. */
static int check_count(struct dtslot_check *c)
{
	const char *node = dtslot_blob_name(&c->o->blob, c->node), *name = c->p.name;
	bool unit = !strcmp(name, "#address-cells") || !strcmp(name, "#size-cells");
	u32 least = !strcmp(name, "#interrupt-cells") &&
		    c->o->blob.nodes[c->node].child != DTSLOT_NONE;
	u32 most = unit ? MAX_ADDRESS_CELLS : MAX_CELLS;
	size_t n = strlen(name);

	if (n < 8 || *name != '#' || strcmp(name + n - 6, "-cells"))
		return 0;
	if (c->p.len != 4)
		return dtslot_fail(c->text, -EINVAL, "'%.*s' of node '%.*s' has %u bytes, not 4",
				   SHOWN, name, SHOWN, node, c->p.len);
	if (cell(c, 0) < least || cell(c, 0) > most)
		return dtslot_fail(c->text, -EINVAL,
				   "'%.*s' of node '%.*s' is %u; it can be %u to %u",
				   SHOWN, name, SHOWN, node, cell(c, 0), least, most);
	return 0;
}

/* Call @fn for each property of each node that is added. */
static int walk(struct dtslot_check *c, int (*fn)(struct dtslot_check *c))
{
	const struct dtslot_overlay *o = c->o;
	u32 i, cursor;
	int ret;

	for (i = 0; i < o->fragment_count; i++) {
		for (c->node = o->fragments[i].node + 1; c->node < o->fragments[i].end; c->node++) {
			cursor = o->blob.nodes[c->node].props;
			while (dtslot_blob_next_prop(&o->blob, &cursor, &c->p)) {
				ret = fn(c);
				if (ret)
					return ret;
			}
		}
	}
	return 0;
}

/**
 * dtslot_overlay_check_references() - that no reference leads out of the slot
 * @o: the overlay, its references resolved
 * @scope: what the slot shows
 * @text: receives the message on failure
 *
 * Return: 0; -EPERM for a bare phandle; -EINVAL for a map or a number of cells that
 * cannot be read, or what the kernel finds no end of; -E2BIG for what it has no room
 * for; -ENOMEM.
 */
int dtslot_overlay_check_references(const struct dtslot_overlay *o,
				    const struct dtslot_scope *scope, struct dtslot_text *text)
{
	struct dtslot_check c = { .o = o, .scope = scope, .text = text };

	/* First the numbers by which the lists are read. */
	return walk(&c, check_count) ?: walk(&c, check_property) ?:
	       dtslot_overlay_check_interrupts(o, scope, text) ?:
	       dtslot_overlay_check_rows(o, scope, text);
}
