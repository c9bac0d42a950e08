// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devices of all slots, found by their nodes, and whether they have drivers.
 *
 * The buses of these devices announce each that comes, goes, or gets or loses a driver.
 * That is the moment to link a device to its suppliers (links.c), to drop interrupt
 * mappings (mappings.c), and to tell userspace (status.c).
 */
#include <linux/amba/bus.h>
#include <linux/i2c.h>
#include <linux/platform_device.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>
#include <linux/sysfs.h>

#include "../compat.h"
#include "devices.h"
#include "kept.h"
#include "slot.h"

DEFINE_MUTEX(dtslot_devices_lock);	/* guards the devices of all slots */

static struct rhashtable devices;
static const struct rhashtable_params params = {
	.key_len = sizeof(struct device_node *),
	.key_offset = offsetof(struct dtslot_device, np),
	.head_offset = offsetof(struct dtslot_device, hash),
	.automatic_shrinking = true,
};

/**
 * dtslot_device_find() - the device of a node, if a slot brought the node
 * @np: the node
 *
 * Context: dtslot_devices_lock is held; the result is valid as long as it is.
 * Return: the device, or NULL if there is none.
 */
struct dtslot_device *dtslot_device_find(const struct device_node *np)
{
	return rhashtable_lookup_fast(&devices, &np, params);
}

/**
 * dtslot_device_get() - the device of a node, if a slot brought the node
 * @np: the node
 *
 * Return: the device, with a reference, or NULL if there is none.
 */
struct device *dtslot_device_get(const struct device_node *np)
{
	struct dtslot_device *d;

	guard(mutex)(&dtslot_devices_lock);
	d = dtslot_device_find(np);
	return d ? get_device(d->dev) : NULL;
}

/* Whether something on a bus is what a node describes, and no adapter beside it. */
static bool is_described(struct device *dev)
{
	if (!dev->of_node)
		return false;
	return !IS_ENABLED(CONFIG_I2C) || dev->bus != &i2c_bus_type || i2c_verify_client(dev);
}

/*
 * The driver core takes this file away in each probe, with the device's lock held. Its
 * reader waits for that lock, and the removal for the reader: both wait for good.
 */
static void remove_deadly_file(struct device *dev)
{
	static const struct attribute file = { .name = "waiting_for_supplier" };

	sysfs_remove_file(&dev->kobj, &file);
}

/*
 * Put a device into the table and into the list of its slot. A slot that gives up its nodes
 * forgets its devices with the lock held, and is not found from then on.
 */
static int enter_device(struct device *dev, struct dtslot **slot)
{
	struct dtslot_device *d;
	int ret;

	guard(mutex)(&dtslot_devices_lock);
	*slot = dtslot_registry_find(dev->of_node);
	if (!*slot)
		return -ENODEV;
	d = kzalloc_obj(*d);
	if (!d)
		return -ENOMEM;
	d->np = dev->of_node;
	d->dev = dev;
	d->slot = *slot;
	d->own = dtslot_makes_device(d->slot, d->np);
	INIT_LIST_HEAD(&d->awaited);
	INIT_LIST_HEAD(&d->above);
	INIT_LIST_HEAD(&d->below);
	ret = rhashtable_insert_fast(&devices, &d->hash, params);
	if (ret)
		kfree(d);
	else
		list_add_tail(&d->list, &d->slot->devices);
	return ret;
}

static void add_device(struct device *dev)
{
	struct dtslot *slot;
	int ret = enter_device(dev, &slot);

	if (!slot)
		return;
	remove_deadly_file(dev);
	dtslot_quirk_added(dev);
	/* A cell of an MFD may share the node of its parent, which is its device. */
	if (ret && ret != -EEXIST)
		dev_err(dev, "no memory to keep this device's order\n");
	if (!ret)
		dtslot_links_add(dev);
	/* A syscon has no driver that would ask for its clock. */
	if (of_device_is_compatible(dev->of_node, "syscon"))
		dtslot_kept_get_clocks(slot);
	dtslot_status_changed(slot);
	put_device(&slot->dev);
}

static void remove_device(struct device *dev)
{
	struct dtslot_device *d;

	guard(mutex)(&dtslot_devices_lock);
	d = dtslot_device_find(dev->of_node);
	if (!d || d->dev != dev)
		return;
	rhashtable_remove_fast(&devices, &d->hash, params);
	list_del(&d->list);
	dtslot_quirk_removed(dev);
	dtslot_links_forget(d);
	if (d->slot)
		dtslot_status_changed(d->slot);
	kfree(d);
}

