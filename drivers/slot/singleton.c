// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers that can serve one device in the whole system only.
 *
 * The first slot that brings such a device claims the driver; a device that
 * comes while the claim stands gets the compatible of a stand-in.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/of.h>

#include "../compat.h"
#include "slot.h"

struct claim {
	struct list_head list;
	const char *compatible;
	const struct dtslot *slot;
};

static LIST_HEAD(claims);
static DEFINE_MUTEX(claims_lock);

/* Whether a live node that no slot brought has the driver already. */
static bool used_elsewhere(const char *compatible)
{
	struct device_node *np = of_find_compatible_node(NULL, NULL, compatible);
	bool used = np && of_device_is_available(np);

	of_node_put(np);
	return used;
}

/**
 * dtslot_singleton_compatible() - which compatible a device gets
 * @slot: the slot that brings the device; its singletons are looked up
 * @compatible: first compatible of the device's node
 * @replacement: set to the compatible to use instead, or to NULL to keep it
 *
 * A claim is made on the first use and stands until
 * dtslot_singletons_release().
 *
 * Return: 0 or -ENOMEM.
 */
int dtslot_singleton_compatible(const struct dtslot *slot, const char *compatible,
				const char **replacement)
{
	const struct dtslot_singleton *s;
	struct claim *claim;

	*replacement = NULL;
	for (s = slot->singletons; s && s->compatible; s++)
		if (!strcmp(s->compatible, compatible))
			break;
	if (!s || !s->compatible)
		return 0;

	guard(mutex)(&claims_lock);
	list_for_each_entry(claim, &claims, list) {
		if (strcmp(claim->compatible, compatible))
			continue;
		*replacement = s->stand_in;
		return 0;
	}
	if (used_elsewhere(compatible)) {
		*replacement = s->stand_in;
		return 0;
	}
	claim = kzalloc_obj(*claim);
	if (!claim)
		return -ENOMEM;
	claim->compatible = s->compatible;
	claim->slot = slot;
	list_add(&claim->list, &claims);
	return 0;
}

/**
 * dtslot_singletons_release() - give a slot's claims back
 * @slot: the slot; its devices are gone
 */
void dtslot_singletons_release(const struct dtslot *slot)
{
	struct claim *claim, *next;

	guard(mutex)(&claims_lock);
	list_for_each_entry_safe(claim, next, &claims, list) {
		if (claim->slot != slot)
			continue;
		list_del(&claim->list);
		kfree(claim);
	}
}
