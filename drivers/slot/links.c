// SPDX-License-Identifier: GPL-2.0-only
/*
 * Links from the devices of slots to their suppliers.
 *
 * A device gets a managed device link to each supplier when it is added, before any
 * driver may probe it. The driver core then holds its probe back until the suppliers
 * are bound, and unbinds it before one of them: in whichever context that loses its
 * driver, at whatever moment.
 *
 * A link is a device with files and events, so those that others imply are left out:
 * what needs a pin controller which needs an interrupt controller has one link, to the
 * pin controller. Only devices that the slot makes imply others, as they stay while
 * their consumers do.
 *
 * A supplier may come after its consumer, if a driver makes it (a function of a flexcom)
 * or if the two need each other. The driver of a bus may also take a supplier away and make
 * it anew. So a device remembers the nodes that it needs; what appears at one of them later
 * is linked then.
 *
 * What a device needs for a child node with a compatible is weaker: the child, which
 * will be a device itself, has links of its own. An I2C controller waits for what its
 * clients need, but never for what needs the controller.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "../compat.h"
#include "devices.h"
#include "slot.h"

/* How many devices one search for implied suppliers looks at. */
#define MAX_SEARCH	256

/*
 * How many devices in a row may need each other, and along how many ways. The driver core
 * follows links by recursion, once for each way: a longer row overflows the kernel's stack,
 * and twice as many ways for each device more have no end.
 */
#define MAX_ROW		64
#define MAX_WAYS	4096

/**
 * struct edge - two devices of which one goes before the other
 * @up: entry in the list of what is above the lower one
 * @down: entry in the list of what is below the upper one
 * @upper: the supplier, or the parent
 * @lower: the consumer, or the child
 * @is_link: which of both
 */
struct edge {
	struct list_head up;
	struct list_head down;
	struct dtslot_device *upper;
	struct dtslot_device *lower;
	bool is_link;
};

/**
 * struct awaited - a node that a device needs, where a supplier may appear, or appear anew
 * @hash: entry in the table of all, by @np
 * @list: entry in the consumer's list
 * @np: the node; a reference is held
 * @consumer: the device that needs it
 */
struct awaited {
	struct rhlist_head hash;
	struct list_head list;
	struct device_node *np;
	struct dtslot_device *consumer;
};

static struct rhltable awaited;		/* guarded by dtslot_devices_lock */
static const struct rhashtable_params params = {
	.key_len = sizeof(struct device_node *),
	.key_offset = offsetof(struct awaited, np),
	.head_offset = offsetof(struct awaited, hash),
	.automatic_shrinking = true,
};

/* Number of the last search; each leaves its number at what it has seen. */
static unsigned long last_search;

/**
 * struct search - the suppliers or the consumers of a device that is added
 * @dev: the device
 * @consumer: its entry in the table
 * @weak: look for what its child devices need, not for what it needs itself
 * @has_weak: there may be such
 * @mark: number of the search
 * @found: devices to link to, each with a reference
 * @count: how many
 * @room: how many @found has room for
 */
struct search {
	struct device *dev;
	struct dtslot_device *consumer;
	bool weak;
	bool has_weak;
	unsigned long mark;
	struct device **found;
	unsigned int count;
	unsigned int room;
};

static int await(struct search *s, struct device_node *np)
{
	struct awaited *a;
	int ret;

	/* The same bank, line by line. A node that is there twice does no harm. */
	a = list_first_entry_or_null(&s->consumer->awaited, struct awaited, list);
	if (a && a->np == np)
		return 0;
	a = kzalloc_obj(*a);
	if (!a)
		return -ENOMEM;
	a->np = of_node_get(np);
	a->consumer = s->consumer;
	ret = rhltable_insert(&awaited, &a->hash, params);
	if (ret) {
		of_node_put(a->np);
		kfree(a);
		return ret;
	}
	list_add(&a->list, &s->consumer->awaited);
	return 0;
}

