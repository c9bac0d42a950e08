// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the nodes of a slot name: the suppliers that a device cannot do without.
 */
#include <linux/ctype.h>
#include <linux/of.h>
#include <linux/of_irq.h>

#include "slot.h"

/**
 * dtslot_is_below() - whether a node is somewhere below another
 * @np: the node
 * @top: the other
 *
 * Return: true if so, false for @top itself.
 */
bool dtslot_is_below(const struct device_node *np, const struct device_node *top)
{
	for (np = np->parent; np; np = np->parent)
		if (np == top)
			return true;
	return false;
}

/**
 * dtslot_next_in_subtree() - the next node of a subtree, in document order
 * @top: the root of the subtree, which comes first
 * @np: the node before; its reference is taken over
 *
 * Return: the node, with a reference, or NULL behind the last.
 */
struct device_node *dtslot_next_in_subtree(const struct device_node *top, struct device_node *np)
{
	struct device_node *next = of_get_next_child(np, NULL);

	if (next) {
		of_node_put(np);
		return next;
	}
	while (np != top) {
		struct device_node *parent = of_get_parent(np);

		next = of_get_next_child(parent, np);	/* puts np */
		if (next) {
			of_node_put(parent);
			return next;
		}
		np = parent;
	}
	of_node_put(np);
	return NULL;
}

/*
 * Properties that name suppliers without which a driver cannot probe. Those with
 * a leading "*" are suffixes. Without cells, each cell is a phandle.
 */
static const struct {
	const char *name;
	const char *cells;
} supplier_props[] = {
	{ "access-controllers", "#access-controller-cells" },
	{ "backlight", NULL },
	{ "clocks", "#clock-cells" },
	{ "dmas", "#dma-cells" },
	{ "extcon", NULL },
	{ "gpio", "#gpio-cells" },
	{ "gpios", "#gpio-cells" },
	{ "hwlocks", "#hwlock-cells" },
	{ "i2c-bus", NULL },
	{ "i2c-parent", NULL },
	{ "interconnects", "#interconnect-cells" },
	{ "interrupts-extended", "#interrupt-cells" },
	{ "io-backends", "#io-backend-cells" },
	{ "io-channels", "#io-channel-cells" },
	{ "iommus", "#iommu-cells" },
	{ "leds", NULL },
	{ "mboxes", "#mbox-cells" },
	{ "mmc-pwrseq", NULL },
	{ "msi-parent", "#msi-cells" },
	{ "mux-controls", "#mux-control-cells" },
	{ "nvmem-cells", NULL },
	{ "panel", NULL },
	{ "phy-handle", NULL },
	{ "phys", "#phy-cells" },
	{ "power-domains", "#power-domain-cells" },
	{ "power-supplies", NULL },
	{ "pses", "#pse-cells" },
	{ "pwms", "#pwm-cells" },
	{ "resets", "#reset-cells" },
	{ "wakeup-parent", NULL },
	{ "*-gpio", "#gpio-cells" },
	{ "*-gpios", "#gpio-cells" },
	{ "*-supply", NULL },
};

static bool matches(const char *name, const char *pattern)
{
	size_t n = strlen(name), m = strlen(pattern) - 1;

	if (*pattern != '*')
		return !strcmp(name, pattern);
	return n > m && !strcmp(name + n - m, pattern + 1);
}

/* The cells property of a property that names suppliers; NULL there for none. */
static bool names_suppliers(const struct device_node *np, const char *name, const char **cells)
{
	size_t i;

	/* The lines of a hog are its parent's. */
	if (!strcmp(name, "gpios") && of_property_present(np, "gpio-hog"))
		return false;

	/* What a connector exports has to be there when an add-on comes. */
	if (of_node_name_eq(np, "exports")) {
		*cells = NULL;
		return strcmp(name, "name") && strcmp(name, "phandle");
	}

	if (strstarts(name, "pinctrl-") && isdigit(name[strlen("pinctrl-")])) {
		*cells = NULL;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(supplier_props); i++) {
		if (!matches(name, supplier_props[i].name))
			continue;
		*cells = supplier_props[i].cells;
		return true;
	}
	return false;
}

/**
 * dtslot_walk_node_suppliers() - call a function for each supplier that a node names
 * @np: the node
 * @fn: the function; an error ends the walk
 * @arg: handed to it
 *
 * Return: 0, or what @fn returned.
 */
int dtslot_walk_node_suppliers(struct device_node *np, dtslot_supplier_fn fn, void *arg)
{
	struct of_phandle_args args;
	struct device_node *parent;
	struct property *p;
	const char *cells;
	int i, ret = 0;

	for_each_property_of_node(np, p) {
		if (!names_suppliers(np, p->name, &cells))
			continue;
		for (i = 0; !ret && !__of_parse_phandle_with_args(np, p->name, cells,
								  cells ? -1 : 0, i, &args);
		     i++) {
			ret = fn(args.np, arg);
			of_node_put(args.np);
		}
	}
	if (!ret && of_property_present(np, "interrupts")) {
		parent = of_irq_find_parent(np);
		if (parent)
			ret = fn(parent, arg);
		of_node_put(parent);
	}
	return ret;
}

/**
 * dtslot_walk_suppliers() - call a function for each supplier that a subtree names
 * @top: root of the subtree
 * @fn: the function; an error ends the walk
 * @arg: handed to it
 *
 * What a driver makes of its child nodes (PHYs, MFD cells) needs them no less.
 *
 * Return: 0, or what @fn returned.
 */
int dtslot_walk_suppliers(struct device_node *top, dtslot_supplier_fn fn, void *arg)
{
	struct device_node *np;
	int ret;

	for (np = of_node_get(top); np; np = dtslot_next_in_subtree(top, np)) {
		ret = dtslot_walk_node_suppliers(np, fn, arg);
		if (ret) {
			of_node_put(np);
			return ret;
		}
	}
	return 0;
}
