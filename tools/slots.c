// SPDX-License-Identifier: GPL-2.0-or-later
/* The slots, as /sys/class/dtslot shows them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtslot.h"

#define UNBOUND_MOST	65536	/* bytes of "unbound" */

static char *attribute(const char *slot, const char *name)
{
	char *text = file_line("/sys/class/dtslot/%s/%s", slot, name);

	return text ? text : copy_text("");
}

/* "/sys/firmware/devicetree/base/soc" is the node /soc. */
static char *node_of(const char *slot)
{
	static const char base[] = "/sys/firmware/devicetree/base";
	char *real = file_real("/sys/class/dtslot/%s/device/of_node", slot), *node;

	node = copy_text(real && is_below(real, base) ? real + strlen(base) : "");
	free(real);
	return node;
}

/* What the modules themselves say of the slot's devices; older ones do not. */
static void read_status(struct slot *slot, const char *name)
{
	char *counts = attribute(name, "devices"), *settled = attribute(name, "settled");
	char *path = at_root("/sys/class/dtslot/%s/unbound", name);
	struct bytes text;

	if (sscanf(counts, "%u/%u", &slot->working, &slot->all) != 2 || slot->working > slot->all)
		slot->all = 0;
	slot->settled = *settled ? *settled == '1' : -1;
	slot->unbound = copy_text(file_read(path, UNBOUND_MOST, &text) ? "" : (char *)text.data);
	free(text.data);
	free(path);
	free(settled);
	free(counts);
}

/**
 * slots_load() - read all slots
 * @slots: receives them, sorted by name; none if the modules are not loaded
 */
void slots_load(struct slots *slots)
{
	struct names names;
	size_t i;

	*slots = (struct slots){ NULL, 0 };
	file_names(&names, "/sys/class/dtslot");
	for (i = 0; i < names.count; i++) {
		struct slot *slot;
		const char *name = names.name[i];

		/* A slot that went meanwhile has no state any more. */
		if (!file_exists("/sys/class/dtslot/%s/state", name))
			continue;
		slots->slot = grow(slots->slot, slots->count, sizeof(*slot));
		slot = &slots->slot[slots->count++];
		slot->name = copy_text(name);
		make_printable(slot->name);
		slot->state = attribute(name, "state");
		slot->model = attribute(name, "model");
		slot->overlay = attribute(name, "overlay");
		slot->error = attribute(name, "error");
		slot->parent = file_real("/sys/class/dtslot/%s/device", name);
		if (!slot->parent)
			slot->parent = copy_text("");
		slot->node = node_of(name);
		read_status(slot, name);
	}
	names_free(&names);
}

/**
 * slots_free() - free what slots_load() allocated
 * @slots: the slots
 */
void slots_free(struct slots *slots)
{
	while (slots->count) {
		struct slot *slot = &slots->slot[--slots->count];

		free(slot->name);
		free(slot->state);
		free(slot->model);
		free(slot->overlay);
		free(slot->error);
		free(slot->parent);
		free(slot->node);
		free(slot->unbound);
	}
	free(slots->slot);
	slots->slot = NULL;
}

/* "01:00.0" is short for "pci-0000:01:00.0", if no other slot ends like this. */
static bool is_short_for(const char *text, const char *name)
{
	size_t n = strlen(text), m = strlen(name);

	return n && n < m && !strcmp(name + m - n, text) && strchr(":-", name[m - n - 1]);
}

/**
 * slots_find() - find a slot by the name a person typed
 * @slots: all slots
 * @name: its name, or the end of it if no other ends like this
 * @status: set to what to exit with if there is none
 *
 * Return: the slot; or NULL after a message.
 */
const struct slot *slots_find(const struct slots *slots, const char *name, int *status)
{
	const struct slot *found = NULL;
	size_t i;

	for (i = 0; i < slots->count; i++)
		if (!strcmp(slots->slot[i].name, name))
			return &slots->slot[i];
	for (i = 0; i < slots->count; i++) {
		if (!is_short_for(name, slots->slot[i].name))
			continue;
		if (found) {
			*status = fail(STATUS_USAGE, "%s: %s and %s end like this; type more of it",
				       name, found->name, slots->slot[i].name);
			return NULL;
		}
		found = &slots->slot[i];
	}
	if (found)
		return found;
	if (!file_exists("/sys/class/dtslot"))
		*status = fail(STATUS_FINDING,
			       "%s: no slots, the modules are not loaded; modprobe dtslot-pci",
			       name);
	else
		*status = fail(STATUS_FINDING, "%s: no such slot; dtslot list shows them", name);
	return NULL;
}
