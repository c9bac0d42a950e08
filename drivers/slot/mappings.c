// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt mappings that a slot's devices leave behind.
 *
 * Whoever asks for an interrupt makes a mapping of it, and mainline disposes of it
 * only with the controller: a controller that stays keeps the mappings of devices
 * that are gone, with their trigger types. So a detach drops those that came with
 * the slot: of its nodes, and of what hangs below an interrupt-map, as the functions
 * of a PCI host bridge, which have no nodes.
 */
#include <linux/interrupt.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/slab.h>

#include "slot.h"

static bool has_irq(const struct dtslot_irqs *irqs, unsigned int irq)
{
	unsigned int i;

	for (i = 0; i < irqs->count; i++)
		if (irqs->irq[i] == irq)
			return true;
	return false;
}

static int add_irq(struct dtslot_irqs *irqs, unsigned int irq)
{
	unsigned int *grown;

	if (has_irq(irqs, irq))
		return 0;
	grown = krealloc_array(irqs->irq, irqs->count + 1, sizeof(*grown), GFP_KERNEL);
	if (!grown)
		return -ENOMEM;
	irqs->irq = grown;
	irqs->irq[irqs->count++] = irq;
	return 0;
}

/* The interrupt that a specifier is mapped to; 0 if it is not. */
static unsigned int mapping_of(const struct of_phandle_args *args)
{
	struct irq_domain *domain = irq_find_host(args->np);
	struct irq_fwspec fwspec;
	irq_hw_number_t hwirq;
	unsigned int type;
	int ret = 0;

	if (!domain)
		return 0;
	of_phandle_args_to_fwspec(args->np, args->args, args->args_count, &fwspec);
	if (domain->ops->translate)
		ret = domain->ops->translate(domain, &fwspec, &hwirq, &type);
	else if (domain->ops->xlate)
		ret = domain->ops->xlate(domain, args->np, fwspec.param, fwspec.param_count,
					 &hwirq, &type);
	else
		hwirq = fwspec.param[0];
	return ret ? 0 : irq_find_mapping(domain, hwirq);
}

/* Note the mapping of a specifier, if there is one outside. Puts its node. */
static int note(const struct dtslot *slot, const struct of_phandle_args *args,
		struct dtslot_irqs *irqs)
{
	unsigned int irq = dtslot_owns(slot, args->np) ? 0 : mapping_of(args);

	of_node_put(args->np);
	return irq ? add_irq(irqs, irq) : 0;
}

/* Whether an interrupt of a node may be at a controller outside of the slot: a cheap look. */
static bool asks_outside(const struct dtslot *slot, struct device_node *np)
{
	struct device_node *parent;
	bool outside;

	if (of_property_present(np, "interrupts-extended"))
		return true;
	if (!of_property_present(np, "interrupts"))
		return false;
	parent = of_irq_find_parent(np);
	outside = !parent || !dtslot_owns(slot, parent) ||
		  of_property_present(parent, "interrupt-map");
	of_node_put(parent);
	return outside;
}

static int note_own(const struct dtslot *slot, struct device_node *np, struct dtslot_irqs *irqs)
{
	struct of_phandle_args args;
	int i, ret = 0;

	if (!asks_outside(slot, np))
		return 0;
	for (i = 0; !ret && !of_irq_parse_one(np, i, &args); i++)
		ret = note(slot, &args, irqs);
	return ret;
}

/* Cells that the parent in an entry of an interrupt-map takes there; 0 if it has no say. */
static u32 parent_cells(u32 phandle)
{
	struct device_node *np = of_find_node_by_phandle(phandle);
	u32 address = 0, interrupt = 0;

	of_property_read_u32(np, "#address-cells", &address);
	if (of_property_read_u32(np, "#interrupt-cells", &interrupt))
		address = 0;
	of_node_put(np);
	return min_t(u32, address, MAX_PHANDLE_ARGS) + min_t(u32, interrupt, MAX_PHANDLE_ARGS);
}

