// SPDX-License-Identifier: GPL-2.0-or-later
/* wait: until a slot is attached and its devices have come. */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dtslot.h"

#define DEFAULT_SECONDS	60

/* What the slot stands at. */
enum progress {
	GOING_ON,
	COMPLETE,
	SETTLED,	/* and not complete: nothing more comes by itself */
	FAILED,
};

static bool take_timeout(int option, void *priv)
{
	long *seconds = priv;
	char *end;

	*seconds = strtol(optarg, &end, 10);
	return *optarg && !*end && *seconds >= 0 && *seconds <= INT_MAX / 1000;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* By name, as the slot may not be there yet. */
static const struct slot *look_up(const struct slots *slots, const char *name)
{
	size_t i;

	for (i = 0; i < slots->count; i++)
		if (!strcmp(slots->slot[i].name, name))
			return &slots->slot[i];
	return NULL;
}

static enum progress look(const char *name, struct counts *counts, char *state, size_t room)
{
	enum progress progress = GOING_ON;
	const struct slot *slot;
	struct devices devices;
	struct slots slots;

	slots_load(&slots);
	slot = look_up(&slots, name);
	*counts = (struct counts){ 0, 0, 0 };
	strncpy(state, slot ? slot->state : "not there", room - 1);
	if (slot && (!strcmp(slot->state, "failed") || !strcmp(slot->state, "quarantined"))) {
		fail(STATUS_FINDING, "%s: %s", name, slot->error);
		progress = FAILED;
	} else if (slot && !strcmp(slot->state, "attached")) {
		devices_load(&devices, &slots);
		*counts = devices_count(&devices, &slots, slot - slots.slot);
		devices_free(&devices);
		if (counts->ready == counts->devices && slot->settled)
			progress = COMPLETE;
		else if (slot->settled == 1)
			progress = SETTLED;
	}
	slots_free(&slots);
	return progress;
}

/* The end of the state's file tells of a change; events tell of drivers that bind. */
static int open_state(const char *name)
{
	char *path = at_root("/sys/class/dtslot/%s/state", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[64];

	free(path);
	if (fd >= 0 && read(fd, text, sizeof(text)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int give_up(const char *name, const char *state, const struct counts *counts)
{
	if (!strcmp(state, "attached"))
		return fail(STATUS_FINDING,
			    "%s: %u of %u devices have their driver; dtslot tree %s says why",
			    name, counts->ready, counts->devices, name);
	return fail(STATUS_FINDING, "%s: time is up: the slot is %s; dtslot attach %s brings it in",
		    name, state, name);
}

/**
 * slot_wait() - wait until a slot is attached and its devices have come
 * @name: name of the slot, which may not be there yet
 * @seconds: how long; 0 for ever
 *
 * Return: a status, after a message if it is not STATUS_FINE.
 */
int slot_wait(const char *name, long seconds)
{
	long long end = now_ms() + 1000LL * seconds, left = seconds ? 1 : -1;
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLPRI } };
	char state[32] = "";
	enum progress progress;
	struct uevent event;
	struct counts counts;

	fds[0].fd = uevents_open();
	if (fds[0].fd < 0)
		return STATUS_DENIED;
	for (;;) {
		fds[1].fd = open_state(name);
		progress = look(name, &counts, state, sizeof(state));
		if (seconds)
			left = end > now_ms() ? end - now_ms() : 0;
		if (progress == GOING_ON && left)
			poll(fds, 2, left);
		while (uevents_next(fds[0].fd, &event))
			;
		if (fds[1].fd >= 0)
			close(fds[1].fd);
		if (progress != GOING_ON || !left)
			break;
	}
	close(fds[0].fd);
	if (progress == GOING_ON || progress == SETTLED)
		return give_up(name, state, &counts);
	return progress == COMPLETE ? STATUS_FINE : STATUS_FINDING;
}

int cmd_wait(int argc, char **argv)
{
	static const struct option options[] = {
		{ "timeout", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	long seconds = DEFAULT_SECONDS;

	if (!take_options(argc, argv, options, NULL, take_timeout, &seconds))
		return STATUS_USAGE;
	if (argc - optind != 1)
		return usage(argv[0]);
	return slot_wait(argv[optind], seconds);
}
