// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the devices of a slot work, for userspace: how many have a driver, which do
 * not and why, and when that is settled.
 *
 * "attached" says that nodes and devices are there. Drivers may be missing, wait for
 * others, or fail in their probe(); nodes may be where no bus makes devices of them.
 */
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "devices.h"
#include "slot.h"

static struct workqueue_struct *status_wq;

/* Guards the status of all slots; after a slot has left "attached", no more is told. */
static DEFINE_MUTEX(status_lock);

static struct dtslot *to_dtslot(struct device *dev)
{
	return container_of(dev, struct dtslot, dev);
}

/* The kernel maps a syscon when its registers are asked for, and buses need no driver. */
static bool needs_driver(const struct device_node *np)
{
	return !of_device_is_compatible(np, "syscon") && !dtslot_is_bus(np);
}

static bool is_fine(const struct dtslot_device *d)
{
	return d->bound || !needs_driver(d->np);
}

/* Nodes of the device tree's graphs are read where they are. */
static bool is_of_graph(const struct device_node *np)
{
	return of_node_name_eq(np, "port") || of_node_name_eq(np, "ports") ||
	       of_node_name_eq(np, "endpoint");
}

/*
 * A node that was added to a device of others, and that no device was made of. I2C, SPI
 * and GPIO look at nodes that come; MDIO, DSI, 1-Wire, NVMEM and MTD do not, and some
 * finders make devices of such nodes.
 */
static bool is_orphan(const struct dtslot *slot, const struct device_node *np)
{
	if (dtslot_makes_devices(slot, np->parent) || of_node_check_flag(np, OF_POPULATED) ||
	    READ_ONCE(np->fwnode.dev))
		return false;
	if (!of_property_present(np, "compatible") && !of_property_present(np, "reg"))
		return false;
	return of_device_is_available(np) && !is_of_graph(np);
}

/* What the op works() of a slot says of a node that was added to a device of others. */
static int finder_says(const struct dtslot *slot, struct device_node *np)
{
	return slot->ops->works ? slot->ops->works(slot->priv, np) : -ENODEV;
}

/**
 * struct count - how many devices of a slot there are
 * @slot: the slot
 * @total: how many there should be
 * @bound: how many work
 */
struct count {
	const struct dtslot *slot;
	unsigned int total;
	unsigned int bound;
};

static void count_top(struct device_node *np, void *arg)
{
	struct count *c = arg;
	int works = finder_says(c->slot, np);

	c->total += works >= 0 || is_orphan(c->slot, np);
	c->bound += works > 0;
}

static struct count count_devices(struct dtslot *slot)
{
	struct count c = { .slot = slot };
	struct dtslot_device *d;

	if (READ_ONCE(slot->state) != DTSLOT_ATTACHED)
		return c;
	scoped_guard(mutex, &dtslot_devices_lock) {
		list_for_each_entry(d, &slot->devices, list) {
			c.total++;
			c.bound += is_fine(d);
		}
	}
	dtslot_registry_walk_tops(slot, count_top, &c);
	return c;
}

/* Remember how many there are; returns whether that is new. */
static bool note_count(struct dtslot *slot)
{
	struct count c = count_devices(slot);

	if (c.total == slot->status.total && c.bound == slot->status.bound)
		return false;
	slot->status.total = c.total;
	slot->status.bound = c.bound;
	return true;
}

static void print_count(const struct dtslot *slot, char *text, size_t size)
{
	scnprintf(text, size, "DTSLOT_DEVICES=%u/%u", slot->status.bound, slot->status.total);
}

static void tell(struct dtslot *slot, bool event)
{
	char text[48];
	char *env[3] = { text, "DTSLOT_SETTLED=1" };

	sysfs_notify(&slot->dev.kobj, NULL, "devices");
	sysfs_notify(&slot->dev.kobj, NULL, "unbound");
	if (!event)
		return;
	print_count(slot, text, sizeof(text));
	kobject_uevent_env(&slot->dev.kobj, KOBJ_CHANGE, env);
}

static void look_again(struct work_struct *work)
{
	struct dtslot *slot = container_of(work, struct dtslot, status.changed);

	scoped_guard(mutex, &status_lock)
		if (READ_ONCE(slot->state) == DTSLOT_ATTACHED && note_count(slot))
			tell(slot, slot->status.settled);
	put_device(&slot->dev);
}

/**
 * struct attempt - one more probe of a device, which says why it fails
 * @dev: the device; a reference is held
 * @np: its node, by which drivers are matched; a reference is held, as an I2C device that
 *	goes has none
 * @error: what the last driver that fits said; 0 if one took the device or none fits
 */
struct attempt {
	struct device *dev;
	struct device_node *np;
	int error;
};

