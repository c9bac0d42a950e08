// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Erases a part of an MTD, which busybox cannot; reading and writing is dd's.
 */
#include <errno.h>
#include <fcntl.h>
#include <mtd/mtd-user.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	struct erase_info_user erase;
	int fd;

	if (argc != 5 || strcmp(argv[1], "erase")) {
		fprintf(stderr, "usage: mtd erase <device> <offset> <length>\n");
		return 2;
	}
	erase.start = strtoul(argv[3], NULL, 0);
	erase.length = strtoul(argv[4], NULL, 0);
	fd = open(argv[2], O_RDWR);
	if (fd < 0 || ioctl(fd, MEMERASE, &erase)) {
		fprintf(stderr, "mtd: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	return 0;
}
