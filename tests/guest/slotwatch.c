// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Shows what userspace is told of a slot: its state, and whether its devices have
 * settled, each time poll(2) says that it changed, and the uevents of the class "dtslot".
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
	"prints \"watching\", then \"state <state>\", \"settled <0 or 1>\",\n"
	"\"uevent <action> <device> <state>\" and \"devices <device> <bound>/<all>\",\n"
	"with all also a line for each other variable of ours that an event has\n";

/* Returns false if the slot is gone. */
static bool show(int fd, const char *name, bool print)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0 && errno == ENODEV)
		return false;
	if (n < 0)
		err(1, "%s", name);
	text[n] = '\0';
	if (print)
		printf("%s %s", name, text);
	return true;
}

/* A message is action@path and then NAME=value strings, each with its NUL. */
static void show_uevent(int fd, bool all)
{
	const char *device = "", *state = NULL, *action = "", *devices = NULL;
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
		else if (!strncmp(s, "DTSLOT_DEVICES=", 15))
			devices = s + 15;
		else if (!strcmp(s, "SUBSYSTEM=dtslot"))
			ours = true;
	}
	if (!ours)
		return;
	if (state || !devices)
		printf("uevent %s %s %s\n", action, device, state ? state : "-");
	for (const char *s = text; all && s < text + n; s += strlen(s) + 1)
		if (!strncmp(s, "DTSLOT_", 7) && strncmp(s, "DTSLOT_DEVICES=", 15) &&
		    strncmp(s, "DTSLOT_SETTLED=", 15))
			puts(s);
	if (devices)
		printf("devices %s %s\n", device, devices);
}

/* Opens an attribute of a slot; poll tells of changes since the last read. */
static struct pollfd watch(const char *slot, const char *name)
{
	struct pollfd fd = { .events = POLLPRI };
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", slot, name);
	fd.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd.fd < 0)
		err(1, "%s", path);
	show(fd.fd, name, false);
	return fd;
}

int main(int argc, char **argv)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	static const char * const names[] = { "state", "settled" };
	struct pollfd fds[3] = { [2] = { .events = POLLIN } };

	if (argc != 2 && (argc != 3 || strcmp(argv[2], "all"))) {
		fputs(usage, stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < 2; i++)
		fds[i] = watch(argv[1], names[i]);
	fds[2].fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fds[2].fd < 0 || bind(fds[2].fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "uevents");
	puts("watching");
	for (;;) {
		if (poll(fds, 3, -1) < 0)
			err(1, "poll");
		for (int i = 0; i < 2; i++)
			if (fds[i].revents && !show(fds[i].fd, names[i], true))
				fds[i].fd = -1;		/* poll passes over it */
		if (fds[2].revents)
			show_uevent(fds[2].fd, argc == 3);
	}
}