static bool fits(struct device *dev, const struct device_driver *drv)
{
	return dev->bus->match && dev->bus->match(dev, drv) > 0;
}

static int try_driver(struct device_driver *drv, void *arg)
{
	struct attempt *a = arg;

	if (!fits(a->dev, drv))
		return 0;
	a->error = device_driver_attach(drv, a->dev);
	return !a->error;
}

/* Find a device of a slot whose driver failed and that was not tried again. */
static bool get_failed(struct dtslot *slot, struct attempt *a)
{
	struct dtslot_device *d;

	guard(mutex)(&dtslot_devices_lock);
	list_for_each_entry(d, &slot->devices, list) {
		if (!d->failed || d->bound || d->error)
			continue;
		d->error = -EAGAIN;
		*a = (struct attempt){ .dev = get_device(d->dev), .np = of_node_get(d->np) };
		return true;
	}
	return false;
}

/*
 * The driver core logs the error of a probe and forgets it. So a device whose probe
 * failed is probed once more, and that tells why.
 */
static void learn_errors(struct dtslot *slot)
{
	struct attempt a;

	while (READ_ONCE(slot->state) == DTSLOT_ATTACHED && get_failed(slot, &a)) {
		bus_for_each_drv(a.dev->bus, NULL, &a, try_driver);
		scoped_guard(mutex, &dtslot_devices_lock) {
			struct dtslot_device *d = dtslot_device_find(a.np);

			if (d && d->dev == a.dev && a.error)
				d->error = a.error;
		}
		of_node_put(a.np);
		put_device(a.dev);
	}
}

/* A line for each attach; 'unbound' says why a device does not work. */
static void report(struct dtslot *slot)
{
	struct dtslot_device *d;
	char names[160] = "";
	size_t n = 0;

	scoped_guard(mutex, &dtslot_devices_lock)
		list_for_each_entry(d, &slot->devices, list)
			if (!is_fine(d))
				n += scnprintf(names + n, sizeof(names) - n, "%s %s",
					       n ? "" : ", not:", dev_name(d->dev));
	guard(mutex)(&slot->text_lock);
	dev_info(slot->parent, "%s: %u of %u devices work%s\n", slot->model, slot->status.bound,
		 slot->status.total, names);
}

static void settle(struct work_struct *work)
{
	struct dtslot *slot = container_of(work, struct dtslot, status.settle);
	unsigned int generation = READ_ONCE(slot->status.generation);
	bool changed;

	wait_for_device_probe();
	learn_errors(slot);
	scoped_guard(mutex, &status_lock) {
		if (READ_ONCE(slot->state) == DTSLOT_ATTACHED &&
		    slot->status.generation == generation) {
			note_count(slot);
			report(slot);
			slot->status.settled = true;
			changed = slot->status.bound != slot->status.announced ||
				  slot->status.bound != slot->status.total;
			sysfs_notify(&slot->dev.kobj, NULL, "settled");
			tell(slot, changed);
		}
	}
	put_device(&slot->dev);
}

static void queue(struct dtslot *slot, struct work_struct *work)
{
	get_device(&slot->dev);
	if (!queue_work(status_wq, work))
		put_device(&slot->dev);
}

/**
 * dtslot_status_changed() - a device of a slot came or went, or its driver did
 * @slot: the slot
 */
void dtslot_status_changed(struct dtslot *slot)
{
	if (READ_ONCE(slot->state) == DTSLOT_ATTACHED)
		queue(slot, &slot->status.changed);
}

/**
 * dtslot_status_enter() - a slot has a new state
 * @slot: the slot, locked
 * @text: receives what its event says of the devices; empty if nothing
 * @size: room at @text
 */
void dtslot_status_enter(struct dtslot *slot, char *text, size_t size)
{
	guard(mutex)(&status_lock);
	text[0] = '\0';
	if (slot->status.settled) {
		slot->status.settled = false;
		sysfs_notify(&slot->dev.kobj, NULL, "settled");
	}
	slot->status.generation++;
	note_count(slot);
	if (slot->state != DTSLOT_ATTACHED)
		return;
	slot->status.announced = slot->status.bound;
	print_count(slot, text, size);
	queue(slot, &slot->status.settle);
}

/* Whether a driver fits a device. */
static int find_driver(struct device_driver *drv, void *arg)
{
	struct device *dev = arg;

	return fits(dev, drv);
}

/**
 * struct missing - a supplier that does not work
 * @by: the device that needs it
 * @dev: its device, or
 * @disabled: its node
 */
struct missing {
	const struct dtslot_device *by;
	const struct dtslot_device *dev;
	const struct device_node *disabled;
};

