// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt mappings that a slot's devices leave behind.
 *
 * A driver that asks for an interrupt makes a mapping of it, and mainline disposes of it
 * only with the controller: a controller that stays keeps the mappings of devices
 * that are gone, with their trigger types. So a detach drops those that came with
 * the slot: of its nodes, and of what hangs below an interrupt-map, as the functions
 * of a PCI host bridge, which have no nodes.
 *
 * What was mapped before the nodes came stays. So does what another node asks for, too:
 * the kernel does not count the users of a mapping, and a driver may have it without a
 * handler, as a serial port that nobody has opened.
 */
#include <linux/bsearch.h>
#include <linux/interrupt.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "slot.h"

static int compare_irqs(const void *a, const void *b)
{
	const struct dtslot_irq *x = a, *y = b;

	return x->irq < y->irq ? -1 : x->irq > y->irq;
}

/* The list is sorted once it is complete. */
static bool has_irq(const struct dtslot_irqs *irqs, const struct dtslot_irq *irq)
{
	return irqs->count &&
	       bsearch(irq, irqs->irq, irqs->count, sizeof(*irqs->irq), compare_irqs);
}

static int add_irq(struct dtslot_irqs *irqs, unsigned int irq, const struct device_node *np)
{
	unsigned int room = 2 * irqs->room + 4;
	struct dtslot_irq *grown;

	if (irqs->count == irqs->room) {
		grown = kvrealloc(irqs->irq, room * sizeof(*grown), GFP_KERNEL);
		if (!grown)
			return -ENOMEM;
		irqs->irq = grown;
		irqs->room = room;
	}
	irqs->irq[irqs->count++] = (struct dtslot_irq){ .irq = irq, .controller = np };
	return 0;
}