static int note(struct search *s, struct device *dev)
{
	struct device **grown;

	if (s->count == s->room) {
		grown = krealloc_array(s->found, 2 * s->room + 4, sizeof(*grown), GFP_KERNEL);
		if (!grown)
			return -ENOMEM;
		s->found = grown;
		s->room = 2 * s->room + 4;
	}
	s->found[s->count++] = get_device(dev);
	return 0;
}

/* Whether a reference is one of a child that will be a device itself. */
static bool is_childs(const struct device_node *user, const struct device_node *top)
{
	for (; user != top; user = user->parent)
		if (of_property_present(user, "compatible"))
			return true;
	return false;
}

/*
 * Whether a device may appear at a node later, of which a device is to hear. What its own
 * driver makes goes before it, and appears while the driver's probe holds the device's lock.
 */
static bool may_appear(const struct device_node *np, const struct device_node *top)
{
	return of_property_present(np, "compatible") && !dtslot_is_below(np, top);
}

/*
 * A bank, a pin state and the like are nodes without a device: the device above them
 * counts. A device that a driver makes goes with that of the driver: both count.
 */
static int add_supplier(struct device_node *user, struct device_node *supplier, void *arg)
{
	struct search *s = arg;
	struct device_node *top = s->consumer->np, *np;
	bool weak = is_childs(user, top), seen;
	struct dtslot_device *d;
	int ret;

	s->has_weak |= weak;
	if (s->weak != weak)
		return 0;
	for (np = supplier; np; np = np->parent) {
		/* What is above the consumer goes after it anyway, what is below it before. */
		if (np == top || dtslot_is_below(top, np))
			return 0;
		/* Nor does anything appear in what the host has from its boot on. */
		if (!of_node_check_flag(np, OF_DYNAMIC))
			return 0;
		d = dtslot_device_find(np);
		seen = d && d->mark == s->mark;
		ret = 0;
		if (d && !seen) {
			d->mark = s->mark;
			ret = note(s, d->dev);
		}
		if (!ret && !s->weak && !seen && may_appear(np, top))
			ret = await(s, np);
		if (ret || (d && d->own))
			return ret;
	}
	return 0;
}

/* Devices whose links are looked at; guarded by dtslot_devices_lock. */
static struct dtslot_device *queue[MAX_SEARCH];

/* Mark what the own devices among those found have links to, and so on. */
static void mark_implied(struct search *s)
{
	struct dtslot_device *by, *d;
	unsigned int head = 0, tail = 0, i;
	struct edge *edge;

	s->mark = ++last_search;
	/* Links that the consumer has imply others, too, and themselves. */
	by = dtslot_device_find(s->dev->of_node);
	for (i = 0; i < s->count && tail < MAX_SEARCH - 1; i++) {
		d = dtslot_device_find(s->found[i]->of_node);
		if (d && d->own)
			queue[tail++] = d;
	}
	if (by)
		queue[tail++] = by;
	while (head < tail) {
		by = queue[head++];
		list_for_each_entry(edge, &by->above, up) {
			d = edge->upper;
			if (!edge->is_link || !d->own || d->mark == s->mark)
				continue;
			if (tail == MAX_SEARCH)
				return;
			d->mark = s->mark;
			queue[tail++] = d;
		}
	}
}

/* Leave out the suppliers that others of those found imply. */
static void reduce(struct search *s)
{
	unsigned int i, kept = 0;

	mark_implied(s);
	for (i = 0; i < s->count; i++) {
		struct dtslot_device *d = dtslot_device_find(s->found[i]->of_node);

		if (d && d->mark == s->mark)
			put_device(s->found[i]);
		else
			s->found[kept++] = s->found[i];
	}
	s->count = kept;
}

/* What a device needs, itself or for its child devices. */
static int find_suppliers(struct search *s)
{
	int ret;

	guard(mutex)(&dtslot_devices_lock);
	s->consumer = dtslot_device_find(s->dev->of_node);
	if (!s->consumer || s->consumer->dev != s->dev)
		return 0;
	s->mark = ++last_search;
	ret = dtslot_walk_suppliers(s->dev->of_node, add_supplier, s);
	reduce(s);
	return ret;
}

