// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Overlays for whole trees: `corpus-test MODE TREE OVERLAY [TREE OVERLAY...]` prints for
 * each of them "ok" or what it is refused for.
 *
 * The slot exports every label of the tree (compiled with -@; "-" for none). In mode
 * "strict" it is a slot like any other. In mode "lenient" it lets overlays change nodes
 * that exist, so that what is behind the first refusal is seen, too.
 */
#include <libfdt.h>

#include "overlay.h"

struct tree {
	void *fdt;
	bool lenient;
};

static void *read_file(const char *name, size_t *size)
{
	FILE *f = fopen(name, "rb");
	u8 *data = malloc(DTSLOT_BLOB_MAX_SIZE);

	if (!f || !data) {
		perror(name);
		exit(2);
	}
	*size = fread(data, 1, DTSLOT_BLOB_MAX_SIZE, f);
	fclose(f);
	return data;
}

static int find_label(const struct tree *t, const char *label)
{
	int symbols = t->fdt ? fdt_path_offset(t->fdt, "/__symbols__") : -1;
	const char *path = symbols < 0 ? NULL : fdt_getprop(t->fdt, symbols, label, NULL);

	return path ? fdt_path_offset(t->fdt, path) : -1;
}

static u32 scope_phandle(void *priv, const char *label)
{
	const struct tree *t = priv;
	int node = find_label(t, label);

	return node < 0 ? 0 : fdt_get_phandle(t->fdt, node);
}

static bool scope_cells(void *priv, u32 phandle, const char *name, u32 *value)
{
	const struct tree *t = priv;
	int node = t->fdt ? fdt_node_offset_by_phandle(t->fdt, phandle) : -1, len;
	const void *prop = node < 0 ? NULL : fdt_getprop(t->fdt, node, name, &len);

	if (!prop || len != 4)
		return false;
	*value = get_unaligned_be32(prop);
	return true;
}

static bool scope_is_phandle(void *priv, u32 value)
{
	const struct tree *t = priv;

	return t->fdt && fdt_node_offset_by_phandle(t->fdt, value) >= 0;
}

static bool scope_has_child(void *priv, const char *label, const char *name)
{
	const struct tree *t = priv;
	int node = label ? find_label(t, label) : -1;

	return !t->lenient && node >= 0 && fdt_subnode_offset(t->fdt, node, name) >= 0;
}

static bool scope_has_prop(void *priv, const char *label, const char *name, const void *value,
			   u32 len)
{
	const struct tree *t = priv;
	int node = label ? find_label(t, label) : -1, has;
	const void *prop = node < 0 ? NULL : fdt_getprop(t->fdt, node, name, &has);

	return t->lenient || (prop && (u32)has == len && !memcmp(prop, value, len));
}

static void judge(const char *tree, const char *overlay, bool lenient)
{
	struct tree t = { .lenient = lenient };
	struct dtslot_text text = { "" };
	struct dtslot_overlay o;
	size_t size;
	void *data;

	if (strcmp(tree, "-"))
		t.fdt = read_file(tree, &size);
	data = read_file(overlay, &size);
	const struct dtslot_scope scope = {
		.priv = &t, .exports = "...", .phandle = scope_phandle, .cells = scope_cells,
		.is_phandle = scope_is_phandle, .has_child = scope_has_child,
		.has_prop = scope_has_prop,
	};
	if (dtslot_overlay_open(&o, data, size, &scope, &text))
		printf("check: %s\n", text.s);
	else if (dtslot_overlay_resolve(&o, &scope, &text))
		printf("resolve: %s\n", text.s);
	else
		printf("ok\n");
	dtslot_overlay_close(&o);
	free(data);
	free(t.fdt);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 2; i + 1 < argc; i += 2)
		judge(argv[i], argv[i + 1], !strcmp(argv[1], "lenient"));
	return 0;
}
