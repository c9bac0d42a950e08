// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an overlay may do to a slot, and what its labels mean there.
 *
 * dtc writes an overlay as /fragment@N/__overlay__ nodes, with external labels
 * in /__fixups__ (label -> "path:property:offset" strings) and internal
 * references in /__local_fixups__ (the same tree, each property a list of
 * offsets).
 */
#include "confine.h"

#ifdef __KERNEL__
#include <linux/bsearch.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#endif

/* Phandles 0 and 0xffffffff are reserved by the specification. */
#define PHANDLE_LAST	0xfffffffeU

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

/* The ancestor of a node right below the root, or the node itself. */
static u32 top_of(const struct dtslot_overlay *o, u32 node)
{
	while (node && o->blob.nodes[node].parent)
		node = o->blob.nodes[node].parent;
	return node;
}

/*
 * Whether @node is a fragment or inside one. References may be patched only
 * there: a fixup that patched /__fixups__ would change what is being read.
 */
static bool in_fragment(const struct dtslot_overlay *o, u32 node)
{
	u32 top = top_of(o, node), i;

	for (i = 0; top && i < o->fragment_count; i++)
		if (o->blob.nodes[o->fragments[i].node].parent == top)
			return true;
	return false;
}

/* Whether a node is one that is added. */
static bool is_added(const struct dtslot_overlay *o, u32 node)
{
	u32 i;

	for (i = 0; i < o->fragment_count; i++)
		if (node > o->fragments[i].node && node < o->fragments[i].end)
			return true;
	return false;
}

/*
 * Parameters of an overlay and fragments that are off, as the firmware of a Raspberry Pi
 * has them. An overlay is taken with its defaults, which is as if these were not there.
 */
