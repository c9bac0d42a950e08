// SPDX-License-Identifier: GPL-2.0-only
/*
 * That the kernel comes to an end when it follows the interrupts of an overlay.
 *
 * of_irq_find_parent() and of_irq_parse_raw() go from a node to its interrupt's parent,
 * and from there to the next, until there is a controller; they do not look whether they
 * have been there. of_irq_count() asks for one interrupt after the other until there is
 * none. And the masks of maps are read without a look at their length.
 */
#include "confine.h"

#ifdef __KERNEL__
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#endif

/**
 * struct ways - where the kernel goes next from each node
 * @c: for properties; its cursor moves
 * @in: how many ways lead to each node, as far as they have not been gone
 * @queue: nodes to which no way leads
 * @head: how many of these have been left
 * @tail: how many there are
 * @step: called for each way: counts it, or goes it
 */
struct ways {
	struct dtslot_check c;
	u32 *in;
	u32 *queue;
	u32 head;
	u32 tail;
	void (*step)(struct ways *w, u32 to);
};

static bool has(const struct ways *w, u32 node, const char *name, struct dtslot_blob_prop *p)
{
	return dtslot_blob_prop(&w->c.o->blob, node, name, p);
}

static void count_way(struct ways *w, u32 to)
{
	w->in[to]++;
}

static void go_way(struct ways *w, u32 to)
{
	if (!--w->in[to])
		w->queue[w->tail++] = to;
}

/* A map's entry to its own node ends the search. */
static int step_map(void *priv, u32 cell)
{
	struct ways *w = container_of(priv, struct ways, c);
	u32 to = dtslot_check_referred(&w->c, cell);

	if (to != DTSLOT_NONE && to != w->c.node)
		w->step(w, to);
	return 0;
}

/*
 * The interrupt's parent of a node by name or, without one, by place: that is outside of
 * the overlay if it is the node "__overlay__", which is on the second level.
 */
static void step_parent(struct ways *w)
{
	const struct dtslot_blob_node *nodes = w->c.o->blob.nodes;
	u32 to = nodes[w->c.node].parent;

	if (has(w, w->c.node, "interrupt-parent", &w->c.p) && w->c.p.len >= 4)
		to = dtslot_check_referred(&w->c, 0);
	else if (nodes[to].depth == 2)
		to = DTSLOT_NONE;
	if (to != DTSLOT_NONE)
		w->step(w, to);
}

/* Where the kernel goes from a node at which it arrived: nowhere from a controller. */
static int step_from(struct ways *w, u32 node)
{
	struct dtslot_blob_prop map, p;
	bool cells = has(w, node, "#interrupt-cells", &p);
	bool mapped = cells && has(w, node, "interrupt-map", &map);

	w->c.node = node;
	if (cells && !mapped && has(w, node, "interrupt-controller", &p))
		return 0;
	if (!mapped) {
		step_parent(w);
		return 0;
	}
	w->c.p = map;
	return dtslot_check_walk(&w->c, step_map);
}

/* Go each way once, from nodes to which no way leads: what is left leads to itself. */
static int check_circles(struct ways *w)
{
	const struct dtslot_check *c = &w->c;
	u32 node;
	int ret;

	w->step = count_way;
	for (node = dtslot_check_next(c, 0); node != DTSLOT_NONE;
	     node = dtslot_check_next(c, node)) {
		ret = step_from(w, node);
		if (ret)
			return ret;
	}
	for (node = dtslot_check_next(c, 0); node != DTSLOT_NONE; node = dtslot_check_next(c, node))
		if (!w->in[node])
			w->queue[w->tail++] = node;
	w->step = go_way;
	while (w->head < w->tail) {
		ret = step_from(w, w->queue[w->head++]);
		if (ret)
			return ret;
	}
	for (node = dtslot_check_next(c, 0); node != DTSLOT_NONE; node = dtslot_check_next(c, node))
		if (w->in[node])
			return dtslot_fail(c->text, -EINVAL,
					   "the interrupts of node '%.*s' lead in a circle of interrupt-parent and interrupt-map, and to no controller",
					   SHOWN, dtslot_blob_name(&c->o->blob, node));
	return 0;
}