static int find_missing(struct device_node *user, struct device_node *supplier, void *arg)
{
	struct missing *m = arg;

	for (; supplier && of_node_check_flag(supplier, OF_DYNAMIC); supplier = supplier->parent) {
		const struct dtslot_device *d = dtslot_device_find(supplier);

		if (!of_device_is_available(supplier))
			m->disabled = supplier;
		else if (d && d != m->by && !is_fine(d))
			m->dev = d;
		if (m->disabled || m->dev)
			return 1;
		if (d && d->own)
			return 0;
	}
	return 0;
}

/* Say why a device has no driver. */
static ssize_t explain(struct dtslot_device *d, char *buf, ssize_t at)
{
	struct missing missing = { .by = d };
	const char *compatible = "nothing";
	ssize_t n = sysfs_emit_at(buf, at, "%pOF %s: ", d->np, dev_name(d->dev));

	of_property_read_string(d->np, "compatible", &compatible);
	if (!bus_for_each_drv(d->dev->bus, NULL, d->dev, find_driver))
		return n + sysfs_emit_at(buf, at + n, "no driver for %s\n", compatible);
	dtslot_walk_suppliers(d->np, find_missing, &missing);
	if (missing.dev)
		return n + sysfs_emit_at(buf, at + n, "waits for %s\n", dev_name(missing.dev->dev));
	if (missing.disabled)
		return n + sysfs_emit_at(buf, at + n, "waits for %pOF, which is disabled\n",
					 missing.disabled);
	if (d->failed && d->error && d->error != -EAGAIN)
		return n + sysfs_emit_at(buf, at + n, "probe failed with %d\n", d->error);
	if (d->failed)
		return n + sysfs_emit_at(buf, at + n, "its driver put the probe off\n");
	return n + sysfs_emit_at(buf, at + n, "not probed yet, or unbound by hand\n");
}

/**
 * struct page_text - what is written to a file
 * @slot: the slot
 * @buf: the page
 * @at: how much is written
 */
struct page_text {
	const struct dtslot *slot;
	char *buf;
	ssize_t at;
};

static void explain_top(struct device_node *np, void *arg)
{
	struct page_text *p = arg;
	const char *compatible = "nothing";

	of_property_read_string(np, "compatible", &compatible);
	if (!finder_says(p->slot, np))
		p->at += sysfs_emit_at(p->buf, p->at, "%pOF -: no driver for %s, or it failed\n",
				       np, compatible);
	else if (is_orphan(p->slot, np))
		p->at += sysfs_emit_at(p->buf, p->at,
				       "%pOF -: no device yet: %pOFn makes them when its driver is bound\n",
				       np, np->parent);
}

static ssize_t devices_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct count c = count_devices(to_dtslot(dev));

	return sysfs_emit(buf, "%u/%u\n", c.bound, c.total);
}
static DEVICE_ATTR_RO(devices);

static ssize_t unbound_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct dtslot *slot = to_dtslot(dev);
	struct page_text p = { .slot = slot, .buf = buf };
	struct dtslot_device *d;

	if (READ_ONCE(slot->state) != DTSLOT_ATTACHED)
		return 0;
	scoped_guard(mutex, &dtslot_devices_lock) {
		list_for_each_entry(d, &slot->devices, list) {
			/* The reasons of thousands would take a while, and are not shown. */
			if (p.at >= PAGE_SIZE - 1)
				break;
			if (!is_fine(d))
				p.at += explain(d, buf, p.at);
		}
	}
	dtslot_registry_walk_tops(slot, explain_top, &p);
	return p.at;
}
static DEVICE_ATTR_RO(unbound);

static ssize_t settled_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(to_dtslot(dev)->status.settled));
}
static DEVICE_ATTR_RO(settled);

static struct attribute *status_attrs[] = {
	&dev_attr_devices.attr,
	&dev_attr_unbound.attr,
	&dev_attr_settled.attr,
	NULL
};

const struct attribute_group dtslot_status_group = {
	.attrs = status_attrs,
};

/**
 * dtslot_status_init() - prepare the status of a new slot
 * @slot: the slot
 */
void dtslot_status_init(struct dtslot *slot)
{
	INIT_WORK(&slot->status.changed, look_again);
	INIT_WORK(&slot->status.settle, settle);
}

/**
 * dtslot_status_start() - be able to tell userspace what becomes of devices
 *
 * Return: 0 or -ENOMEM.
 */
int dtslot_status_start(void)
{
	status_wq = alloc_workqueue("dtslot-status", WQ_UNBOUND | WQ_FREEZABLE, 0);
	return status_wq ? 0 : -ENOMEM;
}

/** dtslot_status_stop() - undo dtslot_status_start(); there are no slots any more */
void dtslot_status_stop(void)
{
	destroy_workqueue(status_wq);
}
