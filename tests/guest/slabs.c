// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints how many objects each slab cache that drivers allocate from holds, after what
 * can be given back was given back.
 *
 * A slab that a CPU allocates from counts as full until "shrink" takes it from the CPU.
 * All files are open before that, and shrinking is all that lies between it and the
 * reading: a process that starts in between allocates, too. The kernel has what is
 * written in kmalloc-8, which comes last therefore.
 */
#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const patterns[] = {
	"/sys/kernel/slab/kmalloc-*/shrink", "/sys/kernel/slab/kernfs_node_cache/shrink",
	"/sys/kernel/slab/kmalloc-8/shrink",
};

enum { MOST = 256 };

/* Caches of the page cache's and of processes' things come and go with what a test runs. */
static int is_wanted(const char *name)
{
	return !strncmp(name, "kmalloc-", 8) || !strcmp(name, "kernfs_node_cache");
}

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void write_file(int fd, const char *text, const char *what)
{
	if (pwrite(fd, text, strlen(text), 0) < 0)
		err(1, "%s", what);
}

int main(void)
{
	static char text[1 << 20];
	int caches[MOST], count = 0, slabinfo = open_file("/proc/slabinfo", O_RDONLY), i;
	size_t length = 0, p;
	ssize_t n;
	char *line;

	for (p = 0; p < sizeof(patterns) / sizeof(*patterns); p++) {
		glob_t found;

		if (glob(patterns[p], 0, NULL, &found))
			errx(1, "%s: there is none", patterns[p]);
		for (i = 0; i < (int)found.gl_pathc; i++) {
			if (count == MOST)
				errx(1, "more than %d caches", MOST);
			caches[count++] = open_file(found.gl_pathv[i], O_WRONLY);
		}
		globfree(&found);
	}
	/* Once for those of the reading itself, whose buffers are large. */
	for (p = 0; p < 2; p++) {
		for (i = 0; i < count; i++)
			write_file(caches[i], "1", "shrink");
		if (lseek(slabinfo, 0, SEEK_SET) < 0)
			err(1, "/proc/slabinfo");
		for (length = 0; length < sizeof(text) - 1; length += n) {
			n = read(slabinfo, text + length, sizeof(text) - 1 - length);
			if (n < 0)
				err(1, "/proc/slabinfo");
			if (!n)
				break;
		}
	}
	text[length] = '\0';
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char name[64];
		unsigned long active;

		if (sscanf(line, "%63s %lu", name, &active) == 2 && is_wanted(name))
			printf("%s %lu\n", name, active);
	}
	return 0;
}
