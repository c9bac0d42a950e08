// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reader and patcher of flattened overlays: structure.
 *
 * The format is that of the Devicetree Specification, version 17 of the
 * flattened format (chapter 5): a header of ten big-endian cells, a structure
 * block of 32-bit tokens and a block of strings.
 */
#include "blob.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#endif

#define FDT_MAGIC	0xd00dfeed
#define FDT_VERSION	17
#define FDT_HEADER_SIZE	40

/* Offsets of the header's cells. */
#define FDT_OFF_MAGIC		0
#define FDT_OFF_TOTALSIZE	4
#define FDT_OFF_STRUCT		8
#define FDT_OFF_STRINGS		12
#define FDT_OFF_RSVMAP		16
#define FDT_OFF_VERSION		20
#define FDT_OFF_LAST_COMP	24
#define FDT_OFF_SIZE_STRINGS	32
#define FDT_OFF_SIZE_STRUCT	36

#define FDT_BEGIN_NODE	1
#define FDT_END_NODE	2
#define FDT_PROP	3
#define FDT_NOP		4
#define FDT_END		9

int dtslot_fail(struct dtslot_text *text, int err, const char *fmt, ...)
{
	va_list args;

	if (text) {
		va_start(args, fmt);
		vsnprintf(text->s, sizeof(text->s), fmt, args);
		va_end(args);
	}
	return err;
}

u32 dtslot_blob_cell(const struct dtslot_blob *b, u32 offset)
{
	return get_unaligned_be32(b->data + offset);
}

void dtslot_blob_set_cell(struct dtslot_blob *b, u32 offset, u32 value)
{
	put_unaligned_be32(value, b->data + offset);
}

/* Characters of names: Devicetree Specification 2.2.1 and 2.2.4. */
static bool name_char(char c, bool prop)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return true;
	return c && strchr(prop ? ",._+?#-" : ",._+-", c);
}

/* How many of the first characters may be in a name. */
static size_t name_span(const char *name, size_t len, bool prop)
{
	bool unit = false;
	size_t i;

	for (i = 0; i < len; i++) {
		if (name_char(name[i], prop))
			continue;
		if (prop || name[i] != '@' || unit || !i)
			break;
		unit = true;
	}
	return i;
}

static bool name_ok(const char *name, size_t len, bool prop)
{
	return len && len <= DTSLOT_BLOB_MAX_NAME && name_span(name, len, prop) == len;
}

/*
 * The walk over the structure block that checks it. It runs twice: first to
 * check and count, then, with room for them, to index the nodes.
 */
struct walk {
	struct dtslot_blob *b;
	struct dtslot_text *text;
	u32 pos;		/* offset of the next token */
	u32 stack[DTSLOT_BLOB_MAX_DEPTH];
	u32 last[DTSLOT_BLOB_MAX_DEPTH];	/* last child seen at each level */
	u32 depth;
	u32 count;
	bool seen_child;	/* the node under the cursor has had a child already */
};

/* What is before the character that may not be there is printable. */
static int refuse_name(struct walk *w, const char *name, size_t len, bool prop)
{
	const char *what = prop ? "property" : "node";
	size_t good = name_span(name, len, prop);

	if (len > DTSLOT_BLOB_MAX_NAME)
		return dtslot_fail(w->text, -EINVAL,
				   "bad name of a %s at byte %u: it has more than %u characters",
				   what, w->pos, DTSLOT_BLOB_MAX_NAME);
	if (good == len)
		return dtslot_fail(w->text, -EINVAL, "bad name of a %s at byte %u: '%.*s'", what,
				   w->pos, (int)len, name);
	return dtslot_fail(w->text, -EINVAL,
			   "bad name of a %s at byte %u: 0x%02x behind '%.*s' may not be in it",
			   what, w->pos, (u8)name[good], (int)min_t(size_t, good, 64), name);
}

