/* SPDX-License-Identifier: GPL-2.0-only */
/* The devices of slots, as devices.c, links.c and status.c share them. */
#ifndef DTSLOT_DEVICES_H
#define DTSLOT_DEVICES_H

#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/rhashtable-types.h>

struct dtslot;

/**
 * struct dtslot_device - a device of a slot, from its addition to its removal
 * @hash: entry in the table of all
 * @list: entry in its slot's list
 * @np: its node, held by the device
 * @dev: the device
 * @slot: its slot; NULL once that has given its nodes up
 * @own: the slot makes and removes the device; no driver does
 * @bound: has a driver
 * @failed: a driver's probe() was called and did not take it
 * @error: what that returned, once it was asked again; 0 before
 * @above: edges to its suppliers and to the device that it is a child of, see links.c
 * @below: edges to its consumers and children
 * @awaited: what it needs and what may come later, see links.c
 * @mark: the search that came here last
 *
 * All are guarded by dtslot_devices_lock.
 */
struct dtslot_device {
	struct rhash_head hash;
	struct list_head list;
	struct device_node *np;
	struct device *dev;
	struct dtslot *slot;
	bool own;
	bool bound;
	bool failed;
	int error;
	struct list_head above;
	struct list_head below;
	struct list_head awaited;
	unsigned long mark;
};

extern struct mutex dtslot_devices_lock;

/* devices.c */
struct dtslot_device *dtslot_device_find(const struct device_node *np);

/* links.c */
int dtslot_links_init(void);
void dtslot_links_exit(void);
void dtslot_links_add(struct device *dev);
void dtslot_links_forget(struct dtslot_device *d);

#endif
