// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The devices that the nodes of slots became, found in sysfs.
 *
 * A device belongs to the slot whose place in the tree, or in the tree of devices, is
 * nearest above it: slots stand inside slots.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtslot.h"

#define BASE		"/sys/firmware/devicetree/base"
#define NET		"/sys/class/net"
#define I2C		"/sys/bus/i2c/devices"
#define PROPERTY_MOST	4096	/* bytes of "compatible" */

/* Directories of what drivers make, worth telling. */
static const char * const made_in[] = {
	"/sys/bus/gpio/devices",
	I2C,
	"/sys/bus/nvmem/devices",
	"/sys/class/hwmon",
	"/sys/class/leds",
	"/sys/class/mdio_bus",
	"/sys/class/mtd",
	NET,
	"/sys/class/ptp",
	"/sys/class/pwm",
	"/sys/class/rtc",
	"/sys/class/spi_master",
	"/sys/class/tty",
};

/**
 * node_compatible() - what a node of the live tree is compatible with
 * @names: receives it, most specific first
 * @node: path of the node
 */
void node_compatible(struct names *names, const char *node)
{
	char *path = at_root(BASE "%s/compatible", node);
	struct bytes bytes;
	size_t i;

	*names = (struct names){ NULL, 0 };
	if (!file_read(path, PROPERTY_MOST, &bytes))
		for (i = 0; i < bytes.size; i += strlen((char *)bytes.data + i) + 1)
			names_add(names, (char *)bytes.data + i);
	free(bytes.data);
	free(path);
}

/* How near a slot is above a device: 0 if it is not. A place in the tree counts most. */
static size_t nearness(const struct slot *slot, const char *path, const char *node)
{
	if (!strcmp(path, slot->parent))
		return 0;
	if (is_below(node, slot->node))
		return 65536 + strlen(slot->node);
	return is_below(path, slot->parent) ? strlen(slot->parent) : 0;
}

/* Return: index of the slot nearest above the device; -1 if there is none. */
static long find_slot(const struct slots *slots, const char *path, const char *node)
{
	size_t i, best = 0, n;
	long found = -1;

	for (i = 0; i < slots->count; i++) {
		n = nearness(&slots->slot[i], path, node);
		if (n > best) {
			best = n;
			found = i;
		}
	}
	return found;
}

/* Adapters and chips have the node of the device that made them, and no modalias. */
static void look_at(struct devices *devices, const struct slots *slots, const char *bus,
		    const char *name)
{
	char *path = file_real("/sys/bus/%s/devices/%s", bus, name);
	char *real = file_real("/sys/bus/%s/devices/%s/of_node", bus, name);
	char *modalias = file_line("/sys/bus/%s/devices/%s/modalias", bus, name);
	const char *node = real && is_below(real, BASE) ? real + strlen(BASE) : "";
	long slot = path && *node && modalias ? find_slot(slots, path, node) : -1;
	struct names compatible = { NULL, 0 };
	struct device *device;

	if (slot >= 0)
		node_compatible(&compatible, node);
	if (compatible.count) {
		devices->device = grow(devices->device, devices->count, sizeof(*device));
		device = &devices->device[devices->count++];
		*device = (struct device){
			.slot = slot,
			.path = copy_text(path),
			.name = copy_text(name),
			.bus = copy_text(bus),
			.driver = file_link_name("/sys/bus/%s/devices/%s/driver", bus, name),
			.node = copy_text(node),
			.modalias = copy_text(modalias),
			.compatible = compatible,
		};
		make_printable(device->name);
		make_printable(device->node);
	} else {
		names_free(&compatible);
	}
	free(path);
	free(real);
	free(modalias);
}

/* Give what is in a directory of devices to the device deepest above each. */
static void find_made(struct devices *devices, const char *directory)
{
	struct device *best;
	struct names names;
	char *path;
	size_t i, j;

	file_names(&names, "%s", directory);
	for (i = 0; i < names.count; i++) {
		/* Adapters and their clients are in one directory. */
		if (!strcmp(directory, I2C) && strncmp(names.name[i], "i2c-", 4))
			continue;
		path = file_real("%s/%s", directory, names.name[i]);
		best = NULL;
		for (j = 0; path && j < devices->count; j++) {
			struct device *d = &devices->device[j];

			if (is_below(path, d->path) && strcmp(path, d->path) &&
			    (!best || strlen(d->path) > strlen(best->path)))
				best = d;
		}
		if (best) {
			names_add(&best->made, names.name[i]);
			best->ports += !strcmp(directory, NET);
		}
		free(path);
	}
	names_free(&names);
}

static int compare_devices(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	int order = strcmp(x->node, y->node);

	return order ? order : strcmp(x->name, y->name);
}

/**
 * devices_load() - find the devices of all slots
 * @devices: receives them
 * @slots: the slots
 */
void devices_load(struct devices *devices, const struct slots *slots)
{
	struct names buses, names;
	size_t i, j;

	*devices = (struct devices){ NULL, 0 };
	file_names(&buses, "/sys/bus");
	for (i = 0; i < buses.count; i++) {
		file_names(&names, "/sys/bus/%s/devices", buses.name[i]);
		for (j = 0; j < names.count; j++)
			look_at(devices, slots, buses.name[i], names.name[j]);
		names_free(&names);
	}
	names_free(&buses);
	if (devices->count)
		qsort(devices->device, devices->count, sizeof(*devices->device), compare_devices);
	for (i = 0; i < ARRAY_SIZE(made_in); i++)
		find_made(devices, made_in[i]);
}

/**
 * devices_free() - free what devices_load() allocated
 * @devices: the devices
 */
void devices_free(struct devices *devices)
{
	while (devices->count) {
		struct device *d = &devices->device[--devices->count];

		free(d->path);
		free(d->name);
		free(d->bus);
		free(d->driver);
		free(d->node);
		free(d->modalias);
		names_free(&d->compatible);
		names_free(&d->made);
	}
	free(devices->device);
	devices->device = NULL;
}

/**
 * device_is_ready() - whether a device does what it is for
 * @device: the device
 *
 * Return: whether it has a driver or needs none.
 */
bool device_is_ready(const struct device *device)
{
	return device->driver || !driver_is_needed(&device->compatible);
}

/**
 * devices_count() - how far a slot is up
 * @devices: all devices
 * @slots: all slots; their own counts are taken if there are any
 * @slot: index of the slot
 *
 * Return: the counts.
 */
struct counts devices_count(const struct devices *devices, const struct slots *slots, size_t slot)
{
	struct counts counts = { 0, 0, 0 };
	size_t i;

	for (i = 0; i < devices->count; i++) {
		const struct device *d = &devices->device[i];

		if (d->slot != slot)
			continue;
		counts.devices++;
		counts.ready += device_is_ready(d);
		counts.ports += d->ports;
	}
	if (slots->slot[slot].all) {
		counts.devices = slots->slot[slot].all;
		counts.ready = slots->slot[slot].working;
	}
	return counts;
}
