// SPDX-License-Identifier: GPL-2.0-or-later
/* tree: what each slot brought: node, device, driver, what that made, and why not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtslot.h"

static void print_json_device(const struct device *d, const char *why)
{
	size_t i;

	json_open(NULL, '{');
	json_text("node", d->node);
	json_text("device", d->name);
	json_text("bus", d->bus);
	json_text("driver", d->driver);
	json_bool("ready", device_is_ready(d));
	json_text("why", why);
	json_open("made", '[');
	for (i = 0; i < d->made.count; i++)
		json_text(NULL, d->made.name[i]);
	json_close(']');
	json_close('}');
}

/* A device deeper in the tree of devices than another is indented below it. */
static int depth_of(const struct devices *devices, size_t index)
{
	const struct device *d = &devices->device[index];
	int depth = 0;
	size_t i;

	for (i = 0; i < devices->count; i++)
		depth += i != index && devices->device[i].slot == d->slot &&
			 is_below(d->path, devices->device[i].path);
	return depth;
}

static void print_device(const struct device *d, int depth, const char *why)
{
	const char *node = strrchr(d->node, '/');
	size_t i;

	printf("  %*s%s  %s", 2 * depth, "", node ? node + 1 : d->node, d->name);
	if (d->driver)
		printf("  [%s]", d->driver);
	else
		printf("  %s", why ? why : "[none needed]");
	for (i = 0; i < d->made.count; i++)
		printf("%s%s", i ? " " : "  -> ", d->made.name[i]);
	putchar('\n');
}

static bool print_devices(const struct slots *slots, const struct devices *devices, size_t slot,
			  struct modules *modules, bool json)
{
	bool well = true;
	size_t i;

	for (i = 0; i < devices->count; i++) {
		const struct device *d = &devices->device[i];
		char *why;

		if (d->slot != slot)
			continue;
		why = device_is_ready(d) ? NULL : device_why(d, &slots->slot[slot], modules);
		well &= !why;
		if (json)
			print_json_device(d, why);
		else
			print_device(d, depth_of(devices, i), why);
		free(why);
	}
	return well;
}

/* Nodes that no device was made of, as the modules say: "node -: reason", a line for each. */
static bool print_orphans(const struct slot *slot, bool json)
{
	static const char mark[] = " -: ";
	char *copy = copy_text(slot->unbound), *line, *save, *at;
	bool well = true;

	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		at = strstr(line, mark);
		if (!at)
			continue;
		well = false;
		make_printable(line);
		*at = '\0';
		at += strlen(mark);
		if (json) {
			json_open(NULL, '{');
			json_text("node", line);
			json_text("device", NULL);
			json_bool("ready", false);
			json_text("why", at);
			json_close('}');
		} else {
			printf("  %s  -  %s\n", strrchr(line, '/') ? strrchr(line, '/') + 1 : line,
			       at);
		}
	}
	free(copy);
	return well;
}

static bool print_slot(const struct slots *slots, size_t index, const struct devices *devices,
		       struct modules *modules, bool json)
{
	const struct slot *s = &slots->slot[index];
	bool well = !*s->error;

	if (json) {
		json_open(NULL, '{');
		json_text("slot", s->name);
		json_text("state", s->state);
		json_text("model", s->model);
		json_text("error", s->error);
		json_open("devices", '[');
	} else {
		printf("%s  %s%s%s%s%s\n", s->name, s->state, *s->model ? "  " : "", s->model,
		       *s->error ? "  " : "", s->error);
	}
	well &= print_devices(slots, devices, index, modules, json);
	well &= print_orphans(s, json);
	if (json) {
		json_close(']');
		json_close('}');
	}
	return well;
}

int cmd_tree(int argc, char **argv)
{
	const struct slot *one = NULL;
	struct modules *modules;
	struct devices devices;
	struct slots slots;
	char *release;
	int status = STATUS_FINE;
	bool json = false;
	size_t i;

	if (!take_options(argc, argv, NULL, &json, NULL, NULL))
		return STATUS_USAGE;
	if (argc - optind > 1)
		return usage(argv[0]);
	slots_load(&slots);
	if (argc > optind)
		one = slots_find(&slots, argv[optind], &status);
	if (!status) {
		release = running_release();
		modules = modules_open(release);
		devices_load(&devices, &slots);
		if (json)
			json_open(NULL, '[');
		for (i = 0; i < slots.count; i++)
			if ((!one || one == &slots.slot[i]) &&
			    !print_slot(&slots, i, &devices, modules, json))
				status = STATUS_FINDING;
		if (json) {
			json_close(']');
			json_end();
		}
		devices_free(&devices);
		modules_close(modules);
		free(release);
	}
	slots_free(&slots);
	return status;
}
