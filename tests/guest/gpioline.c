// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads, drives and watches GPIO lines by the kernel's uAPI v2. (The tools of
 * libgpiod take other arguments on each Debian release.)
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char usage[] =
	"usage: gpioline chips                    one per line: device, label, number of lines\n"
	"       gpioline info <chip> <line>       name, consumer, flags\n"
	"       gpioline get <chip> <line>        prints 0 or 1\n"
	"       gpioline set <chip> <line> <0|1>  drives the line until killed; prints \"driving\"\n"
	"       gpioline watch <chip> <line> [rising|falling|both] [count]\n"
	"                                         prints \"watching\", then one line per edge:\n"
	"                                         number, rising or falling\n"
	"<chip> is a device such as /dev/gpiochip0, or a label.\n";

static void bad_usage(void)
{
	fputs(usage, stderr);
	exit(2);
}

/* The chip of number n, or -1 if there is none. */
static int open_number(int n, char *path, size_t size, struct gpiochip_info *info)
{
	int fd;

	snprintf(path, size, "/dev/gpiochip%d", n);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, info) < 0)
		err(1, "%s", path);
	return fd;
}

static int open_chip(const char *name)
{
	struct gpiochip_info info;
	char path[32];
	int fd;

	if (name[0] == '/') {
		fd = open(name, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			err(1, "%s", name);
		return fd;
	}
	for (int n = 0; n < 64; n++) {
		fd = open_number(n, path, sizeof(path), &info);
		if (fd < 0)
			continue;
		if (!strcmp(info.label, name))
			return fd;
		close(fd);
	}
	errno = ENODEV;
	err(1, "%s", name);
	return -1;
}

static int list_chips(void)
{
	struct gpiochip_info info;
	char path[32];

	for (int n = 0; n < 64; n++) {
		int fd = open_number(n, path, sizeof(path), &info);

		if (fd < 0)
			continue;
		printf("%s %s %u\n", path, info.label, info.lines);
		close(fd);
	}
	return 0;
}

static int show_info(int chip, unsigned int line)
{
	struct gpio_v2_line_info info = { .offset = line };

	if (ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &info) < 0)
		err(1, "line info");
	printf("name='%s' consumer='%s' flags=0x%llx\n", info.name, info.consumer,
	       (unsigned long long)info.flags);
	return 0;
}

static int request(int chip, unsigned int line, unsigned long long flags, int value)
{
	struct gpio_v2_line_request req = {
		.offsets = { line },
		.num_lines = 1,
		.consumer = "gpioline",
		.config.flags = flags,
	};

	if (flags & GPIO_V2_LINE_FLAG_OUTPUT) {
		req.config.num_attrs = 1;
		req.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
		req.config.attrs[0].attr.values = value;
		req.config.attrs[0].mask = 1;
	}
	if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &req) < 0)
		err(1, "line request");
	return req.fd;
}

static int get(int chip, unsigned int line)
{
	struct gpio_v2_line_values values = { .mask = 1 };
	int fd = request(chip, line, GPIO_V2_LINE_FLAG_INPUT, 0);

	if (ioctl(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) < 0)
		err(1, "get");
	printf("%d\n", (int)(values.bits & 1));
	return 0;
}

static void set(int chip, unsigned int line, int value)
{
	request(chip, line, GPIO_V2_LINE_FLAG_OUTPUT, value);
	puts("driving");
	for (;;)
		pause();
}

static int watch(int chip, unsigned int line, const char *edges, unsigned long count)
{
	unsigned long long flags = GPIO_V2_LINE_FLAG_INPUT;
	struct gpio_v2_line_event event;
	int fd;

	if (strcmp(edges, "falling"))
		flags |= GPIO_V2_LINE_FLAG_EDGE_RISING;
	if (strcmp(edges, "rising"))
		flags |= GPIO_V2_LINE_FLAG_EDGE_FALLING;
	fd = request(chip, line, flags, 0);
	puts("watching");
	while (count--) {
		if (read(fd, &event, sizeof(event)) != sizeof(event))
			err(1, "event");
		printf("%u %s\n", event.line_seqno,
		       event.id == GPIO_V2_LINE_EVENT_RISING_EDGE ? "rising" : "falling");
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	unsigned int line;
	int chip;

	setlinebuf(stdout);
	if (argc == 2 && !strcmp(command, "chips"))
		return list_chips();
	if (argc < 4)
		bad_usage();
	chip = open_chip(argv[2]);
	line = strtoul(argv[3], NULL, 0);
	if (argc == 4 && !strcmp(command, "info"))
		return show_info(chip, line);
	if (argc == 4 && !strcmp(command, "get"))
		return get(chip, line);
	if (argc == 5 && !strcmp(command, "set"))
		set(chip, line, atoi(argv[4]));
	if (argc <= 6 && !strcmp(command, "watch"))
		return watch(chip, line, argc > 4 ? argv[4] : "both",
			     argc > 5 ? strtoul(argv[5], NULL, 0) : ~0UL);
	bad_usage();
}
