// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adds a node "foreign" to the live tree below a node of its user's choice, and takes it
 * off when it is unloaded: what any other code of the kernel may do to the nodes of a slot.
 */
#include <linux/module.h>
#include <linux/of.h>
#include <linux/slab.h>

static char *parent;
module_param(parent, charp, 0400);
MODULE_PARM_DESC(parent, "full path of the node above");

static unsigned int number;
module_param_named(phandle, number, uint, 0400);
MODULE_PARM_DESC(phandle, "phandle of the node; 0 for none");

static struct of_changeset added;

/* Have the node a phandle from the beginning, as the nodes of overlays have. */
static int add_phandle(struct device_node *np)
{
	__be32 value = cpu_to_be32(number);
	struct property *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	p->name = kstrdup("phandle", GFP_KERNEL);
	p->value = kmemdup(&value, sizeof(value), GFP_KERNEL);
	p->length = sizeof(value);
	of_property_set_flag(p, OF_DYNAMIC);
	np->properties = p;
	return p->name && p->value ? 0 : -ENOMEM;
}

static int __init foreign_init(void)
{
	struct device_node *np = of_find_node_by_path(parent);
	struct device_node *child;
	int ret;

	if (!np)
		return -ENODEV;
	of_changeset_init(&added);
	child = of_changeset_create_node(&added, np, "foreign");
	of_node_put(child);
	ret = child ? 0 : -ENOMEM;
	if (!ret && number)
		ret = add_phandle(child);
	if (!ret)
		ret = of_changeset_apply(&added);
	if (ret)
		of_changeset_destroy(&added);
	of_node_put(np);
	return ret;
}
module_init(foreign_init);

static void __exit foreign_exit(void)
{
	of_changeset_revert(&added);
	of_changeset_destroy(&added);
}
module_exit(foreign_exit);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("A node of another origin below one of a slot, for tests");
MODULE_LICENSE("GPL");
