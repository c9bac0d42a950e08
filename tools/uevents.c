// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel tells of devices that come, change and go. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dtslot.h"

#define GROUP_KERNEL	1

/**
 * uevents_open() - listen
 *
 * Return: a file descriptor; or -1 after a message.
 */
int uevents_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = GROUP_KERNEL };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	fail(STATUS_DENIED, "uevents: %s; run it outside the sandbox, or as root", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static const char *value(const char *text, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(text, name, n) && text[n] == '=' ? text + n + 1 : NULL;
}

/**
 * uevents_next() - take what was told next
 * @fd: from uevents_open()
 * @event: filled; its strings are inside of it
 *
 * A message is action@path and then NAME=value strings, each with its NUL. Only the
 * kernel's own are taken: others may send to this group, too.
 *
 * Return: false if nothing was told.
 */
bool uevents_next(int fd, struct uevent *event)
{
	struct sockaddr_nl from = { 0 };
	socklen_t length = sizeof(from);
	ssize_t n = recvfrom(fd, event->text, sizeof(event->text) - 1, MSG_DONTWAIT,
			     (struct sockaddr *)&from, &length);
	const struct {
		const char *name;
		const char **to;
	} taken[] = {
		{ "ACTION", &event->action }, { "SUBSYSTEM", &event->subsystem },
		{ "DEVPATH", &event->device }, { "DTSLOT_STATE", &event->state },
		{ "DTSLOT_DEVICES", &event->devices },
	};
	const char *slash;
	size_t i;
	char *s;

	if (n <= 0 || from.nl_pid)
		return false;
	event->text[n] = '\0';
	for (i = 0; i < ARRAY_SIZE(taken); i++)
		*taken[i].to = "";
	for (s = event->text; s < event->text + n; s += strlen(s) + 1) {
		make_printable(s);
		for (i = 0; i < ARRAY_SIZE(taken); i++)
			if (value(s, taken[i].name))
				*taken[i].to = value(s, taken[i].name);
	}
	slash = strrchr(event->device, '/');
	if (slash)
		event->device = slash + 1;
	return true;
}