static struct edge *make_edge(struct dtslot_device *upper, struct dtslot_device *lower,
			      bool is_link)
{
	struct edge *edge = kzalloc_obj(*edge);

	if (!edge)
		return NULL;
	edge->upper = upper;
	edge->lower = lower;
	edge->is_link = is_link;
	list_add_tail(&edge->up, &lower->above);
	list_add_tail(&edge->down, &upper->below);
	return edge;
}

static void drop_edge(struct edge *edge)
{
	list_del(&edge->up);
	list_del(&edge->down);
	kfree(edge);
}

/* Where a walk is, at each level; guarded by dtslot_devices_lock. */
static struct place {
	struct dtslot_device *d;
	struct list_head *at;
} row[MAX_ROW];

/* How many devices in a row are above or below one; MAX_ROW if it is more, or too many ways. */
static unsigned int count_row(struct dtslot_device *d, bool up)
{
	unsigned int level = 0, most = 0, ways = 0;
	struct place *p = row;

	*p = (struct place){ d, up ? &d->above : &d->below };
	for (;;) {
		p = &row[level];
		p->at = p->at->next;
		if (p->at == (up ? &p->d->above : &p->d->below)) {
			if (!level--)
				return most;
			continue;
		}
		if (++level == MAX_ROW || ++ways > MAX_WAYS)
			return MAX_ROW;
		most = max(most, level);
		d = up ? list_entry(p->at, struct edge, up)->upper :
			 list_entry(p->at, struct edge, down)->lower;
		row[level] = (struct place){ d, up ? &d->above : &d->below };
	}
}

static struct dtslot_device *find_device(struct device *dev)
{
	struct dtslot_device *d = dtslot_device_find(dev->of_node);

	return d && d->dev == dev ? d : NULL;
}

/* Note a link that is to be made, so that it can imply others, and that it can be borne. */
static int note_link(struct device *consumer, struct device *supplier)
{
	struct dtslot_device *c, *s;

	guard(mutex)(&dtslot_devices_lock);
	c = find_device(consumer);
	s = find_device(supplier);
	if (!c || !s)
		return -ENODEV;
	if (count_row(s, true) + 1 + count_row(c, false) >= MAX_ROW)
		return -E2BIG;
	return make_edge(s, c, true) ? 0 : -ENOMEM;
}

/* Forget a link that was not made. */
static void forget_link(struct device *consumer, struct device *supplier)
{
	struct dtslot_device *c;
	struct edge *edge;

	guard(mutex)(&dtslot_devices_lock);
	c = find_device(consumer);
	if (!c)
		return;
	list_for_each_entry(edge, &c->above, up) {
		if (edge->is_link && edge->upper->dev == supplier) {
			drop_edge(edge);
			return;
		}
	}
}

static void link_to(struct device *consumer, struct device *supplier)
{
	int ret = note_link(consumer, supplier);

	if (ret == -E2BIG)
		dev_warn_ratelimited(consumer,
				     "no link to %s, as too many devices need each other in a row: unbind neither by hand\n",
				     dev_name(supplier));
	else if (ret == -ENOMEM)
		dev_err(consumer, "no memory for the link to %s\n", dev_name(supplier));
	if (ret || device_link_add(consumer, supplier, DL_FLAG_AUTOPROBE_CONSUMER))
		return;
	forget_link(consumer, supplier);
	dev_dbg(consumer, "no link to %s, which needs this device itself\n",
		dev_name(supplier));
}

/* Returns whether there may be suppliers that its child devices need. */
static bool link_to_suppliers(struct device *dev, bool weak)
{
	struct search s = { .dev = dev, .weak = weak };
	unsigned int i;

	if (find_suppliers(&s))
		dev_err(dev, "no memory for the links to all suppliers\n");
	for (i = 0; i < s.count; i++) {
		link_to(dev, s.found[i]);
		put_device(s.found[i]);
	}
	kfree(s.found);
	return s.has_weak;
}

