// SPDX-License-Identifier: GPL-2.0-or-later
/* list: a line for each slot. */
#include <stdio.h>
#include <string.h>

#include "dtslot.h"

static void print_json(const struct slots *slots, const struct devices *devices)
{
	size_t i;

	json_open(NULL, '[');
	for (i = 0; i < slots->count; i++) {
		const struct slot *s = &slots->slot[i];
		struct counts counts = devices_count(devices, slots, i);

		json_open(NULL, '{');
		json_text("slot", s->name);
		json_text("state", s->state);
		json_text("model", s->model);
		json_text("overlay", s->overlay);
		json_text("error", s->error);
		json_number("devices", counts.devices);
		json_number("ready", counts.ready);
		json_number("ports", counts.ports);
		json_close('}');
	}
	json_close(']');
	json_end();
}

static void print_line(const struct slot *s, struct counts counts, int width)
{
	bool more = *s->model || counts.devices || counts.ports || *s->error;

	printf("%-*s  %-*s", width, s->name, more ? 11 : 0, s->state);
	if (*s->model)
		printf("  %s", s->model);
	if (counts.devices)
		printf("  drivers %u/%u", counts.ready, counts.devices);
	if (counts.ports)
		printf("  ports %u", counts.ports);
	if (*s->error)
		printf("  %s", s->error);
	putchar('\n');
}

/* Something is wrong with a slot that failed, or whose devices did not all come. */
static bool is_well(const struct slot *s, struct counts counts)
{
	return strcmp(s->state, "failed") && strcmp(s->state, "quarantined") &&
	       counts.ready == counts.devices;
}

int cmd_list(int argc, char **argv)
{
	struct devices devices;
	struct slots slots;
	bool json = false, well = true;
	size_t i, n;
	int width = 0;

	if (!take_options(argc, argv, NULL, &json, NULL, NULL))
		return STATUS_USAGE;
	if (argc != optind)
		return usage(argv[0]);
	slots_load(&slots);
	devices_load(&devices, &slots);
	for (i = 0; i < slots.count; i++) {
		n = strlen(slots.slot[i].name);
		width = n > width ? n : width;
		well &= is_well(&slots.slot[i], devices_count(&devices, &slots, i));
	}
	if (json)
		print_json(&slots, &devices);
	for (i = 0; i < slots.count && !json; i++)
		print_line(&slots.slot[i], devices_count(&devices, &slots, i), width);
	devices_free(&devices);
	slots_free(&slots);
	return well ? STATUS_FINE : STATUS_FINDING;
}
