// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an overlay may do to a slot, and what its labels mean there.
 *
 * dtc writes an overlay as /fragment@N/__overlay__ nodes, with external labels
 * in /__fixups__ (label -> "path:property:offset" strings) and internal
 * references in /__local_fixups__ (the same tree, each property a list of
 * offsets).
 */
#include "overlay.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#endif

/* Phandles 0 and 0xffffffff are reserved by the specification. */
#define PHANDLE_LAST	0xfffffffeU

/* Printable length of names that come from the blob. */
#define SHOWN		64

/**
 * struct fixup - one parsed entry of /__fixups__
 * @label: the external label
 * @path: path of the node that refers to it, not NUL-terminated
 * @path_len: length of @path
 * @prop: name of the referring property, not NUL-terminated
 * @prop_len: length of @prop
 * @offset: offset of the phandle cell in the property's value, bytes
 */
struct fixup {
	const char *label;
	const char *path;
	u32 path_len;
	const char *prop;
	u32 prop_len;
	u32 offset;
};

static bool parse_offset(const char *s, u32 *offset)
{
	u64 v = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (*s - '0');
		if (v > U32_MAX)
			return false;
	}
	*offset = v;
	return true;
}

static bool parse_fixup(const char *s, const char *label, struct fixup *f)
{
	const char *prop = strchr(s, ':');
	const char *offset = prop ? strchr(prop + 1, ':') : NULL;

	if (!offset)
		return false;
	f->label = label;
	f->path = s;
	f->path_len = prop - s;
	f->prop = prop + 1;
	f->prop_len = offset - f->prop;
	return parse_offset(offset + 1, &f->offset);
}

/*
 * Whether @node is a fragment or inside one. References may be patched only
 * there: a fixup that patched /__fixups__ would change what is being read.
 */
static bool in_fragment(const struct dtslot_overlay *o, u32 node)
{
	const struct dtslot_blob_node *nodes = o->blob.nodes;
	u32 i;

	if (!node)
		return false;
	while (nodes[node].parent)
		node = nodes[node].parent;
	for (i = 0; i < o->fragment_count; i++)
		if (nodes[o->fragments[i].node].parent == node)
			return true;
	return false;
}

typedef int (*fixup_fn)(struct dtslot_overlay *o, const struct fixup *f, void *arg,
			struct dtslot_text *text);

/* Call @fn for each entry of /__fixups__. */
static int walk_fixups(struct dtslot_overlay *o, fixup_fn fn, void *arg,
		       struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	u32 node = dtslot_blob_lookup(b, "/__fixups__", 11);
	struct dtslot_blob_prop p;
	struct fixup f;
	u32 cursor;
	int ret;

	if (node == DTSLOT_NONE)
		return 0;
	cursor = b->nodes[node].props;
	while (dtslot_blob_next_prop(b, &cursor, &p)) {
		const char *s = (const char *)b->data + p.value;
		u32 left = p.len;

		if (!left || s[left - 1])
			return dtslot_fail(text, -EINVAL,
					   "__fixups__: '%.*s' is not a list of strings",
					   SHOWN, p.name);
		while (left) {
			u32 n = strlen(s) + 1;

			if (!parse_fixup(s, p.name, &f))
				return dtslot_fail(text, -EINVAL,
						   "__fixups__: '%.*s' of label '%.*s' is not path:property:offset",
						   SHOWN, s, SHOWN, p.name);
			ret = fn(o, &f, arg, text);
			if (ret)
				return ret;
			s += n;
			left -= n;
		}
	}
	return 0;
}

/* Where a fragment's "target" is said by a label, remember which. */
static int note_target(struct dtslot_overlay *o, const struct fixup *f, void *arg,
		       struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	u32 node, i;

	if (f->prop_len != 6 || memcmp(f->prop, "target", 6) || f->offset)
		return 0;
	node = dtslot_blob_lookup(b, f->path, f->path_len);
	for (i = 0; i < o->fragment_count; i++) {
		if (b->nodes[o->fragments[i].node].parent != node)
			continue;
		if (o->fragments[i].label)
			return dtslot_fail(text, -EINVAL, "%.*s has two labels for its target",
					   SHOWN, dtslot_blob_name(b, node));
		o->fragments[i].label = f->label;
	}
	return 0;
}