static int walk_begin_node(struct walk *w)
{
	struct dtslot_blob *b = w->b;
	const char *name = (const char *)b->data + w->pos;
	size_t room = b->struct_end - w->pos;
	size_t len = strnlen(name, room);
	u32 index = w->count;

	if (len == room)
		return dtslot_fail(w->text, -EINVAL,
				   "truncated: the name of a node at byte %u has no end", w->pos);
	if (w->depth == DTSLOT_BLOB_MAX_DEPTH)
		return dtslot_fail(w->text, -E2BIG, "nodes nest deeper than %u levels",
				   DTSLOT_BLOB_MAX_DEPTH);
	if (!w->depth && index)
		return dtslot_fail(w->text, -EINVAL, "a second root node at byte %u", w->pos);
	if (w->depth ? !name_ok(name, len, false) : len != 0)
		return refuse_name(w, name, len, false);

	if (b->nodes) {
		struct dtslot_blob_node *n = &b->nodes[index];

		n->name = w->pos;
		n->props = w->pos + ALIGN((u32)len + 1, 4);
		n->parent = w->depth ? w->stack[w->depth - 1] : DTSLOT_NONE;
		n->child = DTSLOT_NONE;
		n->sibling = DTSLOT_NONE;
		n->depth = w->depth;
		n->cursor = DTSLOT_NONE;
		if (w->depth) {
			u32 last = w->last[w->depth - 1];

			if (last == DTSLOT_NONE) {
				b->nodes[n->parent].child = index;
				b->nodes[n->parent].cursor = index;
			} else {
				b->nodes[last].sibling = index;
			}
			w->last[w->depth - 1] = index;
		}
	}
	w->stack[w->depth] = index;
	w->last[w->depth] = DTSLOT_NONE;
	w->depth++;
	w->count++;
	w->seen_child = false;
	w->pos += ALIGN((u32)len + 1, 4);
	return 0;
}

static int walk_prop(struct walk *w)
{
	struct dtslot_blob *b = w->b;
	u32 len, nameoff;
	const char *name;
	size_t n;

	if (!w->depth)
		return dtslot_fail(w->text, -EINVAL, "a property outside any node at byte %u",
				   w->pos);
	if (w->seen_child)
		return dtslot_fail(w->text, -EINVAL, "a property behind a child node at byte %u",
				   w->pos);
	if (b->struct_end - w->pos < 8)
		return dtslot_fail(w->text, -EINVAL, "truncated: half a property at byte %u",
				   w->pos);
	len = dtslot_blob_cell(b, w->pos);
	nameoff = dtslot_blob_cell(b, w->pos + 4);
	if (len > b->struct_end - w->pos - 8)
		return dtslot_fail(w->text, -EINVAL,
				   "truncated: a property at byte %u has %u bytes of value, %u are left",
				   w->pos, len, b->struct_end - w->pos - 8);
	if (nameoff >= b->strings_size)
		return dtslot_fail(w->text, -EINVAL,
				   "the name of a property at byte %u is outside the strings",
				   w->pos);
	name = (const char *)b->data + b->strings + nameoff;
	n = strnlen(name, b->strings_size - nameoff);
	if (n == b->strings_size - nameoff || !name_ok(name, n, true))
		return refuse_name(w, name, n, true);
	w->pos += 8 + ALIGN(len, 4);
	return 0;
}