/*
 * An interrupt of no cells has no end: of_irq_count() finds one more for ever. So what
 * has them, as controllers of messages do, is no interrupt's parent by name; by place it
 * cannot be, as it has no children (confine.c).
 */
static int check_parent(const struct dtslot_check *c)
{
	const struct dtslot_blob *b = &c->o->blob;
	struct dtslot_blob_prop p;
	u32 node, n = 1;

	if (strcmp(c->p.name, "interrupt-parent") || c->p.len < 4)
		return 0;
	node = dtslot_check_referred(c, 0);
	if (node == DTSLOT_NONE)
		c->scope->cells(c->scope->priv, dtslot_blob_cell(b, c->p.value), "#interrupt-cells",
				&n);
	else if (dtslot_blob_prop(b, node, "#interrupt-cells", &p))
		n = dtslot_blob_cell(b, p.value);
	if (n)
		return 0;
	return dtslot_fail(c->text, -EINVAL,
			   "the interrupt-parent of node '%.*s' has #interrupt-cells = <0>, so that no interrupt can be its own",
			   SHOWN, dtslot_blob_name(b, c->node));
}

/* What is as long as a specifier of its node, for the kernel reads that much of it. */
static const struct {
	const char *name;
	const char *cells;
	const char *unit;
} masks[] = {
	{ "gpio-map-mask", "#gpio-cells", NULL },
	{ "gpio-map-pass-thru", "#gpio-cells", NULL },
	{ "interrupt-map-mask", "#interrupt-cells", "#address-cells" },
	{ "pwm-map-mask", "#pwm-cells", NULL },
	{ "pwm-map-pass-thru", "#pwm-cells", NULL },
};

static u32 own_cells(const struct dtslot_check *c, const char *name)
{
	struct dtslot_blob_prop p;

	if (!name || !dtslot_blob_prop(&c->o->blob, c->node, name, &p))
		return 0;
	return dtslot_blob_cell(&c->o->blob, p.value);
}

static int check_mask(const struct dtslot_check *c)
{
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		if (strcmp(c->p.name, masks[i].name))
			continue;
		n = 4 * (own_cells(c, masks[i].cells) + own_cells(c, masks[i].unit));
		if (c->p.len < n)
			return dtslot_fail(c->text, -EINVAL,
					   "'%s' of node '%.*s' has %u bytes, a specifier of the node has %u",
					   c->p.name, SHOWN, dtslot_blob_name(&c->o->blob, c->node),
					   c->p.len, n);
	}
	return 0;
}

static int check_properties(struct dtslot_check *c)
{
	u32 cursor;
	int ret;

	for (c->node = dtslot_check_next(c, 0); c->node != DTSLOT_NONE;
	     c->node = dtslot_check_next(c, c->node)) {
		cursor = c->o->blob.nodes[c->node].props;
		while (dtslot_blob_next_prop(&c->o->blob, &cursor, &c->p)) {
			ret = check_parent(c) ?: check_mask(c);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/**
 * dtslot_overlay_check_interrupts() - that the kernel comes to an end with an overlay's
 *	interrupts
 * @o: the overlay, its references resolved, its counts of cells checked
 * @scope: what the slot shows
 * @text: receives the message on failure
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int dtslot_overlay_check_interrupts(const struct dtslot_overlay *o,
				    const struct dtslot_scope *scope, struct dtslot_text *text)
{
	struct ways w = { .c = { .o = o, .scope = scope, .text = text } };
	int ret;

	ret = check_properties(&w.c);
	if (ret)
		return ret;
	w.in = kvcalloc(o->blob.count, sizeof(*w.in), GFP_KERNEL);
	w.queue = kvmalloc_array(o->blob.count, sizeof(*w.queue), GFP_KERNEL);
	if (w.in && w.queue)
		ret = check_circles(&w);
	else
		ret = dtslot_fail(text, -ENOMEM, "no memory for the ways of %u nodes",
				  o->blob.count);
	kvfree(w.queue);
	kvfree(w.in);
	return ret;
}
