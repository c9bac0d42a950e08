// SPDX-License-Identifier: GPL-2.0-or-later
/* attach, detach: write to the slot and say why it did not work. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dtslot.h"

/* What the kernel says of the slot now, or in short what the error number means. */
static int explain(const struct slot *slot, const char *verb, int err)
{
	char *text = file_line("/sys/class/dtslot/%s/error", slot->name);
	int status;

	if (err == EBUSY && !strcmp(verb, "attach"))
		status = fail(STATUS_FINDING, "%s: is attached already; dtslot detach %s first",
			      slot->name, slot->name);
	else if (err == EPERM && !strcmp(slot->state, "quarantined"))
		status = fail(STATUS_FINDING,
			      "%s: is quarantined (%s); mend that, then dtslot detach %s",
			      slot->name, text ? text : "no reason is given", slot->name);
	else if (err == ENODEV || !text)
		status = fail(STATUS_FINDING, "%s: went away meanwhile; plug it in again",
			      slot->name);
	else if (*text)
		status = fail(STATUS_FINDING, "%s: %s", slot->name, text);
	else
		status = fail(STATUS_FINDING, "%s: %s: %s; the kernel's log may say more",
			      slot->name, verb, strerror(err));
	free(text);
	return status;
}

/**
 * slot_trigger() - have a slot filled or emptied
 * @slot: the slot
 * @verb: "attach" or "detach"
 *
 * Return: a status, after a message if it is not STATUS_FINE.
 */
int slot_trigger(const struct slot *slot, const char *verb)
{
	char *path = at_root("/sys/class/dtslot/%s/%s", slot->name, verb);
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK), status = STATUS_FINE;

	free(path);
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return fail(STATUS_DENIED, "%s: %s is for root; sudo dtslot %s %s", slot->name,
			    verb, verb, slot->name);
	if (fd < 0)
		return explain(slot, verb, errno == ENOENT ? ENODEV : errno);
	if (write(fd, "1\n", 2) != 2)
		status = explain(slot, verb, errno);
	close(fd);
	return status;
}

static int run(int argc, char **argv)
{
	const struct slot *slot;
	struct slots slots;
	int status = STATUS_FINE;

	if (!take_options(argc, argv, NULL, NULL, NULL, NULL))
		return STATUS_USAGE;
	if (argc - optind != 1)
		return usage(argv[0]);
	slots_load(&slots);
	slot = slots_find(&slots, argv[optind], &status);
	if (slot)
		status = slot_trigger(slot, argv[0]);
	slots_free(&slots);
	return status;
}

int cmd_attach(int argc, char **argv)
{
	return run(argc, argv);
}

int cmd_detach(int argc, char **argv)
{
	return run(argc, argv);
}