static int walk_structure(struct dtslot_blob *b, u32 start, u32 *count, struct dtslot_text *text)
{
	struct walk w = { .b = b, .text = text, .pos = start };
	int ret;

	for (;;) {
		u32 token;

		if (w.pos > b->struct_end || b->struct_end - w.pos < 4)
			return dtslot_fail(text, -EINVAL,
					   "truncated: the structure ends at byte %u without an end mark",
					   b->struct_end);
		token = dtslot_blob_cell(b, w.pos);
		w.pos += 4;
		switch (token) {
		case FDT_BEGIN_NODE:
			ret = walk_begin_node(&w);
			if (ret)
				return ret;
			break;
		case FDT_END_NODE:
			if (!w.depth)
				return dtslot_fail(text, -EINVAL,
						   "one end of a node too many at byte %u", w.pos);
			w.depth--;
			w.seen_child = true;
			break;
		case FDT_PROP:
			ret = walk_prop(&w);
			if (ret)
				return ret;
			break;
		case FDT_NOP:
			break;
		case FDT_END:
			if (w.depth || !w.count)
				return dtslot_fail(text, -EINVAL,
						   "truncated: the structure ends at byte %u inside a node",
						   w.pos);
			*count = w.count;
			return 0;
		default:
			return dtslot_fail(text, -EINVAL, "unknown token 0x%x at byte %u",
					   token, w.pos - 4);
		}
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *find_twin(const char **names, u32 n)
{
	u32 i;

	sort(names, n, sizeof(*names), compare_names, NULL);
	for (i = 1; i < n; i++)
		if (!strcmp(names[i - 1], names[i]))
			return names[i];
	return NULL;
}

/*
 * Two nodes or two properties of one name under one parent: the kernel would
 * make two entries of one name in sysfs, and which of them is read is chance.
 * Sorting keeps this n log n for whoever sends 100,000 siblings.
 */
static int check_twins(struct dtslot_blob *b, struct dtslot_text *text)
{
	struct dtslot_blob_prop p;
	const char **names, *twin;
	u32 i, c, n, room = 0;
	int ret = 0;

	for (i = 0; i < b->count; i++) {
		n = 0;
		for (c = b->nodes[i].child; c != DTSLOT_NONE; c = b->nodes[c].sibling)
			n++;
		room = max(room, n);
		n = 0;
		c = b->nodes[i].props;
		while (dtslot_blob_next_prop(b, &c, &p))
			n++;
		room = max(room, n);
	}
	if (room < 2)
		return 0;

	names = kvmalloc_array(room, sizeof(*names), GFP_KERNEL);
	if (!names)
		return dtslot_fail(text, -ENOMEM, "no memory for %u names", room);

	for (i = 0; i < b->count && !ret; i++) {
		n = 0;
		for (c = b->nodes[i].child; c != DTSLOT_NONE; c = b->nodes[c].sibling)
			names[n++] = dtslot_blob_name(b, c);
		twin = find_twin(names, n);
		if (twin) {
			ret = dtslot_fail(text, -EINVAL, "node '%s' has two children named '%s'",
					  dtslot_blob_name(b, i), twin);
			break;
		}
		n = 0;
		c = b->nodes[i].props;
		while (dtslot_blob_next_prop(b, &c, &p))
			names[n++] = p.name;
		twin = find_twin(names, n);
		if (twin)
			ret = dtslot_fail(text, -EINVAL, "node '%s' has two properties named '%s'",
					  dtslot_blob_name(b, i), twin);
	}
	kvfree(names);
	return ret;
}

/* Memory reservations mean nothing in an overlay: there must be none. */
static bool rsvmap_is_empty(const u8 *h, u32 total)
{
	u32 off = get_unaligned_be32(h + FDT_OFF_RSVMAP);
	u32 i;

	if (off % 8 || off < FDT_HEADER_SIZE || off > total || total - off < 16)
		return false;
	for (i = 0; i < 16; i++)
		if (h[off + i])
			return false;
	return true;
}

/* What people take for an overlay, by how it begins, and what makes one of it. */
static const struct {
	const char *begin;
	u32 size;
	const char *what;
} containers[] = {
	{ "\x1f\x8b", 2, "compressed by gzip: unpack it with gunzip" },
	{ "\xfd\x37zXZ", 5, "compressed by xz: unpack it with unxz" },
	{ "\x28\xb5\x2f\xfd", 4, "compressed by zstd: unpack it with unzstd" },
	{ "\x04\x22\x4d\x18", 4, "compressed by lz4: unpack it with unlz4" },
	{ "BZh", 3, "compressed by bzip2: unpack it with bunzip2" },
	{ "\x5d\x00\x00", 3, "compressed by lzma: unpack it with unlzma" },
	{ "\x89LZO", 4, "compressed by lzop: unpack it with lzop -d" },
	{ "\xed\xfe\x0d\xd0", 4,
	  "one with the bytes of each word in reverse: copy it byte by byte" },
	{ "\x0d\xd0\xed\xfe", 4,
	  "one with the bytes of each pair swapped: copy it byte by byte" },
	{ "PK\x03\x04", 4, "a ZIP archive: unpack it" },
	{ "\xd7\xb7\xab\x1e", 4,
	  "Android's image of several overlays: take one out of it with mkdtboimg dump" },
	{ "ANDROID!", 8, "an Android boot image: take the overlay out of it with unpack_bootimg" },
	{ "\x27\x05\x19\x56", 4, "a U-Boot image: take the overlay out of it with dumpimage" },
	{ "\x7f\x45LF", 4, "an object file: use the .dtbo that it was made of" },
	{ "version https://git-lfs", 23, "a pointer of Git LFS: fetch the file with git lfs pull" },
	{ "/dts-v1/", 8, "a source: compile it with dtc -@ -O dtb" },
	{ "//", 2, "a source: compile it with dtc -@ -O dtb, behind the C preprocessor" },
	{ "/*", 2, "a source: compile it with dtc -@ -O dtb, behind the C preprocessor" },
	{ "#include", 8, "a source: compile it with dtc -@ -O dtb, behind the C preprocessor" },
	{ "<!DOCTYPE", 9, "a web page: fetch the raw file" },
	{ "<html", 5, "a web page: fetch the raw file" },
};

/* How many bytes are before the first word of a text: white space, an editor's mark. */
static size_t text_begin(const u8 *data, size_t size)
{
	size_t i = size > 3 && !memcmp(data, "\xef\xbb\xbf", 3) ? 3 : 0;

	while (i < size && data[i] && strchr(" \t\r\n", data[i]))
		i++;
	return i;
}

static const char *match_container(const u8 *data, size_t size)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(containers); i++)
		if (size >= containers[i].size &&
		    !memcmp(data, containers[i].begin, containers[i].size))
			return containers[i].what;
	return NULL;
}

