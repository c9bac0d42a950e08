// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tree that an overlay is to fit: the live one, flattened, or a file. What a slot in
 * it shows to overlays is said to the modules' own checks by struct dtslot_scope.
 */
#include <dirent.h>
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtslot.h"
#include "base.h"

#define BASE		"/sys/firmware/devicetree/base"
#define BASE_MOST	(16U << 20)	/* bytes of a tree */
#define VALUE_MOST	(1024U * 1024)	/* bytes of a property */
#define DEPTH_MOST	32
#define CELLS_UNKNOWN	0xffff

/* The specification's limits for what is free to choose. */
#define PHANDLE_LAST	0xfffffffeU

/* Files are properties, directories nodes, links neither. Returns 0 or an error of libfdt. */
static int flatten(void *fdt, const char *path, const char *name, int depth)
{
	struct names names;
	struct bytes bytes;
	struct stat st;
	char *inner;
	int pass, err;
	size_t i;

	err = depth < DEPTH_MOST ? fdt_begin_node(fdt, name) : -FDT_ERR_NOSPACE;
	if (err)
		return err;
	file_names(&names, "%s", path);
	/* Properties come before nodes. */
	for (pass = 0; pass < 2 && !err; pass++) {
		for (i = 0; i < names.count && !err; i++) {
			inner = format("%s/%s", path, names.name[i]);
			char *real = at_root("%s", inner);

			if (lstat(real, &st)) {
				;
			} else if (S_ISDIR(st.st_mode) && pass) {
				err = flatten(fdt, inner, names.name[i], depth + 1);
			} else if (S_ISREG(st.st_mode) && !pass && strcmp(names.name[i], "name") &&
				   !file_read(real, VALUE_MOST, &bytes)) {
				err = fdt_property(fdt, names.name[i], bytes.data, bytes.size);
				free(bytes.data);
			}
			free(real);
			free(inner);
		}
	}
	names_free(&names);
	return err ? err : fdt_end_node(fdt);
}

/**
 * base_live() - flatten the live tree
 *
 * Return: the tree, to be freed; NULL if there is none or it is too large.
 */
void *base_live(void)
{
	void *fdt;
	int err;

	if (!file_exists(BASE))
		return NULL;
	fdt = allocate(BASE_MOST);
	err = fdt_create(fdt, BASE_MOST);
	if (!err)
		err = fdt_finish_reservemap(fdt);
	if (!err)
		err = flatten(fdt, BASE, "", 0);
	if (!err)
		err = fdt_finish(fdt);
	if (!err)
		return fdt;
	free(fdt);
	return NULL;
}

/**
 * base_file() - read a tree from a file
 * @path: the file
 *
 * Return: the tree, to be freed; NULL after a message.
 */
void *base_file(const char *path)
{
	struct bytes bytes;
	int err = file_read(path, BASE_MOST, &bytes);

	if (err) {
		fail(STATUS_FINDING, "%s: %s; name a tree that dtc -O dtb made", path,
		     strerror(-err));
		return NULL;
	}
	err = -FDT_ERR_TRUNCATED;
	if (bytes.size >= FDT_V1_SIZE)
		err = fdt_check_full(bytes.data, bytes.size);
	if (!err)
		return bytes.data;
	fail(STATUS_FINDING, "%s: %s; name a tree that dtc -O dtb made", path, fdt_strerror(err));
	free(bytes.data);
	return NULL;
}

static void add_export(struct base *base, const char *label, int node, uint32_t phandle)
{
	struct export *e;

	base->export = grow(base->export, base->count, sizeof(*e));
	e = &base->export[base->count++];
	*e = (struct export){ .label = copy_text(label), .phandle = phandle, .node = node };
	make_printable(e->label);
}

