// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Coverage-guided fuzzing of the overlay's reader, checker and patcher. What is
 * accepted libfdt must find well-formed, and see in it the nodes, properties and
 * values that we see.
 */
#include <libfdt.h>

#include "expect.h"
#include "scope.h"

/* Node by node in document order: names, depths, properties. */
static void compare(const struct dtslot_blob *b)
{
	struct dtslot_blob_prop p;
	int at = -1, depth = -1, prop, len;
	const void *value;
	const char *name;
	u32 i, cursor;

	for (i = 0; i < b->count; i++) {
		at = fdt_next_node(b->data, at, &depth);
		EXPECT(at >= 0);
		EXPECT((u32)depth == b->nodes[i].depth);
		name = fdt_get_name(b->data, at, NULL);
		EXPECT(name && !strcmp(name, dtslot_blob_name(b, i)));
		cursor = b->nodes[i].props;
		fdt_for_each_property_offset(prop, b->data, at) {
			value = fdt_getprop_by_offset(b->data, prop, &name, &len);
			EXPECT(value && dtslot_blob_next_prop(b, &cursor, &p));
			EXPECT(!strcmp(name, p.name));
			EXPECT((u32)len == p.len && value == b->data + p.value);
		}
		EXPECT(!dtslot_blob_next_prop(b, &cursor, &p));
	}
	EXPECT(fdt_next_node(b->data, at, &depth) < 0 || depth < 0);
}

/* No two nodes have one phandle, and each is in the range that was reserved. */
static void check_phandles(const struct dtslot_overlay *o)
{
	struct dtslot_blob_prop p;
	u32 i;

	for (i = 0; i < o->blob.count; i++)
		if (dtslot_blob_prop(&o->blob, i, "phandle", &p))
			EXPECT(dtslot_blob_cell(&o->blob, p.value) - SCOPE_BASE - 1 <
			       o->phandle_max);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct dtslot_text text = { "" };
	struct dtslot_overlay o;
	int ret;

	ret = dtslot_overlay_open(&o, data, size, &scope, &text);
	EXPECT(!ret == !text.s[0]);
	if (ret)
		return 0;
	EXPECT(!fdt_check_full(data, size));
	compare(&o.blob);
	ret = dtslot_overlay_resolve(&o, SCOPE_BASE, &scope, &text);
	EXPECT(!ret == !text.s[0]);
	if (!ret) {
		EXPECT(!fdt_check_full(o.blob.data, o.blob.size));
		check_phandles(&o);
	}
	dtslot_overlay_close(&o);
	return 0;
}
