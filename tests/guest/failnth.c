// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attaches a slot again and again, each time with another of the kernel's memory
 * allocations failing, from the first to the last that the attach makes. Needs
 * CONFIG_FAILSLAB. The slot attaches in a work item, so the failures are for the threads
 * that do the works of workqueues without a CPU: one of them does it.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: failnth <slot>   <slot> is a directory such as /sys/class/dtslot/pci-0000:01:00.0;\n"
	"prints a line for each failed attach: the number of the allocation, the errno, the error;\n"
	"in the end \"<n> allocations; then: <error>\", where none failed\n";

static int open_in(const char *directory, const char *name, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, flags);
	if (fd < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

static const char *read_text(int fd)
{
	static char text[512];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0) {
		perror("read");
		exit(1);
	}
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* Open a file of a worker thread; -1 if the process is none, or has ended. */
static int open_of_worker(const char *pid, int flags)
{
	char path[300], comm[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	if (read(fd, comm, sizeof(comm) - 1) < 0)
		comm[0] = '\0';
	close(fd);
	if (strncmp(comm, "kworker/u", strlen("kworker/u")))
		return -1;
	snprintf(path, sizeof(path), "/proc/%s/fail-nth", pid);
	return open(path, flags);
}

/* Have the nth allocation of each worker fail, 0 for none; returns whether one has reached it. */
static bool set_nth(unsigned int n)
{
	bool reached = false;
	struct dirent *entry;
	char number[16];
	DIR *proc;

	proc = opendir("/proc");
	if (!proc) {
		perror("/proc");
		exit(1);
	}
	snprintf(number, sizeof(number), "%u", n);
	while ((entry = readdir(proc))) {
		int fd = isdigit(entry->d_name[0]) ? open_of_worker(entry->d_name, O_RDWR) : -1;

		if (fd < 0)
			continue;
		reached |= atoi(read_text(fd)) == 0;
		if (pwrite(fd, number, strlen(number), 0) < 0) {
			perror("fail-nth");
			exit(1);
		}
		close(fd);
	}
	closedir(proc);
	return reached;
}

int main(int argc, char **argv)
{
	int attach, detach, error, state;
	bool reached = true;
	char last[512] = "";
	unsigned int n;

	if (argc != 2) {
		fputs(usage, stderr);
		return 2;
	}
	attach = open_in(argv[1], "attach", O_WRONLY);
	detach = open_in(argv[1], "detach", O_WRONLY);
	error = open_in(argv[1], "error", O_RDONLY);
	state = open_in(argv[1], "state", O_RDONLY);
	for (n = 1; reached; n++) {
		int failed;

		set_nth(n);
		failed = pwrite(attach, "1", 1, 0) < 0 ? errno : 0;
		reached = set_nth(0);
		if (!reached)
			strcpy(last, read_text(error));
		else if (failed)
			printf("%u %d %s\n", n, failed, read_text(error));
		if (strcmp(read_text(state), failed ? "failed" : "attached")) {
			printf("%u: state is %s\n", n, read_text(state));
			return 1;
		}
		if (pwrite(detach, "1", 1, 0) < 0) {
			printf("%u: detach: %s\n", n, strerror(errno));
			return 1;
		}
	}
	printf("%u allocations; then: %s\n", n - 2, last);
	return 0;
}