/* The devices that await the node of one that is added. */
static int find_consumers(struct search *s)
{
	const struct device_node *np = s->dev->of_node;
	struct rhlist_head *list, *entry;
	struct awaited *a;
	int ret = 0;

	guard(mutex)(&dtslot_devices_lock);
	/* Entries come and go with the lock held only. */
	scoped_guard(rcu)
		list = rhltable_lookup(&awaited, &np, params);
	rhl_for_each_entry_rcu(a, entry, list, hash) {
		ret = note(s, a->consumer->dev);
		if (ret)
			break;
	}
	return ret;
}

/*
 * Link those to a device that were waiting for it. Their drivers are held back by the
 * links to the device above it, whose driver is just probing, or have put off their
 * probe. None is probing while its lock is held: the driver core does not expect that
 * links to unbound suppliers are added during a probe.
 */
static void link_to_consumers(struct device *dev)
{
	struct search s = { .dev = dev };
	unsigned int i;

	if (find_consumers(&s))
		dev_err(dev, "no memory for the links from all consumers\n");
	for (i = 0; i < s.count; i++) {
		device_lock(s.found[i]);
		link_to(s.found[i], dev);
		device_unlock(s.found[i]);
		put_device(s.found[i]);
	}
	kfree(s.found);
}

/* A device goes before the one it is a child of. */
static int note_parent(struct device *dev)
{
	struct dtslot_device *d, *above = NULL;
	struct device *parent;

	guard(mutex)(&dtslot_devices_lock);
	d = find_device(dev);
	for (parent = dev->parent; parent && !above; parent = parent->parent)
		if (parent->of_node)
			above = dtslot_device_find(parent->of_node);
	return !d || !above || make_edge(above, d, false) ? 0 : -ENOMEM;
}

/**
 * dtslot_links_add() - link a device that is added, and may not be probed yet
 * @dev: the device, in the table of devices
 */
void dtslot_links_add(struct device *dev)
{
	bool has_weak;

	if (note_parent(dev))
		dev_err(dev, "no memory to note the device above\n");
	has_weak = link_to_suppliers(dev, false);
	link_to_consumers(dev);
	if (has_weak)
		link_to_suppliers(dev, true);
}

/**
 * dtslot_links_forget() - forget what a device needs, as it goes
 * @d: the device
 *
 * Context: dtslot_devices_lock is held.
 */
void dtslot_links_forget(struct dtslot_device *d)
{
	struct awaited *a, *next;
	struct edge *edge, *other;

	list_for_each_entry_safe(edge, other, &d->above, up)
		drop_edge(edge);
	list_for_each_entry_safe(edge, other, &d->below, down)
		drop_edge(edge);
	list_for_each_entry_safe(a, next, &d->awaited, list) {
		rhltable_remove(&awaited, &a->hash, params);
		of_node_put(a->np);
		kfree(a);
	}
}

/**
 * dtslot_links_init() - prepare the table of what devices await
 *
 * Return: 0 or a negative error.
 */
int dtslot_links_init(void)
{
	return rhltable_init(&awaited, &params);
}

/** dtslot_links_exit() - undo dtslot_links_init(); there are no devices any more */
void dtslot_links_exit(void)
{
	rhltable_destroy(&awaited);
}

/**
 * dtslot_claim_links() - keep fw_devlink from linking a device that has its links
 * @slot: the slot
 * @np: node of a device that the slot makes, or below it; all that it names is in the slot
 *
 * The node is said to have its links: fw_devlink would add those that are left out here as
 * implied, and meanwhile others, from the bus to each supplier. Nodes of devices that
 * drivers make, on I2C or SPI, are left to it.
 *
 * The driver core offers modules nothing for that but the flag. An export of
 * fwnode_links_purge(), or a flag of a device which says that its bus links it, would
 * be clean.
 */
void dtslot_claim_links(const struct dtslot *slot, struct device_node *np)
{
	if (dtslot_makes_devices(slot, np->parent) || !of_property_present(np, "compatible"))
		fwnode_set_flag(&np->fwnode, FWNODE_FLAG_LINKS_ADDED);
}
