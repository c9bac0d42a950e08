// SPDX-License-Identifier: GPL-2.0-only
/*
 * A root for the live tree of a host that has none: arm64 booted by ACPI. The kernel
 * makes an empty one where the firmware gives no tree (x86), but not there. That of
 * 6.12 on x86 has no cells: one, which that means, has no room for BARs above 4 GiB.
 *
 * of_root is exported, and so is the function that makes nodes of a flat tree. What adds the
 * root to sysfs is not, so the directory of all trees is looked up by its name.
 *
 * The root and its cells stay when this module is unloaded: the kernel refers to them
 * from then on.
 */
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/of.h>
#include <linux/of_fdt.h>
#include <linux/slab.h>

#include "slot.h"

#define FDT_MAGIC	0xd00dfeed
#define FDT_BEGIN_NODE	1
#define FDT_END_NODE	2
#define FDT_PROP	3
#define FDT_END		9

#define CELLS		2	/* of addresses and of sizes, as below the root of x86 */

/* The root as a flat tree: header, no reserved memory, the node, names of its properties. */
struct flat_root {
	__be32 header[10];
	__be32 reserved[4];
	__be32 node[12];
	char names[28];
} __packed;

#define B(value)	cpu_to_be32(value)

static const struct flat_root flat_root = {
	.header = {
		B(FDT_MAGIC), B(sizeof(struct flat_root)), B(offsetof(struct flat_root, node)),
		B(offsetof(struct flat_root, names)), B(offsetof(struct flat_root, reserved)),
		B(17), B(16), B(0), B(sizeof_field(struct flat_root, names)),
		B(sizeof_field(struct flat_root, node)),
	},
	.node = {
		B(FDT_BEGIN_NODE), B(0),
		B(FDT_PROP), B(4), B(0), B(CELLS),
		B(FDT_PROP), B(4), B(sizeof("#address-cells")), B(CELLS),
		B(FDT_END_NODE), B(FDT_END),
	},
	.names = "#address-cells\0#size-cells",
};

/* Show a root as the kernel shows its own: /sys/firmware/devicetree/base. */
static int show_root(struct device_node *root)
{
	struct kernfs_node *trees = kernfs_find_and_get(firmware_kobj->sd, "devicetree");
	int ret;

	if (!trees)
		return -ENOENT;
	ret = kobject_add(&root->kobj, trees->priv, "base");
	kernfs_put(trees);
	return ret;
}

/* The kernel never frees a property of the root, so neither is this one. */
static int add_cells(const char *name)
{
	struct property *p = kzalloc(sizeof(*p), GFP_KERNEL);
	__be32 *cells = kmalloc(sizeof(*cells), GFP_KERNEL);
	char *copy = kstrdup(name, GFP_KERNEL);
	int ret = -ENOMEM;

	if (p && cells && copy) {
		*cells = B(CELLS);
		p->name = copy;
		p->value = cells;
		p->length = sizeof(*cells);
		ret = of_add_property(of_root, p);
	}
	if (ret) {
		kfree(copy);
		kfree(cells);
		kfree(p);
	}
	return ret;
}

/* What is below a root already has its addresses in the cells that the root has. */
static int complete_root(void)
{
	int ret;

	if (of_root->child || of_property_present(of_root, "#address-cells"))
		return 0;
	ret = add_cells("#size-cells");
	return ret ?: add_cells("#address-cells");
}

/**
 * dtslot_root_make() - make sure that the live tree has a root, with room for addresses
 *
 * Return: 0 or a negative error; a message is in the log then.
 */
int dtslot_root_make(void)
{
	struct device_node *root = NULL;
	void *flat, *memory = NULL;
	int ret = -ENOMEM;

	if (of_root)
		return complete_root();
	/* The nodes point into it. */
	flat = kmemdup(&flat_root, sizeof(flat_root), GFP_KERNEL);
	if (flat)
		memory = of_fdt_unflatten_tree(flat, NULL, &root);
	if (memory)
		ret = show_root(root);
	if (ret) {
		pr_err("dtslot: this host has no device tree, and no root for one can be made (error %d)\n",
		       ret);
		kfree(memory);
		kfree(flat);
		return ret;
	}
	of_node_clear_flag(root, OF_DETACHED);
	of_root = root;
	pr_info("dtslot: this host has no device tree: made an empty one\n");
	return 0;
}
