/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an overlay is to fit into: a tree, a place in it, and what is exported there. */
#ifndef DTSLOT_TOOL_BASE_H
#define DTSLOT_TOOL_BASE_H

#include "overlay.h"

/**
 * struct cells - a number of cells that a person typed
 * @name: "#clock-cells" and the like
 * @value: the number
 */
struct cells {
	char *name;
	u32 value;
};

/**
 * struct export - a label that overlays may refer to
 * @label: the label
 * @phandle: what it stands for
 * @node: offset of its node in the tree; negative if that is not known
 * @cells: numbers of cells, instead of the node's own
 * @cell_count: how many
 */
struct export {
	char *label;
	u32 phandle;
	int node;
	struct cells *cells;
	size_t cell_count;
};

/**
 * struct base - what an overlay is to fit into
 * @fdt: the tree; NULL if nothing is known of it
 * @target: offset of the slot's own node in it; negative if it is not known
 * @filled: something is attached there now, which the overlay would take the place of
 * @export: what the slot exports
 * @count: how many
 * @labels: the exported labels in one line
 */
struct base {
	void *fdt;
	int target;
	bool filled;
	struct export *export;
	size_t count;
	char *labels;
};

void *base_live(void);
void *base_file(const char *path);
int base_at_connector(struct base *base, const char *path, const char *name);
int base_export(struct base *base, const char *text);
void base_promise(struct base *base, const char *label);
void base_scope(struct base *base, struct dtslot_scope *scope);
void base_free(struct base *base);

#endif
