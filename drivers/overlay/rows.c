// SPDX-License-Identifier: GPL-2.0-only
/*
 * That the kernel's stack has room for what it follows in an overlay by recursion.
 *
 * A clock is prepared after the clock that it is made of, a regulator is switched on after its
 * supply, a byte goes through one I2C multiplexer after the other: a call inside of a call.
 * None of them looks how deep it is, nor whether it has been there.
 */
#include "confine.h"

#ifdef __KERNEL__
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#endif

/*
 * How many may need each other in a row. A clock takes little of the stack, and a SoC of
 * mainline's has more than 16 of them in a row; no tree has as many of the others.
 */
#define MAX_CLOCK_ROW	64
#define MAX_ROW		16

/* In the length of a row: it is being followed, and may become longer. */
#define OPEN		0x80

enum lead_kind {
	KIND_OSCILLATOR,	/* nodes with one clock each */
	KIND_CLOCK,
	KIND_SUPPLY,
	KIND_IIO,
	KIND_GPIO,
	KIND_LED,
	KIND_MUX,
	KINDS
};

static const struct {
	const char *what;
	u8 most;
	bool circle;	/* one is refused: elsewhere drivers wait for each other for good */
} kinds[KINDS] = {
	[KIND_OSCILLATOR] = { "clocks", MAX_CLOCK_ROW, true },
	[KIND_CLOCK] = { "clocks", MAX_CLOCK_ROW },
	[KIND_SUPPLY] = { "supplies", MAX_ROW, true },
	[KIND_IIO] = { "IIO channels", MAX_ROW },
	[KIND_GPIO] = { "GPIO controllers", MAX_ROW },
	[KIND_LED] = { "LEDs", MAX_ROW },
	[KIND_MUX] = { "multiplexers of buses", MAX_ROW },
};

/*
 * What leads from a node to the next: a property, "*" for any beginning, and what the node
 * has if it is more than a consumer.
 */
static const struct {
	const char *property;
	u8 length;
	enum lead_kind kind;
	const char *has;
} leads[] = {
#define LEAD(property, kind, has)	{ property, sizeof(property) - 1, kind, has }
	LEAD("clocks", KIND_CLOCK, "#clock-cells"),
	LEAD("clocks", KIND_CLOCK, "#pwm-cells"),
	LEAD("pwms", KIND_CLOCK, "#clock-cells"),
	LEAD("*-supply", KIND_SUPPLY, NULL),
	LEAD("io-channels", KIND_IIO, "#io-channel-cells"),
	LEAD("gpio", KIND_GPIO, "#gpio-cells"),
	LEAD("gpios", KIND_GPIO, "#gpio-cells"),
	LEAD("*-gpios", KIND_GPIO, "#gpio-cells"),
	LEAD("*-gpio", KIND_GPIO, "#gpio-cells"),
	LEAD("leds", KIND_LED, NULL),
	LEAD("i2c-parent", KIND_MUX, NULL),
	LEAD("mdio-parent-bus", KIND_MUX, NULL),
};

/**
 * struct lead - from a node to one that it needs
 * @to: the other node
 * @kind: what it needs
 * @length: how many levels of calls that is
 */
struct lead {
	u32 to;
	u8 kind;
	u8 length;
};

/**
 * struct rows - the graph of what needs what
 * @c: for properties; its cursor moves
 * @kind: of the property under the cursor
 * @single: its node has one clock only
 * @muxes: there was a multiplexer that is elsewhere than its own bus
 * @leads: those of one node after those of the node before
 * @count: how many
 * @room: how many there is room for
 * @first: for each node its first lead; those of the next begin behind its last
 * @length: for each node how long a row it needs, itself included; 0 if not known yet
 */
struct rows {
	struct dtslot_check c;
	enum lead_kind kind;
	bool single;
	bool muxes;
	struct lead *leads;
	u32 count;
	u32 room;
	u32 *first;
	u8 *length;
};

static bool has(const struct rows *r, u32 node, const char *name, struct dtslot_blob_prop *p)
{
	return dtslot_blob_prop(&r->c.o->blob, node, name, p);
}