static bool is_parameter(struct dtslot_overlay *o, u32 node)
{
	struct dtslot_blob *b = &o->blob;
	u32 top = top_of(o, node);

	return top && (!strcmp(dtslot_blob_name(b, top), "__overrides__") ||
		       (dtslot_blob_child(b, top, "__dormant__", 11) != DTSLOT_NONE &&
			!in_fragment(o, top)));
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

typedef int (*local_fn)(struct dtslot_overlay *o, u32 node, const struct dtslot_blob_prop *p,
			u32 offset, struct dtslot_text *text);

/* Call @fn for the references that one node of /__local_fixups__ lists. */
static int walk_local(struct dtslot_overlay *o, u32 fix, u32 node, local_fn fn,
		      struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	struct dtslot_blob_prop list, p;
	u32 cursor = b->nodes[fix].props;
	u32 i, offset;
	int ret;

	while (dtslot_blob_next_prop(b, &cursor, &list)) {
		ret = dtslot_blob_prop(b, node, list.name, &p) && list.len % 4 == 0 ? 0 : -ENOENT;
		for (i = 0; !ret && i < list.len; i += 4) {
			offset = dtslot_blob_cell(b, list.value + i);
			if (p.len < 4 || offset > p.len - 4 || offset % 4)
				ret = -ENOENT;
			else
				ret = fn(o, node, &p, offset, text);
		}
		if (ret == -ENOENT)
			return dtslot_fail(text, -EINVAL,
					   "__local_fixups__: '%.*s' of node '%.*s' does not match the overlay",
					   SHOWN, list.name, SHOWN, dtslot_blob_name(b, node));
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Walk /__local_fixups__ beside the tree it mirrors. Nodes are numbered in
 * document order, so parents come first; @mirror maps the one to the other.
 */
static int walk_local_fixups(struct dtslot_overlay *o, local_fn fn, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	u32 root = dtslot_blob_lookup(b, "/__local_fixups__", 17);
	struct dtslot_blob_prop p;
	u32 *mirror, i;
	int ret = 0;

	if (root == DTSLOT_NONE)
		return 0;
	if (dtslot_blob_prop(b, root, "fixup", &p))
		return dtslot_fail(text, -EINVAL,
				   "__local_fixups__ is a list of texts, as early versions of dtc wrote it: compile the source with dtc 1.4.4 or later");
	mirror = kvmalloc_array(b->count, sizeof(*mirror), GFP_KERNEL);
	if (!mirror)
		return dtslot_fail(text, -ENOMEM, "no memory for local references");
	mirror[root] = 0;
	for (i = root + 1; i < b->count && b->nodes[i].parent >= root && !ret; i++) {
		const char *name = dtslot_blob_name(b, i);

		mirror[i] = dtslot_blob_child(b, mirror[b->nodes[i].parent], name, strlen(name));
		if (mirror[i] == DTSLOT_NONE)
			ret = -ENOENT;
		else if (is_parameter(o, mirror[i]))
			continue;
		else if (!in_fragment(o, mirror[i]))
			ret = -ENOENT;
		else
			ret = walk_local(o, i, mirror[i], fn, text);
		if (ret == -ENOENT)
			ret = dtslot_fail(text, -EINVAL,
					  "__local_fixups__: node '%.*s' is not in a fragment",
					  SHOWN, name);
	}
	kvfree(mirror);
	return ret;
}

static u32 phandle_of(const struct dtslot_blob *b, u32 node)
{
	struct dtslot_blob_prop p;

	return dtslot_blob_prop(b, node, "phandle", &p) && p.len == 4 ?
	       dtslot_blob_cell(b, p.value) : 0;
}

static int note_reference(struct dtslot_overlay *o, u32 node, const struct dtslot_blob_prop *p,
			  u32 offset, struct dtslot_text *text)
{
	u32 i, phandle = dtslot_blob_cell(&o->blob, p->value + offset);

	for (i = 0; i < o->fragment_count; i++)
		if (o->fragments[i].phandle && o->fragments[i].phandle == phandle)
			o->fragments[i].is_referred = true;
	return 0;
}

/* With -@ each label gets a phandle, also one on __overlay__ that nothing refers to. */
static int note_references(struct dtslot_overlay *o, struct dtslot_text *text)
{
	bool labelled = false;
	u32 i;

	for (i = 0; i < o->fragment_count; i++) {
		o->fragments[i].phandle = phandle_of(&o->blob, o->fragments[i].node);
		labelled |= o->fragments[i].phandle;
	}
	return labelled ? walk_local_fixups(o, note_reference, text) : 0;
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

/* A target that is no label of the base. */
static int refuse_target(struct dtslot_overlay *o, const char *name,
			 const struct dtslot_blob_prop *p, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	u32 i;

	if (p->len != 4)
		return dtslot_fail(text, -EINVAL,
				   "%.*s has a target of %u bytes, not of one label: target = <&label>",
				   SHOWN, name, p->len);
	for (i = 0; i < b->count; i++)
		if (phandle_of(b, i) && phandle_of(b, i) == dtslot_blob_cell(b, p->value))
			return dtslot_fail(text, -EPERM,
					   "%.*s has node '%.*s' of the overlay itself as its target: write what it adds into that node",
					   SHOWN, name, SHOWN, dtslot_blob_name(b, i));
	return dtslot_fail(text, -EPERM,
			   "%.*s reaches outside the slot: its target is a bare phandle, not an exported label",
			   SHOWN, name);
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
		if (p.len == 2 && b->data[p.value] == '/' && !b->data[p.value + 1])
			return dtslot_fail(text, -EPERM,
					   "%.*s reaches outside the slot: target-path is '/', only \"\" (the slot) is allowed",
					   SHOWN, name);
		return dtslot_fail(text, -EPERM,
				   "%.*s reaches outside the slot: target-path is '%.*s'; write \"\" for the slot itself, or target = <&label> for another node that is exported (%s)",
				   SHOWN, name, (int)min_t(u32, p.len, SHOWN),
				   (const char *)b->data + p.value, scope->exports);
	}
	if (!dtslot_blob_prop(b, node, "target", &p))
		return dtslot_fail(text, -EINVAL,
				   "%.*s has no target: write target-path = \"\" for the slot itself",
				   SHOWN, name);
	if (!frag->label || p.len != 4)
		return refuse_target(o, name, &p, text);
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

static bool has_text(const struct dtslot_blob *b, const struct dtslot_blob_prop *p,
		     const char *value)
{
	return p->len == strlen(value) + 1 && !memcmp(b->data + p->value, value, p->len);
}

/*
 * What most overlays of boards do, and no slot lets them: switch a device on or off, or
 * have an FPGA programmed.
 */

static int refuse_property(struct dtslot_overlay *o, u32 node, const struct dtslot_blob_prop *p,
			   struct dtslot_text *text)
{
	const char *name = dtslot_blob_name(&o->blob, node);
	bool is_status = !strcmp(p->name, "status");

	if (is_status && (has_text(&o->blob, p, "okay") || has_text(&o->blob, p, "ok")))
		return dtslot_fail(text, -EPERM,
				   "%.*s enables an existing node (status = \"okay\"), and only nodes may be added: enable it in the base's tree, and leave the property out; or have its bus exported, and add the device to that as a node of its own",
				   SHOWN, name);
	if (is_status)
		return dtslot_fail(text, -EPERM,
				   "%.*s disables an existing node (property 'status'), and only nodes may be added: unbind its driver in sysfs, or disable it in the base's tree",
				   SHOWN, name);
	if (!strcmp(p->name, "firmware-name"))
		return dtslot_fail(text, -EPERM,
				   "%.*s sets property 'firmware-name' of an existing node, and nothing programs an FPGA by it: load the bitstream before the attach, by the FPGA manager, and leave the property out",
				   SHOWN, name);
	return dtslot_fail(text, -EPERM,
			   "%.*s sets property '%.*s' of an existing node; only nodes may be added",
			   SHOWN, name, SHOWN, p->name);
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
		if (!strcmp(p.name, "phandle") || !strcmp(p.name, "linux,phandle")) {
			if (!frag->is_referred)
				continue;
			return dtslot_fail(text, -EPERM,
					   "%.*s refers to its own target by a label on __overlay__: use a label the slot exports (%s)",
					   SHOWN, name, scope->exports);
		}
		if (!scope->has_prop(scope->priv, frag->label, p.name, b->data + p.value, p.len))
			return refuse_property(o, b->nodes[frag->node].parent, &p, text);
	}
	for (c = b->nodes[frag->node].child; c != DTSLOT_NONE; c = b->nodes[c].sibling) {
		if (scope->root && !frag->label &&
		    dtslot_is_bookkeeping(dtslot_blob_name(b, c)))
			return dtslot_fail(text, -EPERM,
					   "%.*s adds node '%.*s', with which the host describes itself",
					   SHOWN, name, SHOWN, dtslot_blob_name(b, c));
		if (scope->has_child(scope->priv, frag->label, dtslot_blob_name(b, c)))
			return dtslot_fail(text, -EEXIST,
					   "%.*s adds node '%.*s', which exists already: only one of the base's tree and the overlay may describe it",
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

/*
 * Nodes right below the root that say something about an overlay, as dtc and others
 * write: "metadata" is what menus of Radxa's and others' boards show of it.
 */
static bool is_own_bookkeeping(const char *name)
{
	static const char * const names[] = {
		"__symbols__", "__fixups__", "__local_fixups__", "__overrides__", "metadata",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* What is right below the root and not in a fragment would be added by nothing. */
static int check_stray(struct dtslot_overlay *o, u32 node, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	const char *name = dtslot_blob_name(b, node);
	struct dtslot_blob_prop p;

	if (is_own_bookkeeping(name) || is_parameter(o, node))
		return 0;
	if (dtslot_blob_prop(b, node, "target", &p) || dtslot_blob_prop(b, node, "target-path", &p))
		return dtslot_fail(text, -EINVAL, "%.*s has no __overlay__ node: nothing is in it",
				   SHOWN, name);
	if (dtslot_is_bookkeeping(name))
		return dtslot_fail(text, -EINVAL,
				   "node '%.*s' is in no fragment, so that nothing adds it, and with such a node the host describes itself: leave it out",
				   SHOWN, name);
	return dtslot_fail(text, -EINVAL,
			   "node '%.*s' is in no fragment, so that nothing adds it: move it from / { } into a fragment with target-path = \"\"",
			   SHOWN, name);
}

static int refuse_without_fragments(struct dtslot_blob *b, struct dtslot_text *text)
{
	if (dtslot_blob_child(b, 0, "images", 6) != DTSLOT_NONE &&
	    dtslot_blob_child(b, 0, "configurations", 14) != DTSLOT_NONE)
		return dtslot_fail(text, -EINVAL,
				   "not an overlay but a FIT image: take the overlay out of it (dumpimage -T flat_dt)");
	return dtslot_fail(text, -EINVAL,
			   "not an overlay: no fragment with an __overlay__ node (the source needs /plugin/;)");
}

static u32 end_of(const struct dtslot_blob *b, u32 node)
{
	u32 end = node + 1;

	while (end < b->count && b->nodes[end].depth > b->nodes[node].depth)
		end++;
	return end;
}

static int collect_fragments(struct dtslot_overlay *o, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	u32 c, body, n = 0;
	int ret;

	for (c = b->nodes[0].child; c != DTSLOT_NONE; c = b->nodes[c].sibling)
		if (dtslot_blob_child(b, c, "__overlay__", 11) != DTSLOT_NONE)
			n++;
	if (!n)
		return refuse_without_fragments(b, text);
	if (n > MAX_FRAGMENTS)
		return dtslot_fail(text, -E2BIG, "%u fragments, more than the %u that are accepted",
				   n, MAX_FRAGMENTS);
	o->fragments = kvcalloc(n, sizeof(*o->fragments), GFP_KERNEL);
	if (!o->fragments)
		return dtslot_fail(text, -ENOMEM, "no memory for %u fragments", n);
	for (c = b->nodes[0].child; c != DTSLOT_NONE; c = b->nodes[c].sibling) {
		body = dtslot_blob_child(b, c, "__overlay__", 11);
		if (body == DTSLOT_NONE) {
			ret = check_stray(o, c, text);
			if (ret)
				return ret;
			continue;
		}
		o->fragments[o->fragment_count++] = (struct dtslot_fragment){
			.node = body, .end = end_of(b, body) };
	}
	return 0;
}

static int compare_providers(const void *a, const void *b)
{
	const struct dtslot_provider *x = a, *y = b;

	return x->phandle < y->phandle ? -1 : x->phandle > y->phandle;
}

/* The nodes that can be referred to: well-formed phandles, and no two the same. */
static int collect_providers(struct dtslot_overlay *o, struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	struct dtslot_blob_prop p;
	u32 i, node, phandle, n = 0;

	o->providers = kvmalloc_array(b->count, sizeof(*o->providers), GFP_KERNEL);
	if (!o->providers)
		return dtslot_fail(text, -ENOMEM, "no memory for %u phandles", b->count);
	for (node = 0; node < b->count; node++) {
		if (!dtslot_blob_prop(b, node, "phandle", &p)) {
			if (dtslot_blob_prop(b, node, "linux,phandle", &p))
				return dtslot_fail(text, -EINVAL,
						   "node '%.*s' has 'linux,phandle' and no phandle: compile it with dtc -H epapr",
						   SHOWN, dtslot_blob_name(b, node));
			continue;
		}
		phandle = p.len == 4 ? dtslot_blob_cell(b, p.value) : 0;
		if (!phandle || phandle > PHANDLE_LAST)
			return dtslot_fail(text, -EINVAL, "node '%.*s' has a bad phandle", SHOWN,
					   dtslot_blob_name(b, node));
		if (is_added(o, node))
			o->providers[n++] = (struct dtslot_provider){ phandle, node };
	}
	sort(o->providers, n, sizeof(*o->providers), compare_providers, NULL);
	for (i = 1; i < n; i++)
		if (o->providers[i].phandle == o->providers[i - 1].phandle)
			return dtslot_fail(text, -EINVAL, "two nodes have phandle 0x%x",
					   o->providers[i].phandle);
	o->phandle_count = n;
	return 0;
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
	ret = dtslot_overlay_check_bounds(o, text);
	if (ret)
		goto err_close;
	ret = walk_fixups(o, note_target, NULL, text);
	if (ret)
		goto err_close;
	ret = note_references(o, text);
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
	ret = collect_providers(o, text);
	if (ret)
		goto err_close;
	return 0;

err_close:
	dtslot_overlay_close(o);
	return ret;
}

void dtslot_overlay_close(struct dtslot_overlay *o)
{
	kvfree(o->own);
	kvfree(o->patched);
	kvfree(o->providers);
	kvfree(o->fragments);
	dtslot_blob_close(&o->blob);
	memset(o, 0, sizeof(*o));
}

static void mark(u32 *marks, u32 offset)
{
	marks[offset / 128] |= 1U << offset / 4 % 32;
}

/*
 * Write a reference. One that is not on a whole cell no driver could read, and two of
 * them might overlap into a number of the author's choice, or make one sum in one cell;
 * and a phandle is not a reference.
 */
static bool patch(struct dtslot_overlay *o, const struct dtslot_blob_prop *p, u32 offset,
		  u32 value)
{
	if (p->len < 4 || offset > p->len - 4 || offset % 4 || !strcmp(p->name, "phandle") ||
	    dtslot_overlay_patched(o, p->value + offset))
		return false;
	dtslot_blob_set_cell(&o->blob, p->value + offset, value);
	mark(o->patched, p->value + offset);
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

	node = dtslot_blob_lookup(b, f->path, f->path_len);
	if (node != DTSLOT_NONE && is_parameter(o, node))
		return 0;
	phandle = scope->phandle(scope->priv, f->label);
	if (!phandle)
		return dtslot_fail(text, -EPERM,
				   "label '%.*s' (used by %.*s in %.*s) is not exported here; exported: %s",
				   SHOWN, f->label, (int)min_t(u32, f->prop_len, SHOWN), f->prop,
				   (int)min_t(u32, f->path_len, SHOWN), f->path, scope->exports);
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

/* A reference to a node that is not added: it is off, or there is none. */
static int refuse_local(struct dtslot_overlay *o, u32 node, const char *prop, u32 phandle,
			struct dtslot_text *text)
{
	struct dtslot_blob *b = &o->blob;
	struct dtslot_blob_prop p;
	u32 i;

	for (i = 0; i < b->count; i++)
		if (dtslot_blob_prop(b, i, "phandle", &p) && p.len == 4 &&
		    dtslot_blob_cell(b, p.value) == phandle && !is_added(o, i))
			return dtslot_fail(text, -EINVAL,
					   "'%.*s' of node '%.*s' refers to node '%.*s', which is not added: it is in no fragment, or in one that is off (__dormant__)",
					   SHOWN, prop, SHOWN, dtslot_blob_name(b, node), SHOWN,
					   dtslot_blob_name(b, i));
	return dtslot_fail(text, -EINVAL,
			   "'%.*s' of node '%.*s' refers to phandle 0x%x, which no node of the overlay has",
			   SHOWN, prop, SHOWN, dtslot_blob_name(b, node), phandle);
}

/* Number a reference to a node of the overlay. */
static int apply_reference(struct dtslot_overlay *o, u32 node, const struct dtslot_blob_prop *p,
			   u32 offset, struct dtslot_text *text)
{
	struct dtslot_provider key = { .phandle = dtslot_blob_cell(&o->blob, p->value + offset) };
	const struct dtslot_provider *found;

	/* Listed twice, it was numbered the first time. */
	if (dtslot_overlay_is_own(o, p->value + offset))
		return 0;
	found = bsearch(&key, o->providers, o->phandle_count, sizeof(key), compare_providers);
	if (!found)
		return refuse_local(o, node, p->name, key.phandle, text);
	if (!patch(o, p, offset, found - o->providers + 1))
		return -ENOENT;
	mark(o->own, p->value + offset);
	return 0;
}

/* Number the nodes themselves: that of the smallest phandle is 1. */
static void number_providers(struct dtslot_overlay *o)
{
	struct dtslot_blob_prop p;
	u32 i;

	for (i = 0; i < o->phandle_count; i++) {
		dtslot_blob_prop(&o->blob, o->providers[i].node, "phandle", &p);
		dtslot_blob_set_cell(&o->blob, p.value, i + 1);
		mark(o->own, p.value);
	}
}

int dtslot_overlay_resolve(struct dtslot_overlay *o, const struct dtslot_scope *scope,
			   struct dtslot_text *text)
{
	u32 marks = o->blob.size / 128 + 1;
	int ret;

	o->patched = kvcalloc(marks, sizeof(*o->patched), GFP_KERNEL);
	o->own = kvcalloc(marks, sizeof(*o->own), GFP_KERNEL);
	if (!o->patched || !o->own)
		return dtslot_fail(text, -ENOMEM, "no memory for marks of %u bytes",
				   o->blob.size);
	ret = walk_local_fixups(o, apply_reference, text);
	if (ret)
		return ret;
	number_providers(o);
	ret = walk_fixups(o, apply_fixup, (void *)scope, text);
	return ret ?: dtslot_overlay_check_references(o, scope, text);
}

void dtslot_overlay_number(struct dtslot_overlay *o, u32 base)
{
	u32 at;

	for (at = 0; at < o->blob.size; at += 4)
		if (dtslot_overlay_is_own(o, at))
			dtslot_blob_set_cell(&o->blob, at, dtslot_blob_cell(&o->blob, at) + base);
}
