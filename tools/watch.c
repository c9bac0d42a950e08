// SPDX-License-Identifier: GPL-2.0-or-later
/* watch: a line for each change of a slot, as the kernel tells it. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dtslot.h"

static void print_event(const struct uevent *event, bool json)
{
	if (!json) {
		printf("%s  %s%s%s%s%s\n", event->device, event->action, *event->state ? "  " : "",
		       event->state, *event->devices ? "  drivers " : "", event->devices);
		return;
	}
	json_open(NULL, '{');
	json_text("slot", event->device);
	json_text("action", event->action);
	json_text("state", *event->state ? event->state : NULL);
	json_text("devices", *event->devices ? event->devices : NULL);
	json_close('}');
	json_end();
}

int cmd_watch(int argc, char **argv)
{
	struct pollfd fd = { .events = POLLIN };
	struct uevent event;
	bool json = false;

	if (!take_options(argc, argv, NULL, &json, NULL, NULL))
		return STATUS_USAGE;
	if (argc != optind)
		return usage(argv[0]);
	fd.fd = uevents_open();
	if (fd.fd < 0)
		return STATUS_DENIED;
	if (json)
		json_lines();
	fputs("watching, Ctrl-C ends it\n", stderr);
	/* Until it is interrupted, or until what it prints to has gone. */
	while (!ferror(stdout)) {
		poll(&fd, 1, -1);
		while (uevents_next(fd.fd, &event))
			if (!strcmp(event.subsystem, "dtslot"))
				print_event(&event, json);
		fflush(stdout);
	}
	close(fd.fd);
	return STATUS_FINE;
}