static int add_lead(struct rows *r, enum lead_kind kind, u32 to, u32 length)
{
	struct lead *grown;

	if (r->count == r->room) {
		grown = kvrealloc(r->leads, (2 * r->room + 64) * sizeof(*grown), GFP_KERNEL);
		if (!grown)
			return -ENOMEM;
		r->leads = grown;
		r->room = 2 * r->room + 64;
	}
	r->leads[r->count++] = (struct lead){ to, kind, length };
	return 0;
}

/* Whether the node has one clock only. These drivers do not look at the number of cells. */
static bool has_one_clock(const struct dtslot_check *c)
{
	static const char *const single[] = {
		"fixed-factor-clock", "gpio-gate-clock", "gpio-mux-clock",
	};
	struct dtslot_blob_prop p;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(single); i++)
		if (dtslot_is_compatible(&c->o->blob, c->node, single[i]))
			return true;
	return dtslot_blob_prop(&c->o->blob, c->node, "#clock-cells", &p) &&
	       !dtslot_blob_cell(&c->o->blob, p.value);
}

static int lead_by_reference(void *priv, u32 cell)
{
	struct rows *r = container_of(priv, struct rows, c);
	u32 to = dtslot_check_referred(&r->c, cell);
	int ret = 0;

	if (to == DTSLOT_NONE)
		return 0;
	if (r->single)
		ret = add_lead(r, KIND_OSCILLATOR, to, 1);
	return ret ?: add_lead(r, r->kind, to, 1);
}

/* Whether a name of @n characters is that of the property of a lead. */
static bool matches(const char *name, size_t n, u32 i)
{
	const char *property = leads[i].property;
	size_t length = leads[i].length;

	if (*property != '*')
		return n == length && !memcmp(name, property, n);
	length--;
	return n > length && !memcmp(name + n - length, property + 1, length);
}

static int lead_by_property(struct rows *r)
{
	size_t n = strlen(r->c.p.name);
	struct dtslot_blob_prop p;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(leads); i++) {
		if (!matches(r->c.p.name, n, i) ||
		    (leads[i].has && !has(r, r->c.node, leads[i].has, &p)))
			continue;
		r->kind = leads[i].kind;
		r->single = r->kind == KIND_CLOCK && has_one_clock(&r->c);
		r->muxes |= r->kind == KIND_MUX;
		return dtslot_check_walk(&r->c, lead_by_reference);
	}
	return 0;
}

/*
 * A bus below a multiplexer that is elsewhere than its own bus, or below others below it. What
 * is above a node comes before it.
 */
static int lead_by_place(struct rows *r)
{
	const struct dtslot_blob_node *nodes = r->c.o->blob.nodes;
	struct dtslot_blob_prop p;
	u32 above;

	if (!r->muxes)
		return 0;
	for (above = nodes[r->c.node].parent; nodes[above].depth > 2; above = nodes[above].parent)
		if (has(r, above, "i2c-parent", &p) || has(r, above, "mdio-parent-bus", &p))
			return add_lead(r, KIND_MUX, above,
					nodes[r->c.node].depth - nodes[above].depth);
	return 0;
}

static int find_leads(struct rows *r)
{
	const struct dtslot_blob *b = &r->c.o->blob;
	u32 node, done = 0, cursor;
	int ret;

	for (node = dtslot_check_next(&r->c, 0); node != DTSLOT_NONE;
	     node = dtslot_check_next(&r->c, node)) {
		while (done <= node)
			r->first[done++] = r->count;
		r->c.node = node;
		ret = lead_by_place(r);
		cursor = b->nodes[node].props;
		while (!ret && dtslot_blob_next_prop(b, &cursor, &r->c.p))
			ret = lead_by_property(r);
		if (ret)
			return ret;
	}
	while (done <= b->count)
		r->first[done++] = r->count;
	return 0;
}

/**
 * struct place - a node on the way that is being followed
 * @node: the node
 * @at: its lead that is followed, or comes next
 * @depth: levels of calls from the first node of the way to this one, both included
 */
struct place {
	u32 node;
	u32 at;
	u32 depth;
};