/* The properties of "exports" name nodes. */
static void take_exports(struct base *base, int connector)
{
	int exports = fdt_subnode_offset(base->fdt, connector, "exports"), at, length;
	const fdt32_t *value;
	const char *name;
	uint32_t phandle;

	if (exports < 0)
		return;
	fdt_for_each_property_offset(at, base->fdt, exports) {
		value = fdt_getprop_by_offset(base->fdt, at, &name, &length);
		if (!value || length != 4 || !strcmp(name, "phandle"))
			continue;
		phandle = fdt32_to_cpu(*value);
		add_export(base, name, fdt_node_offset_by_phandle(base->fdt, phandle), phandle);
	}
}

/**
 * base_at_connector() - make a connector what overlays fit into
 * @base: its tree is set
 * @path: path of the connector's node; NULL for the only one there is
 * @name: what to call the tree in messages
 *
 * Return: 0; or a status after a message.
 */
int base_at_connector(struct base *base, const char *path, const char *name)
{
	static const char compatible[] = "dtslot,connector";
	int node, next;

	if (path) {
		node = fdt_path_offset(base->fdt, path);
		if (node < 0)
			return fail(STATUS_USAGE,
				    "%s: has no node %s; dtc -I dtb -O dts %s shows what it has",
				    name, path, name);
	} else {
		node = fdt_node_offset_by_compatible(base->fdt, -1, compatible);
		if (node < 0)
			return fail(STATUS_FINDING,
				    "%s: has no node that is compatible with %s; name the target by --target",
				    name, compatible);
		next = fdt_node_offset_by_compatible(base->fdt, node, compatible);
		if (next >= 0)
			return fail(STATUS_USAGE,
				    "%s: has several connectors; name one by --target",
				    name);
	}
	base->target = node;
	if (!fdt_node_check_compatible(base->fdt, node, compatible)) {
		take_exports(base, node);
		base->target = fdt_subnode_offset(base->fdt, node, "devices");
		if (base->target < 0)
			return fail(STATUS_FINDING,
				    "%s: its connector has no node \"devices\"; add one, as dts/bindings say",
				    name);
	}
	return 0;
}

/* "#clock-cells=2" */
static bool take_cells(struct export *e, char *text)
{
	char *sign = strchr(text, '='), *end;
	unsigned long value;

	if (*text != '#' || !sign)
		return false;
	*sign = '\0';
	value = strtoul(sign + 1, &end, 10);
	if (!sign[1] || *end || value > 255)
		return false;
	e->cells = grow(e->cells, e->cell_count, sizeof(*e->cells));
	e->cells[e->cell_count++] = (struct cells){ .name = copy_text(text), .value = value };
	return true;
}

/**
 * base_export() - add an export that a person typed
 * @base: the base
 * @text: LABEL[=PATH][,#NAME-cells=NUMBER]...
 *
 * Return: 0; or STATUS_USAGE after a message.
 */
int base_export(struct base *base, const char *text)
{
	char *copy = copy_text(text), *save, *part = strtok_r(copy, ",", &save), *path;
	uint32_t phandle = PHANDLE_LAST - base->count;
	int node = -1, status = 0;

	path = part ? strchr(part, '=') : NULL;
	if (path)
		*path++ = '\0';
	if (path && base->fdt)
		node = fdt_path_offset(base->fdt, path);
	if (path && node < 0)
		status = fail(STATUS_USAGE, "-e %s: the base has no node %s; name a tree by --base",
			      text, path);
	if (node >= 0 && fdt_get_phandle(base->fdt, node))
		phandle = fdt_get_phandle(base->fdt, node);
	if (part && !status)
		add_export(base, part, node, phandle);
	for (part = strtok_r(NULL, ",", &save); part && !status; part = strtok_r(NULL, ",", &save))
		if (!take_cells(&base->export[base->count - 1], part))
			status = fail(STATUS_USAGE,
				      "-e %s: is not LABEL[=PATH][,#NAME-cells=NUMBER]...",
				      text);
	if (!base->count && !status)
		status = fail(STATUS_USAGE, "-e %s: is not LABEL[=PATH][,#NAME-cells=NUMBER]...",
			      text);
	free(copy);
	return status;
}

