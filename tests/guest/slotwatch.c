// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Shows what userspace is told of a slot: the state each time poll(2) says that
 * it changed, and the uevents of the class "dtslot".
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char usage[] =
	"usage: slotwatch <slot> [all]   <slot> is a directory such as /sys/class/dtslot/pci-0000:01:00.0;\n"
	"prints \"watching\", then \"state <state>\" and \"uevent <action> <device> <state>\",\n"
	"with all also a line for each variable of ours that an event has\n";

/* Returns false if the slot is gone. */
static bool show_state(int fd, bool print)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0 && errno == ENODEV)
		return false;
	if (n < 0)
		err(1, "state");
	text[n] = '\0';
	if (print)
		printf("state %s", text);
	return true;
}

/* A message is action@path and then NAME=value strings, each with its NUL. */
static void show_uevent(int fd, bool all)
{
	const char *device = "", *state = "-", *action = "";
	char text[4096];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);
	bool ours = false;

	if (n < 0)
		err(1, "uevent");
	text[n] = '\0';
	for (const char *s = text; s < text + n; s += strlen(s) + 1) {
		if (!strncmp(s, "ACTION=", 7))
			action = s + 7;
		else if (!strncmp(s, "DEVPATH=", 8))
			device = strrchr(s, '/') + 1;
		else if (!strncmp(s, "DTSLOT_STATE=", 13))
			state = s + 13;
		else if (!strcmp(s, "SUBSYSTEM=dtslot"))
			ours = true;
	}
	if (!ours)
		return;
	printf("uevent %s %s %s\n", action, device, state);
	for (const char *s = text; all && s < text + n; s += strlen(s) + 1)
		if (!strncmp(s, "DTSLOT_", 7))
			puts(s);
}

int main(int argc, char **argv)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct pollfd fds[2] = { { .events = POLLPRI }, { .events = POLLIN } };
	char path[256];

	if (argc != 2 && (argc != 3 || strcmp(argv[2], "all"))) {
		fputs(usage, stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(path, sizeof(path), "%s/state", argv[1]);
	fds[0].fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fds[0].fd < 0)
		err(1, "%s", path);
	fds[1].fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fds[1].fd < 0 || bind(fds[1].fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "uevents");
	show_state(fds[0].fd, false);	/* poll tells of changes since the last read */
	puts("watching");
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			err(1, "poll");
		if (fds[0].revents && !show_state(fds[0].fd, true))
			fds[0].fd = -1;		/* poll passes over it */
		if (fds[1].revents)
			show_uevent(fds[1].fd, argc == 3);
	}
}
