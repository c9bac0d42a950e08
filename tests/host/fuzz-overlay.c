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

/*
 * Added nodes have the phandles that were reserved, each one another; and there is no
 * other way for a number to become one of a slot's.
 */
static void check_phandles(const struct dtslot_overlay *o)
{
	u32 *seen = calloc(o->phandle_count + 1, sizeof(*seen));
	const struct dtslot_blob *b = &o->blob;
	u32 i, node, at, cursor, value;
	struct dtslot_blob_prop p;

	EXPECT(seen);
	for (i = 0; i < o->fragment_count; i++) {
		for (node = o->fragments[i].node + 1; node < o->fragments[i].end; node++) {
			cursor = b->nodes[node].props;
			while (dtslot_blob_next_prop(b, &cursor, &p)) {
				for (at = p.value; at + 4 <= p.value + p.len; at += 4) {
					value = dtslot_blob_cell(b, at) - DTSLOT_PHANDLE_FIRST;
					if (value >= DTSLOT_PHANDLE_COUNT)
						continue;
					value = dtslot_blob_cell(b, at) - SCOPE_BASE - 1;
					EXPECT(value < o->phandle_count);
					EXPECT(dtslot_overlay_is_own(o, at));
					if (!strcmp(p.name, "phandle"))
						EXPECT(!seen[value]++);
				}
			}
		}
	}
	for (i = 0; i < o->phandle_count; i++)
		EXPECT(seen[i] == 1);
	free(seen);
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
	ret = dtslot_overlay_resolve(&o, &scope, &text);
	EXPECT(!ret == !text.s[0]);
	if (!ret) {
		dtslot_overlay_number(&o, SCOPE_BASE);
		EXPECT(!fdt_check_full(o.blob.data, o.blob.size));
		check_phandles(&o);
	}
	dtslot_overlay_close(&o);
	return 0;
}