static int check_target(struct dtslot_overlay *o, struct dtslot_fragment *frag,
			const struct dtslot_scope *scope, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	u32 node = b->nodes[frag->node].parent;
	const char *name = dtslot_blob_name(b, node);
	struct dtslot_blob_prop p;

	if (dtslot_blob_prop(b, node, "target-path", &p)) {
		if (frag->label)
			return dtslot_fail(text, -EINVAL,
					   "%.*s has both a target and a target-path",
					   SHOWN, name);
		if (p.len == 1 && !b->data[p.value])
			return 0;
		return dtslot_fail(text, -EPERM,
				   "%.*s reaches outside the slot: target-path is '%.*s', only \"\" (the slot) is allowed",
				   SHOWN, name, (int)min_t(u32, p.len, SHOWN),
				   (const char *)b->data + p.value);
	}
	if (!dtslot_blob_prop(b, node, "target", &p))
		return dtslot_fail(text, -EINVAL,
				   "%.*s has no target: write target-path = \"\" for the slot itself",
				   SHOWN, name);
	if (!frag->label || p.len != 4)
		return dtslot_fail(text, -EPERM,
				   "%.*s reaches outside the slot: its target is a bare phandle, not an exported label",
				   SHOWN, name);
	if (!scope->phandle(scope->priv, frag->label))
		return dtslot_fail(text, -EPERM,
				   "%.*s reaches outside the slot: its target is label '%.*s'; exported here: %s",
				   SHOWN, name, SHOWN, frag->label, scope->exports);
	return 0;
}

bool dtslot_is_bookkeeping(const char *name)
{
	static const char * const names[] = {
		"__symbols__", "aliases", "chosen", "cpus", "firmware", "memory", "options",
		"reserved-memory",
	};
	size_t base = strcspn(name, "@");
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == base && !memcmp(names[i], name, base))
			return true;
	return false;
}

/* Nothing of the target itself may change; what is the same may stand. */
static int check_additions(struct dtslot_overlay *o, struct dtslot_fragment *frag,
			   const struct dtslot_scope *scope, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	const char *name = dtslot_blob_name(b, b->nodes[frag->node].parent);
	u32 cursor = b->nodes[frag->node].props;
	struct dtslot_blob_prop p;
	u32 c;

	while (dtslot_blob_next_prop(b, &cursor, &p)) {
		if (!strcmp(p.name, "phandle") || !strcmp(p.name, "linux,phandle"))
			return dtslot_fail(text, -EPERM,
					   "%.*s refers to its own target by a label on __overlay__: use a label the slot exports (%s)",
					   SHOWN, name, scope->exports);
		if (!scope->has_prop(scope->priv, frag->label, p.name, b->data + p.value, p.len))
			return dtslot_fail(text, -EPERM,
					   "%.*s sets property '%.*s' of an existing node; only nodes may be added",
					   SHOWN, name, SHOWN, p.name);
	}
	for (c = b->nodes[frag->node].child; c != DTSLOT_NONE; c = b->nodes[c].sibling) {
		if (scope->root && !frag->label &&
		    dtslot_is_bookkeeping(dtslot_blob_name(b, c)))
			return dtslot_fail(text, -EPERM,
					   "%.*s adds node '%.*s', with which the host describes itself",
					   SHOWN, name, SHOWN, dtslot_blob_name(b, c));
		if (scope->has_child(scope->priv, frag->label, dtslot_blob_name(b, c)))
			return dtslot_fail(text, -EEXIST,
					   "%.*s adds node '%.*s', which exists already",
					   SHOWN, name, SHOWN, dtslot_blob_name(b, c));
	}
	return 0;
}

static bool same_target(const struct dtslot_fragment *a, const struct dtslot_fragment *b)
{
	if (!a->label || !b->label)
		return a->label == b->label;
	return !strcmp(a->label, b->label);
}

/*
 * Two fragments that add one node to one target. The overlays people write
 * have a handful of fragments; whoever sends more than that pays for it
 * himself: 64 is the bound.
 */
#define MAX_FRAGMENTS	64

static int check_overlap(struct dtslot_overlay *o, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	u32 i, j, c;

	for (i = 0; i < o->fragment_count; i++) {
		for (j = 0; j < i; j++) {
			if (!same_target(&o->fragments[i], &o->fragments[j]))
				continue;
			c = b->nodes[o->fragments[i].node].child;
			for (; c != DTSLOT_NONE; c = b->nodes[c].sibling) {
				const char *s = dtslot_blob_name(b, c);

				if (dtslot_blob_child(b, o->fragments[j].node, s, strlen(s)) !=
				    DTSLOT_NONE)
					return dtslot_fail(text, -EINVAL,
							   "two fragments add node '%.*s' to one target",
							   SHOWN, s);
			}
		}
	}
	return 0;
}