static int refuse_row(const struct rows *r, enum lead_kind kind, u32 node)
{
	return dtslot_fail(r->c.text, -E2BIG,
			   "node '%.*s' needs more than %u %s in a row, each of which needs the next: the kernel's stack has no room for them",
			   SHOWN, dtslot_blob_name(&r->c.o->blob, node), kinds[kind].most,
			   kinds[kind].what);
}

static int refuse_circle(const struct rows *r, enum lead_kind kind, u32 node)
{
	return dtslot_fail(r->c.text, -EINVAL,
			   "the %s of node '%.*s' lead in a circle, which the kernel follows without an end",
			   kinds[kind].what, SHOWN, dtslot_blob_name(&r->c.o->blob, node));
}

/* The lead of the kind that a place is at, or NULL behind its last. */
static const struct lead *next_lead(const struct rows *r, enum lead_kind kind, struct place *place)
{
	for (; place->at < r->first[place->node + 1]; place->at++)
		if (r->leads[place->at].kind == kind)
			return &r->leads[place->at];
	return NULL;
}

static void enter(struct rows *r, struct place *place, u32 node, u32 depth)
{
	*place = (struct place){ node, r->first[node], depth };
	r->length[node] = OPEN | 1;
}

/*
 * Follow all ways from a node; without recursion. Where one comes back to itself and no
 * circle is refused, what is behind that was counted on the way there.
 */
static int follow(struct rows *r, enum lead_kind kind, u32 node)
{
	struct place way[MAX_CLOCK_ROW], *place = way;
	const struct lead *lead;
	u32 length;

	enter(r, place, node, 1);
	for (;;) {
		lead = next_lead(r, kind, place);
		if (!lead) {
			r->length[place->node] &= ~OPEN;
			if (place == way)
				return 0;
			/* The lead to it is looked at once more, as its length is known now. */
			place--;
			continue;
		}
		length = r->length[lead->to];
		if (!length && place->depth + lead->length > kinds[kind].most)
			return refuse_row(r, kind, way->node);
		if (!length) {
			place++;
			enter(r, place, lead->to, place[-1].depth + lead->length);
			continue;
		}
		place->at++;
		if (length & OPEN) {
			if (kinds[kind].circle)
				return refuse_circle(r, kind, lead->to);
			continue;
		}
		length += lead->length;
		if (length > kinds[kind].most)
			return refuse_row(r, kind, place->node);
		if (length > (r->length[place->node] & ~OPEN))
			r->length[place->node] = OPEN | length;
	}
}

static int check_kind(struct rows *r, enum lead_kind kind)
{
	u32 node;
	int ret;

	memset(r->length, 0, r->c.o->blob.count);
	for (node = 0; node < r->c.o->blob.count; node++) {
		if (r->first[node] == r->first[node + 1] || r->length[node])
			continue;
		ret = follow(r, kind, node);
		if (ret)
			return ret;
	}
	return 0;
}

static int check_kinds(struct rows *r)
{
	enum lead_kind kind;
	int ret = 0;

	for (kind = 0; !ret && r->count && kind < KINDS; kind++)
		ret = check_kind(r, kind);
	return ret;
}

/**
 * dtslot_overlay_check_rows() - that what an overlay's nodes need is no long row, and no circle
 * @o: the overlay, its references resolved, its counts of cells checked
 * @scope: what the slot shows
 * @text: receives the message on failure
 *
 * Return: 0, -E2BIG, -EINVAL or -ENOMEM.
 */
int dtslot_overlay_check_rows(const struct dtslot_overlay *o, const struct dtslot_scope *scope,
			      struct dtslot_text *text)
{
	struct rows r = { .c = { .o = o, .scope = scope, .text = text } };
	int ret = -ENOMEM;

	r.first = kvmalloc_array(o->blob.count + 1, sizeof(*r.first), GFP_KERNEL);
	r.length = kvmalloc(o->blob.count, GFP_KERNEL);
	if (r.first && r.length)
		ret = find_leads(&r);
	if (ret == -ENOMEM)
		dtslot_fail(text, ret, "no memory for what %u nodes need", o->blob.count);
	ret = ret ?: check_kinds(&r);
	kvfree(r.leads);
	kvfree(r.length);
	kvfree(r.first);
	return ret;
}