static const char *find_container(const u8 *data, size_t size)
{
	size_t begin = text_begin(data, size);
	const char *what = match_container(data, size);

	return what ? what : match_container(data + begin, size - begin);
}

/* Where in some bytes a flattened tree begins; @size if none does. */
static size_t find_magic(const u8 *data, size_t from, size_t size)
{
	for (; from + 4 <= size; from++)
		if (data[from] == FDT_MAGIC >> 24 && get_unaligned_be32(data + from) == FDT_MAGIC)
			return from;
	return size;
}

static int refuse_beginning(const u8 *h, size_t size, struct dtslot_text *text)
{
	size_t begin = find_magic(h, 0, size);

	if (begin < size)
		return dtslot_fail(text, -EINVAL,
				   "not a flattened tree: one begins at byte %zu, cut off what is before it",
				   begin);
	return dtslot_fail(text, -EINVAL,
			   "not a flattened tree: it begins with 0x%08x, not 0xd00dfeed (compile it with dtc -O dtb)",
			   get_unaligned_be32(h));
}

/* Padding of a memory may be behind an overlay, and another overlay may not: nothing reads it. */
static bool is_followed(const u8 *h, u32 total, size_t size)
{
	size_t i = total;

	while (i < size && (!h[i] || h[i] == 0xff))
		i++;
	return i < size && find_magic(h, i, size) == i;
}

static int check_header(struct dtslot_blob *b, const u8 *h, size_t size, struct dtslot_text *text)
{
	const char *container = find_container(h, size);
	u32 total, off_struct, size_struct, version, last;

	if (container)
		return dtslot_fail(text, -EINVAL, "not a flattened tree but %s", container);
	if (size < FDT_HEADER_SIZE)
		return dtslot_fail(text, -EINVAL,
				   "truncated: %zu bytes, a flattened tree has at least %u",
				   size, FDT_HEADER_SIZE);
	if (get_unaligned_be32(h + FDT_OFF_MAGIC) != FDT_MAGIC)
		return refuse_beginning(h, size, text);
	total = get_unaligned_be32(h + FDT_OFF_TOTALSIZE);
	if (total > size)
		return dtslot_fail(text, -EINVAL,
				   "truncated: the header says %u bytes, there are %zu",
				   total, size);
	if (is_followed(h, total, size))
		return dtslot_fail(text, -EINVAL,
				   "behind the %u bytes of the overlay another one begins, which nothing adds: put each into a file of its own",
				   total);
	if (total > DTSLOT_BLOB_MAX_SIZE)
		return dtslot_fail(text, -E2BIG, "%u bytes, more than the %u that are accepted",
				   total, DTSLOT_BLOB_MAX_SIZE);
	version = get_unaligned_be32(h + FDT_OFF_VERSION);
	last = get_unaligned_be32(h + FDT_OFF_LAST_COMP);
	if (version < FDT_VERSION || last > FDT_VERSION)
		return dtslot_fail(text, -EINVAL,
				   "version %u (compatible to %u) of the format, 17 is needed (compile it with dtc -V 17)",
				   version, last);
	off_struct = get_unaligned_be32(h + FDT_OFF_STRUCT);
	size_struct = get_unaligned_be32(h + FDT_OFF_SIZE_STRUCT);
	b->strings = get_unaligned_be32(h + FDT_OFF_STRINGS);
	b->strings_size = get_unaligned_be32(h + FDT_OFF_SIZE_STRINGS);
	if (total < FDT_HEADER_SIZE || off_struct % 4 ||
	    off_struct < FDT_HEADER_SIZE || off_struct > total ||
	    size_struct > total - off_struct)
		return dtslot_fail(text, -EINVAL,
				   "the structure block (%u bytes at %u) is not inside the %u bytes of the blob",
				   size_struct, off_struct, total);
	if (b->strings < FDT_HEADER_SIZE || b->strings > total ||
	    b->strings_size > total - b->strings)
		return dtslot_fail(text, -EINVAL,
				   "the strings block (%u bytes at %u) is not inside the %u bytes of the blob",
				   b->strings_size, b->strings, total);
	if (!rsvmap_is_empty(h, total))
		return dtslot_fail(text, -EINVAL,
				   "the memory reservations at byte %u are not an empty list",
				   get_unaligned_be32(h + FDT_OFF_RSVMAP));
	b->size = total;
	b->struct_end = off_struct + size_struct;
	return 0;
}