/* Each entry of a map, looked up as a device would that asks for just that. */
static int note_map(const struct dtslot *slot, struct device_node *np, struct dtslot_irqs *irqs)
{
	struct of_phandle_args args;
	u32 address, interrupt, i, n;
	const __be32 *map;
	int len, ret = 0;

	map = of_get_property(np, "interrupt-map", &len);
	if (!map || of_property_read_u32(np, "#address-cells", &address) ||
	    of_property_read_u32(np, "#interrupt-cells", &interrupt) ||
	    address > MAX_PHANDLE_ARGS || interrupt > MAX_PHANDLE_ARGS - address)
		return 0;
	for (len /= sizeof(*map); !ret && len > address + interrupt; len -= n, map += n) {
		n = parent_cells(be32_to_cpu(map[address + interrupt]));
		if (!n || n > MAX_PHANDLE_ARGS)
			return 0;
		n += address + interrupt + 1;
		if (n > len)
			return 0;
		args.np = np;
		args.args_count = interrupt;
		for (i = 0; i < interrupt; i++)
			args.args[i] = be32_to_cpu(map[address + i]);
		if (!of_irq_parse_raw(map, &args))
			ret = note(slot, &args, irqs);
	}
	return ret;
}

/**
 * dtslot_outer_interrupts() - what is mapped of the interrupts that a slot's nodes
 *	can ask for at controllers outside
 * @slot: the slot, its nodes in its changeset
 * @irqs: filled, to be freed with dtslot_free_irqs() whatever is returned
 *
 * Return: 0, or -ENOMEM if some may be missing.
 */
int dtslot_outer_interrupts(const struct dtslot *slot, struct dtslot_irqs *irqs)
{
	struct of_changeset_entry *ce;
	int ret = 0;

	*irqs = (struct dtslot_irqs){ };
	list_for_each_entry(ce, &slot->attached->cset.entries, node) {
		ret = note_own(slot, ce->np, irqs) ?: note_map(slot, ce->np, irqs);
		if (ret)
			break;
	}
	return ret;
}

/**
 * dtslot_dispose_interrupts() - drop mappings that a slot's devices left behind
 * @irqs: what dtslot_outer_interrupts() found; the devices are gone now
 * @standing: what it found before they came, and what is others'
 */
void dtslot_dispose_interrupts(const struct dtslot_irqs *irqs, const struct dtslot_irqs *standing)
{
	unsigned int i;

	for (i = 0; i < irqs->count; i++)
		if (!has_irq(standing, irqs->irq[i]) && !irq_has_action(irqs->irq[i]))
			irq_dispose_mapping(irqs->irq[i]);
}

/**
 * dtslot_free_irqs() - free a list of interrupts
 * @irqs: the list; empty on return
 */
void dtslot_free_irqs(struct dtslot_irqs *irqs)
{
	kfree(irqs->irq);
	*irqs = (struct dtslot_irqs){ };
}

static void dispose_mappings(struct irq_domain *domain)
{
	irq_hw_number_t hwirq;

	for (hwirq = 0; domain->mapcount && hwirq < domain->revmap_size; hwirq++) {
		unsigned int virq = irq_find_mapping(domain, hwirq);

		/* A consumer that holds on to its interrupt keeps it. */
		if (virq && !irq_has_action(virq))
			irq_dispose_mapping(virq);
	}
}

/**
 * dtslot_dispose_subtree() - drop what is mapped of the controllers in a subtree
 * @top: node of a device that is about to lose its driver
 *
 * The consumers have lost their drivers before, but the mappings that they made
 * are still in the domain, and no other code disposes of them.
 */
void dtslot_dispose_subtree(struct device_node *top)
{
	struct irq_domain *domain;
	struct device_node *np;

	for (np = of_node_get(top); np; np = dtslot_next_in_subtree(top, np)) {
		if (!of_property_present(np, "interrupt-controller"))
			continue;
		domain = irq_find_host(np);
		if (domain)
			dispose_mappings(domain);
	}
}