static int collect_fragments(struct dtslot_overlay *o, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	u32 c, body, n = 0;

	for (c = b->nodes[0].child; c != DTSLOT_NONE; c = b->nodes[c].sibling)
		if (dtslot_blob_child(b, c, "__overlay__", 11) != DTSLOT_NONE)
			n++;
	if (!n)
		return dtslot_fail(text, -EINVAL,
				   "not an overlay: no fragment with an __overlay__ node (the source needs /plugin/;)");
	if (n > MAX_FRAGMENTS)
		return dtslot_fail(text, -E2BIG, "%u fragments, more than the %u that are accepted",
				   n, MAX_FRAGMENTS);
	o->fragments = kvcalloc(n, sizeof(*o->fragments), GFP_KERNEL);
	if (!o->fragments)
		return dtslot_fail(text, -ENOMEM, "no memory for %u fragments", n);
	for (c = b->nodes[0].child; c != DTSLOT_NONE; c = b->nodes[c].sibling) {
		body = dtslot_blob_child(b, c, "__overlay__", 11);
		if (body != DTSLOT_NONE)
			o->fragments[o->fragment_count++].node = body;
	}
	return 0;
}

static int compare_u32(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/* Phandles of the overlay's nodes: well-formed, and no two the same. */
static int check_phandles(struct dtslot_overlay *o, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	struct dtslot_blob_prop p;
	u32 *seen, i, n = 0;
	int ret = 0;

	seen = kvmalloc_array(b->count, sizeof(*seen), GFP_KERNEL);
	if (!seen)
		return dtslot_fail(text, -ENOMEM, "no memory for %u phandles", b->count);
	for (i = 0; i < b->count; i++) {
		if (!dtslot_blob_prop(b, i, "phandle", &p))
			continue;
		seen[n] = p.len == 4 ? dtslot_blob_cell(b, p.value) : 0;
		if (!seen[n] || seen[n] > PHANDLE_LAST) {
			ret = dtslot_fail(text, -EINVAL, "node '%.*s' has a bad phandle",
					  SHOWN, dtslot_blob_name(b, i));
			goto out;
		}
		o->phandle_max = max(o->phandle_max, seen[n]);
		n++;
	}
	sort(seen, n, sizeof(*seen), compare_u32, NULL);
	for (i = 1; i < n; i++) {
		if (seen[i] == seen[i - 1]) {
			ret = dtslot_fail(text, -EINVAL, "two nodes have phandle 0x%x", seen[i]);
			break;
		}
	}
out:
	kvfree(seen);
	return ret;
}

int dtslot_overlay_open(struct dtslot_overlay *o, const void *data, size_t size,
			const struct dtslot_scope *scope, struct dtslot_text *text)
{
	u32 i;
	int ret;

	memset(o, 0, sizeof(*o));
	ret = dtslot_blob_open(&o->blob, data, size, text);
	if (ret)
		return ret;
	ret = collect_fragments(o, text);
	if (ret)
		goto err_close;
	ret = walk_fixups(o, note_target, NULL, text);
	if (ret)
		goto err_close;
	for (i = 0; i < o->fragment_count; i++) {
		ret = check_target(o, &o->fragments[i], scope, text);
		if (ret)
			goto err_close;
		ret = check_additions(o, &o->fragments[i], scope, text);
		if (ret)
			goto err_close;
	}
	ret = check_overlap(o, text);
	if (ret)
		goto err_close;
	ret = check_phandles(o, text);
	if (ret)
		goto err_close;
	return 0;

err_close:
	dtslot_overlay_close(o);
	return ret;
}

void dtslot_overlay_close(struct dtslot_overlay *o)
{
	kvfree(o->patched);
	kvfree(o->fragments);
	dtslot_blob_close(&o->blob);
	memset(o, 0, sizeof(*o));
}

/*
 * Write a reference. One that is not on a whole cell no one could read, and two of
 * them might overlap into a number of the author's choice; and a phandle is not a
 * reference.
 */
static bool patch(struct dtslot_overlay *o, const struct dtslot_blob_prop *p, u32 offset,
		  u32 phandle)
{
	u32 at = p->value + offset;

	if (p->len < 4 || offset > p->len - 4 || offset % 4 || !strcmp(p->name, "phandle"))
		return false;
	dtslot_blob_set_cell(&o->blob, at, phandle);
	o->patched[at / 128] |= 1U << at / 4 % 32;
	return true;
}

/* Write the phandle of an exported label where a fixup says. */
static int apply_fixup(struct dtslot_overlay *o, const struct fixup *f, void *arg,
		       struct dtslot_text *text)
{
	const struct dtslot_scope *scope = arg;
	struct dtslot_blob *b = &o->blob;
	struct dtslot_blob_prop p;
	u32 node, cursor, phandle;

	phandle = scope->phandle(scope->priv, f->label);
	if (!phandle)
		return dtslot_fail(text, -EPERM,
				   "label '%.*s' (used by %.*s in %.*s) is not exported here; exported: %s",
				   SHOWN, f->label, (int)min_t(u32, f->prop_len, SHOWN), f->prop,
				   (int)min_t(u32, f->path_len, SHOWN), f->path, scope->exports);
	node = dtslot_blob_lookup(b, f->path, f->path_len);
	if (node == DTSLOT_NONE || !in_fragment(o, node))
		return dtslot_fail(text, -EINVAL,
				   "__fixups__: label '%.*s' is used by %.*s, which is not in a fragment",
				   SHOWN, f->label, (int)min_t(u32, f->path_len, SHOWN), f->path);
	cursor = b->nodes[node].props;
	while (dtslot_blob_next_prop(b, &cursor, &p)) {
		if (strlen(p.name) != f->prop_len || memcmp(p.name, f->prop, f->prop_len))
			continue;
		if (!patch(o, &p, f->offset, phandle))
			break;
		return 0;
	}
	return dtslot_fail(text, -EINVAL,
			   "__fixups__: label '%.*s' is used at %.*s:%.*s:%u, which is no cell",
			   SHOWN, f->label, (int)min_t(u32, f->path_len, SHOWN), f->path,
			   (int)min_t(u32, f->prop_len, SHOWN), f->prop, f->offset);
}

/* Shift the references that one node of /__local_fixups__ lists. */
static int apply_local(struct dtslot_overlay *o, u32 fix, u32 node, u32 base,
		       struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	struct dtslot_blob_prop list, p;
	u32 cursor = b->nodes[fix].props;
	u32 i;

	while (dtslot_blob_next_prop(b, &cursor, &list)) {
		bool found = dtslot_blob_prop(b, node, list.name, &p);

		if (list.len % 4)
			found = false;
		for (i = 0; found && i < list.len; i += 4) {
			u32 offset = dtslot_blob_cell(b, list.value + i);
			u32 phandle;

			if (p.len < 4 || offset > p.len - 4 || offset % 4) {
				found = false;
				break;
			}
			phandle = dtslot_blob_cell(b, p.value + offset);
			if (!phandle || phandle > o->phandle_max)
				return dtslot_fail(text, -EINVAL,
						   "'%.*s' of node '%.*s' refers to phandle 0x%x, which no node of the overlay has",
						   SHOWN, p.name, SHOWN,
						   dtslot_blob_name(b, node), phandle);
			found = patch(o, &p, offset, phandle + base);
		}
		if (!found)
			return dtslot_fail(text, -EINVAL,
					   "__local_fixups__: '%.*s' of node '%.*s' does not match the overlay",
					   SHOWN, list.name, SHOWN, dtslot_blob_name(b, node));
	}
	return 0;
}

/*
 * Walk /__local_fixups__ beside the tree it mirrors. Nodes are numbered in
 * document order, so parents come first; @mirror maps the one to the other.
 */
static int apply_local_fixups(struct dtslot_overlay *o, u32 base, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	u32 root = dtslot_blob_lookup(b, "/__local_fixups__", 17);
	u32 *mirror, i;
	int ret = 0;

	if (root == DTSLOT_NONE)
		return 0;
	mirror = kvmalloc_array(b->count, sizeof(*mirror), GFP_KERNEL);
	if (!mirror)
		return dtslot_fail(text, -ENOMEM, "no memory for local references");
	mirror[root] = 0;
	for (i = root + 1; i < b->count && b->nodes[i].parent >= root; i++) {
		const char *name = dtslot_blob_name(b, i);

		mirror[i] = dtslot_blob_child(b, mirror[b->nodes[i].parent], name, strlen(name));
		if (mirror[i] == DTSLOT_NONE || !in_fragment(o, mirror[i])) {
			ret = dtslot_fail(text, -EINVAL,
					  "__local_fixups__: node '%.*s' is not in a fragment",
					  SHOWN, name);
			break;
		}
		ret = apply_local(o, i, mirror[i], base, text);
		if (ret)
			break;
	}
	kvfree(mirror);
	return ret;
}

int dtslot_overlay_resolve(struct dtslot_overlay *o, u32 base,
			   const struct dtslot_scope *scope, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	struct dtslot_blob_prop p;
	u32 i;
	int ret;

	if (o->phandle_max > PHANDLE_LAST - base)
		return dtslot_fail(text, -EOVERFLOW,
				   "phandles run out: the overlay needs %u, the live tree is at 0x%x",
				   o->phandle_max, base);
	o->patched = kvcalloc(b->size / 128 + 1, sizeof(*o->patched), GFP_KERNEL);
	if (!o->patched)
		return dtslot_fail(text, -ENOMEM, "no memory for marks of %u bytes", b->size);
	ret = apply_local_fixups(o, base, text);
	if (ret)
		return ret;
	for (i = 0; i < b->count; i++)
		if (dtslot_blob_prop(b, i, "phandle", &p))
			dtslot_blob_set_cell(b, p.value, dtslot_blob_cell(b, p.value) + base);
	ret = walk_fixups(o, apply_fixup, (void *)scope, text);
	return ret ?: dtslot_overlay_check_references(o, scope, text);
}