/**
 * base_promise() - add an export of which only the label is known
 * @base: the base
 * @label: the label
 */
void base_promise(struct base *base, const char *label)
{
	add_export(base, label, -1, PHANDLE_LAST - base->count);
}

/**
 * base_free() - free what a base holds
 * @base: the base
 */
void base_free(struct base *base)
{
	while (base->count) {
		struct export *e = &base->export[--base->count];

		while (e->cell_count)
			free(e->cells[--e->cell_count].name);
		free(e->cells);
		free(e->label);
	}
	free(base->export);
	free(base->fdt);
	free(base->labels);
}

static const struct export *find_export(const struct base *base, const char *label)
{
	size_t i;

	for (i = 0; i < base->count; i++)
		if (!strcmp(base->export[i].label, label))
			return &base->export[i];
	return NULL;
}

/* Return: offset of the target's node; negative if no tree says what it has. */
static int target_of(const struct base *base, const char *label)
{
	const struct export *e = label ? find_export(base, label) : NULL;

	if (!base->fdt)
		return -1;
	return label ? (e ? e->node : -1) : base->target;
}

static u32 scope_phandle(void *priv, const char *label)
{
	const struct export *e = find_export(priv, label);

	return e ? e->phandle : 0;
}

static bool scope_has_child(void *priv, const char *label, const char *name)
{
	const struct base *base = priv;
	int target = target_of(base, label);

	return target >= 0 && !base->filled && fdt_subnode_offset(base->fdt, target, name) >= 0;
}

static bool scope_cells(void *priv, u32 phandle, const char *name, u32 *value)
{
	const struct base *base = priv;
	const fdt32_t *property;
	int length;
	size_t i, j;

	for (i = 0; i < base->count; i++) {
		const struct export *e = &base->export[i];

		if (e->phandle != phandle)
			continue;
		for (j = 0; j < e->cell_count; j++) {
			if (strcmp(e->cells[j].name, name))
				continue;
			*value = e->cells[j].value;
			return true;
		}
		/* Not known: so many that the rest of the list is not looked at. */
		if (e->node < 0) {
			*value = CELLS_UNKNOWN;
			return true;
		}
		property = fdt_getprop(base->fdt, e->node, name, &length);
		if (!property || length != 4)
			return false;
		*value = fdt32_to_cpu(*property);
		return true;
	}
	return false;
}

static bool scope_is_phandle(void *priv, u32 value)
{
	const struct base *base = priv;

	return base->fdt && value <= PHANDLE_LAST &&
	       fdt_node_offset_by_phandle(base->fdt, value) >= 0;
}

/* Of a target that is not known, the numbers of cells are taken for right. */
static bool scope_has_prop(void *priv, const char *label, const char *name, const void *value,
			   u32 len)
{
	const struct base *base = priv;
	int target = target_of(base, label), length;
	const void *property;

	if (target < 0)
		return !strcmp(name, "#address-cells") || !strcmp(name, "#size-cells");
	property = fdt_getprop(base->fdt, target, name, &length);
	return property && length == len && !memcmp(property, value, len);
}

/**
 * base_scope() - say to the checks what a base shows
 * @base: the base
 * @scope: filled; valid until base_free()
 */
void base_scope(struct base *base, struct dtslot_scope *scope)
{
	char *labels = copy_text("");
	size_t i;

	for (i = 0; i < base->count; i++) {
		char *more = format("%s%s%s", labels, i ? ", " : "", base->export[i].label);

		free(labels);
		labels = more;
	}
	free(base->labels);
	base->labels = labels;
	*scope = (struct dtslot_scope){
		.priv = base,
		.exports = *labels ? labels : "nothing",
		.root = base->fdt && !base->target,
		.phandle = scope_phandle,
		.has_child = scope_has_child,
		.cells = scope_cells,
		.is_phandle = scope_is_phandle,
		.has_prop = scope_has_prop,
	};
}