/* Note whether a device has a driver, and if not, whether that is because one failed. */
static bool set_bound(struct device *dev, bool bound, bool failed)
{
	struct dtslot_device *d;

	guard(mutex)(&dtslot_devices_lock);
	d = dtslot_device_find(dev->of_node);
	if (!d || d->dev != dev)
		return false;
	d->bound = bound;
	d->failed = failed;
	if (d->slot && bound)
		dtslot_kept_get_clocks(d->slot);
	else if (d->slot)
		dtslot_kept_put_clocks(d->slot, d->np);
	if (!failed)
		d->error = 0;
	if (d->slot)
		dtslot_status_changed(d->slot);
	return true;
}

static int bus_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct device *dev = data;

	if (!is_described(dev))
		return NOTIFY_DONE;
	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		add_device(dev);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		set_bound(dev, true, false);
		break;
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
		set_bound(dev, false, true);
		break;
	case BUS_NOTIFY_UNBIND_DRIVER:
		/* Its consumers have lost their drivers before, thanks to the links. */
		if (!set_bound(dev, false, false))
			break;
		dtslot_dispose_subtree(dev->of_node);
		dtslot_quirk_unbind(dev);
		break;
	case BUS_NOTIFY_UNBOUND_DRIVER:
		if (set_bound(dev, false, false))
			dtslot_quirk_unbound(dev);
		break;
	case BUS_NOTIFY_REMOVED_DEVICE:
		remove_device(dev);
		break;
	}
	return NOTIFY_OK;
}

static const struct bus_type *const buses[] = {
	&platform_bus_type,
#if IS_ENABLED(CONFIG_I2C)
	&i2c_bus_type,
#endif
#if IS_ENABLED(CONFIG_SPI_MASTER)
	&spi_bus_type,
#endif
#if IS_ENABLED(CONFIG_ARM_AMBA)
	&amba_bustype,
#endif
};

#define MAX_WATCHED	(ARRAY_SIZE(buses) + 2)

/* A notifier block is in one list, so that each bus has its own. */
static struct {
	const struct bus_type *bus;
	struct notifier_block nb;
} watched[MAX_WATCHED];
static unsigned int watched_count;
static DEFINE_MUTEX(watched_lock);	/* guards both */

/**
 * dtslot_watch_bus() - begin to listen to a bus, unless that has begun
 * @bus: the bus, part of the kernel itself
 *
 * For a finder that makes devices on a bus of which the core does not know.
 *
 * Return: 0 or a negative error.
 */
int dtslot_watch_bus(const struct bus_type *bus)
{
	unsigned int i;
	int ret;

	guard(mutex)(&watched_lock);
	for (i = 0; i < watched_count; i++)
		if (watched[i].bus == bus)
			return 0;
	if (WARN_ON_ONCE(i == MAX_WATCHED))
		return -ENOSPC;
	watched[i].bus = bus;
	watched[i].nb.notifier_call = bus_event;
	ret = bus_register_notifier(bus, &watched[i].nb);
	if (!ret)
		watched_count++;
	return ret;
}
EXPORT_SYMBOL_GPL(dtslot_watch_bus);

/**
 * dtslot_devices_forget() - a slot has no nodes in the tree any more
 * @slot: the slot; a device that is left is none of its own
 */
void dtslot_devices_forget(struct dtslot *slot)
{
	struct dtslot_device *d, *next;

	guard(mutex)(&dtslot_devices_lock);
	list_for_each_entry_safe(d, next, &slot->devices, list) {
		d->slot = NULL;
		list_del_init(&d->list);
	}
}

static void unwatch_buses(void)
{
	guard(mutex)(&watched_lock);
	while (watched_count) {
		watched_count--;
		bus_unregister_notifier(watched[watched_count].bus, &watched[watched_count].nb);
	}
}

/**
 * dtslot_devices_init() - begin to listen to the buses
 *
 * Return: 0 or a negative error.
 */
int dtslot_devices_init(void)
{
	unsigned int i;
	int ret;

	ret = rhashtable_init(&devices, &params);
	if (ret)
		return ret;
	ret = dtslot_links_init();
	if (ret)
		goto no_links;
	for (i = 0; !ret && i < ARRAY_SIZE(buses); i++)
		ret = dtslot_watch_bus(buses[i]);
	if (!ret)
		return 0;
	unwatch_buses();
	dtslot_links_exit();
no_links:
	rhashtable_destroy(&devices);
	return ret;
}

/** dtslot_devices_exit() - undo dtslot_devices_init(); there are no slots any more */
void dtslot_devices_exit(void)
{
	unwatch_buses();
	dtslot_links_exit();
	rhashtable_destroy(&devices);
}