int dtslot_blob_open(struct dtslot_blob *b, const void *data, size_t size,
		     struct dtslot_text *text)
{
	u32 start, count;
	int ret;

	memset(b, 0, sizeof(*b));
	ret = check_header(b, data, size, text);
	if (ret)
		return ret;
	start = get_unaligned_be32((const u8 *)data + FDT_OFF_STRUCT);

	b->data = kvmalloc(b->size, GFP_KERNEL);
	if (!b->data)
		return dtslot_fail(text, -ENOMEM, "no memory for the %u bytes of the blob",
				   b->size);
	memcpy(b->data, data, b->size);

	ret = walk_structure(b, start, &count, text);
	if (ret)
		goto err_close;
	b->nodes = kvmalloc_array(count, sizeof(*b->nodes), GFP_KERNEL);
	if (!b->nodes) {
		ret = dtslot_fail(text, -ENOMEM, "no memory for an index of %u nodes", count);
		goto err_close;
	}
	ret = walk_structure(b, start, &b->count, text);
	if (ret)
		goto err_close;
	ret = check_twins(b, text);
	if (ret)
		goto err_close;
	return 0;

err_close:
	dtslot_blob_close(b);
	return ret;
}

void dtslot_blob_close(struct dtslot_blob *b)
{
	kvfree(b->nodes);
	kvfree(b->data);
	memset(b, 0, sizeof(*b));
}

bool dtslot_blob_next_prop(const struct dtslot_blob *b, u32 *cursor,
			   struct dtslot_blob_prop *p)
{
	u32 pos = *cursor;

	while (dtslot_blob_cell(b, pos) == FDT_NOP)
		pos += 4;
	if (dtslot_blob_cell(b, pos) != FDT_PROP)
		return false;
	p->len = dtslot_blob_cell(b, pos + 4);
	p->name = (const char *)b->data + b->strings + dtslot_blob_cell(b, pos + 8);
	p->value = pos + 12;
	*cursor = p->value + ALIGN(p->len, 4);
	return true;
}

bool dtslot_blob_prop(const struct dtslot_blob *b, u32 node, const char *name,
		      struct dtslot_blob_prop *p)
{
	u32 cursor = b->nodes[node].props;

	while (dtslot_blob_next_prop(b, &cursor, p))
		if (!strcmp(p->name, name))
			return true;
	return false;
}

u32 dtslot_blob_child(struct dtslot_blob *b, u32 node, const char *name, size_t len)
{
	struct dtslot_blob_node *n = &b->nodes[node];
	u32 c = n->cursor;

	if (c == DTSLOT_NONE)
		return DTSLOT_NONE;
	do {
		const char *s = dtslot_blob_name(b, c);

		if (strlen(s) == len && !memcmp(s, name, len)) {
			n->cursor = c;
			return c;
		}
		c = b->nodes[c].sibling;
		if (c == DTSLOT_NONE)
			c = n->child;
	} while (c != n->cursor);
	return DTSLOT_NONE;
}

u32 dtslot_blob_lookup(struct dtslot_blob *b, const char *path, size_t len)
{
	const char *end = path + len;
	u32 node = 0;

	if (!len || *path != '/')
		return DTSLOT_NONE;
	path++;
	while (path < end && node != DTSLOT_NONE) {
		const char *slash = memchr(path, '/', end - path);
		size_t n = (slash ? slash : end) - path;

		node = dtslot_blob_child(b, node, path, n);
		path += n + (slash ? 1 : 0);
	}
	return node;
}