static void sort_irqs(struct dtslot_irqs *irqs)
{
	unsigned int i, kept = 0;

	sort(irqs->irq, irqs->count, sizeof(*irqs->irq), compare_irqs, NULL);
	for (i = 0; i < irqs->count; i++)
		if (!kept || irqs->irq[kept - 1].irq != irqs->irq[i].irq)
			irqs->irq[kept++] = irqs->irq[i];
	irqs->count = kept;
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

/* Remember a node that asks for an interrupt outside of its slot. */
static int add_asker(struct dtslot_irqs *irqs, struct device_node *np)
{
	u32 room = 2 * irqs->asker_room + 4;
	struct device_node **grown;

	if (irqs->asker_count == irqs->asker_room) {
		grown = kvrealloc(irqs->askers, room * sizeof(*grown), GFP_KERNEL);
		if (!grown)
			return -ENOMEM;
		irqs->askers = grown;
		irqs->asker_room = room;
	}
	irqs->askers[irqs->asker_count++] = np;
	return 0;
}

/*
 * Note the mapping of a specifier at a controller or nexus, if that is outside of the
 * slot. What a nexus of the slot leads to is in its map.
 */
static int note(const struct dtslot *slot, const __be32 *addr,
		const struct of_phandle_args *asked, struct dtslot_irqs *irqs)
{
	struct of_phandle_args args = *asked;
	unsigned int irq;

	if (dtslot_owns(slot, args.np))
		return 0;
	irqs->asked = true;
	if (of_irq_parse_raw(addr, &args))
		return 0;
	irq = dtslot_owns(slot, args.np) ? 0 : mapping_of(&args);
	of_node_put(args.np);
	return irq ? add_irq(irqs, irq, args.np) : 0;
}

/* The address by which a nexus knows a device: as long as any that the kernel takes. */
static void read_address(const struct device_node *np, __be32 *addr)
{
	int len;
	const void *reg = of_get_property(np, "reg", &len);

	memset(addr, 0, MAX_PHANDLE_ARGS * sizeof(*addr));
	if (reg)
		memcpy(addr, reg, min_t(size_t, len, MAX_PHANDLE_ARGS * sizeof(*addr)));
}

static int note_extended(const struct dtslot *slot, struct device_node *np,
			 struct dtslot_irqs *irqs)
{
	__be32 addr[MAX_PHANDLE_ARGS];
	struct of_phandle_iterator it;
	struct of_phandle_args args;
	int err, ret, i;

	read_address(np, addr);
	of_for_each_phandle(&it, err, np, "interrupts-extended", "#interrupt-cells", -1) {
		args.np = it.node;
		args.args_count = min_t(u32, it.cur_count, MAX_PHANDLE_ARGS);
		for (i = 0; i < args.args_count; i++)
			args.args[i] = be32_to_cpu(it.cur[i]);
		ret = note(slot, addr, &args, irqs);
		if (ret) {
			of_node_put(it.node);
			return ret;
		}
	}
	return 0;
}

/* Note what a list of specifiers asks for at a controller. */
static int note_list(const struct dtslot *slot, struct device_node *np,
		     struct device_node *parent, struct dtslot_irqs *irqs)
{
	struct of_phandle_args args = { .np = parent };
	__be32 addr[MAX_PHANDLE_ARGS];
	const __be32 *list;
	int len, ret = 0;
	u32 i;

	list = of_get_property(np, "interrupts", &len);
	if (!list || of_property_read_u32(parent, "#interrupt-cells", &args.args_count) ||
	    !args.args_count || args.args_count > MAX_PHANDLE_ARGS)
		return 0;
	read_address(np, addr);
	for (len /= sizeof(*list); !ret && len >= args.args_count; len -= args.args_count) {
		for (i = 0; i < args.args_count; i++)
			args.args[i] = be32_to_cpu(*list++);
		ret = note(slot, addr, &args, irqs);
	}
	return ret;
}

static int note_own(const struct dtslot *slot, struct device_node *np, struct dtslot_irqs *irqs)
{
	struct device_node *parent;
	int ret = 0;

	if (of_property_present(np, "interrupts-extended"))
		return note_extended(slot, np, irqs);
	if (!of_property_present(np, "interrupts"))
		return 0;
	parent = of_irq_find_parent(np);
	if (parent && !dtslot_owns(slot, parent))
		ret = note_list(slot, np, parent, irqs);
	of_node_put(parent);
	return ret;
}

/* Note one entry of a map from its parent on; returns how many cells it has, 0 at the end. */
static int note_entry(const struct dtslot *slot, const __be32 *parent, int len,
		      struct dtslot_irqs *irqs)
{
	struct of_phandle_args args = { };
	u32 address = 0, i;
	int ret = 0;

	args.np = dtslot_index_find(be32_to_cpu(*parent));
	if (!args.np)
		return 0;
	of_property_read_u32(args.np, "#address-cells", &address);
	if (!of_property_read_u32(args.np, "#interrupt-cells", &args.args_count) &&
	    address <= MAX_PHANDLE_ARGS && args.args_count <= MAX_PHANDLE_ARGS &&
	    1 + address + args.args_count <= len) {
		for (i = 0; i < args.args_count; i++)
			args.args[i] = be32_to_cpu(parent[1 + address + i]);
		ret = note(slot, parent + 1, &args, irqs) ?: 1 + address + args.args_count;
	}
	of_node_put(args.np);
	return ret;
}

static int note_map(const struct dtslot *slot, struct device_node *np, struct dtslot_irqs *irqs)
{
	u32 address, interrupt;
	const __be32 *map;
	int len, n;

	map = of_get_property(np, "interrupt-map", &len);
	if (!map || of_property_read_u32(np, "#address-cells", &address) ||
	    of_property_read_u32(np, "#interrupt-cells", &interrupt) ||
	    address > MAX_PHANDLE_ARGS || interrupt > MAX_PHANDLE_ARGS - address)
		return 0;
	for (len /= sizeof(*map); len > address + interrupt; len -= n, map += n) {
		n = note_entry(slot, map + address + interrupt, len - address - interrupt, irqs);
		if (n <= 0)
			return n;
		n += address + interrupt;
	}
	return 0;
}

/**
 * dtslot_outer_interrupts() - what is mapped of the interrupts that a slot's nodes
 *	can ask for at controllers outside
 * @slot: the slot, its nodes made
 * @irqs: filled, to be freed with dtslot_free_irqs() whatever is returned
 *
 * Return: 0, or -ENOMEM if some may be missing.
 */
int dtslot_outer_interrupts(const struct dtslot *slot, struct dtslot_irqs *irqs)
{
	const struct dtslot_attached *attached = slot->attached;
	int ret = 0;
	u32 i;

	*irqs = (struct dtslot_irqs){ };
	for (i = 0; !ret && i < attached->node_count; i++) {
		struct device_node *np = attached->nodes[i];

		irqs->asked = false;
		ret = note_own(slot, np, irqs) ?: note_map(slot, np, irqs);
		if (!ret && irqs->asked)
			ret = add_asker(irqs, np);
	}
	sort_irqs(irqs);
	return ret;
}

/**
 * struct asking - a look at what is asked for by nodes that are none of a slot's
 * @slot: the slot
 * @irqs: those of the slot that may be dropped
 * @others: filled with what is asked for
 */
struct asking {
	const struct dtslot *slot;
	const struct dtslot_irqs *irqs;
	struct dtslot_irqs *others;
};

/*
 * A nexus asks for nothing: its map says what others would get. But functions of PCI ask by
 * that of their host bridge, as they have no nodes.
 */
static int note_other(const struct asking *a, struct device_node *np)
{
	int ret = note_own(a->slot, np, a->others);

	if (!ret && of_node_is_type(np, "pci"))
		ret = note_map(a->slot, np, a->others);
	return ret;
}

/* Whether one of the controllers is a node that a slot brought. */
static bool has_controller(const struct dtslot *slot, const struct dtslot_irqs *irqs)
{
	unsigned int i;

	for (i = 0; i < irqs->count; i++)
		if (dtslot_owns(slot, irqs->irq[i].controller))
			return true;
	return false;
}

/* What another slot's nodes ask for: outside, or at a controller of that slot's. */
static int note_slot(const struct dtslot *other, void *arg)
{
	const struct asking *a = arg;
	const struct dtslot_irqs *standing = &other->attached->standing;
	int ret = 0;
	u32 i;

	if (other == a->slot)
		return 0;
	if (has_controller(other, a->irqs)) {
		for (i = 0; !ret && i < other->attached->node_count; i++)
			ret = note_other(a, other->attached->nodes[i]);
		return ret;
	}
	for (i = 0; !ret && i < standing->asker_count; i++)
		ret = note_other(a, standing->askers[i]);
	return ret;
}

/*
 * What the nodes of the tree ask for that are none of the slot's. Of another slot's nodes
 * only those are looked at that can ask for what this slot asked for: a machine may have
 * many slots with many nodes. Unless other code has put nodes below those of a slot.
 */
static int others_interrupts(const struct dtslot *slot, const struct dtslot_irqs *irqs,
			     struct dtslot_irqs *others)
{
	struct asking a = { .slot = slot, .irqs = irqs, .others = others };
	struct device_node *np;
	int ret;

	dtslot_registry_lock();
	ret = dtslot_registry_walk(note_slot, &a);
	for (np = of_node_get(of_root); !ret && np; np = dtslot_registry_next_outside(np))
		ret = note_other(&a, np);
	of_node_put(np);
	dtslot_registry_unlock();
	sort_irqs(others);
	return ret;
}

/**
 * dtslot_dispose_interrupts() - drop mappings that a slot's devices left behind
 * @slot: the slot, its devices gone
 * @irqs: what dtslot_outer_interrupts() found last
 * @standing: what it found before the nodes came
 *
 * Return: 0, or -ENOMEM; then some stay.
 */
int dtslot_dispose_interrupts(const struct dtslot *slot, const struct dtslot_irqs *irqs,
			      const struct dtslot_irqs *standing)
{
	struct dtslot_irqs others = { };
	bool looked = false;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < irqs->count; i++) {
		const struct dtslot_irq *irq = &irqs->irq[i];

		if (has_irq(standing, irq) || irq_has_action(irq->irq))
			continue;
		/* Nothing is below the target but what the slot brought. */
		if (irq->controller != slot->site.target && !looked) {
			ret = others_interrupts(slot, irqs, &others);
			looked = true;
		}
		if (!ret && !has_irq(&others, irq))
			irq_dispose_mapping(irq->irq);
	}
	dtslot_free_irqs(&others);
	return ret;
}

/**
 * dtslot_free_irqs() - free a list of interrupts
 * @irqs: the list; empty on return
 */
void dtslot_free_irqs(struct dtslot_irqs *irqs)
{
	kvfree(irqs->irq);
	kvfree(irqs->askers);
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
 * dtslot_dispose_subtree() - drop what is mapped of the controllers of a device
 * @top: its node; it is about to lose its driver
 *
 * The consumers have lost their drivers before, but the mappings that they made
 * are still in the domain, and no other code disposes of them.
 */
void dtslot_dispose_subtree(struct device_node *top)
{
	struct irq_domain *domain;
	struct device_node *np;

	for (np = of_node_get(top); np; np = dtslot_next_of_device(top, np)) {
		if (!of_property_present(np, "interrupt-controller"))
			continue;
		domain = irq_find_host(np);
		if (domain)
			dispose_mappings(domain);
	}
}
