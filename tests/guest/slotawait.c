// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waits until conditions hold, one after the other, again and again, and says so each time.
 *
 * A shell starts programs to look, and each costs as much as an add-on that is plugged
 * in: in a test of many thousand cycles this one looks, and starts nothing.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: slotawait <slot> <cycles> <condition>...\n"
	"<slot> is a directory such as /sys/class/dtslot/pci-0000:01:00.0; a condition is\n"
	"<state>[,model=<model>][,<path that exists>]...; prints the number of each that holds,\n"
	"from 1 to cycles times conditions\n";

/* Between two looks at what nothing tells of. */
enum { PAUSE_MS = 10 };

static int open_in(const char *slot, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", slot, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static bool reads(int fd, const char *value)
{
	char text[80];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		err(1, "the slot is gone");
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return !strcmp(text, value);
}

/* Whether all but the state is as it should be. */
static bool rest_holds(int model, char *rest)
{
	char *save, *part;

	for (part = strtok_r(rest, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
		if (!strncmp(part, "model=", 6) ? !reads(model, part + 6) : access(part, F_OK))
			return false;
	}
	return true;
}

static void await(struct pollfd *state, int model, const char *condition)
{
	int pause;

	for (;;) {
		char text[512];
		char *rest = text;

		snprintf(text, sizeof(text), "%s", condition);
		pause = reads(state->fd, strsep(&rest, ",")) ? PAUSE_MS : -1;
		if (pause >= 0 && (!rest || rest_holds(model, rest)))
			return;
		if (poll(state, 1, pause) < 0)
			err(1, "poll");
	}
}

int main(int argc, char **argv)
{
	struct pollfd state = { .events = POLLPRI };
	unsigned long cycles, count = 0;
	int model, i;

	if (argc < 4) {
		fputs(usage, stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	state.fd = open_in(argv[1], "state");
	model = open_in(argv[1], "model");
	for (cycles = strtoul(argv[2], NULL, 0); cycles; cycles--)
		for (i = 3; i < argc; i++) {
			await(&state, model, argv[i]);
			printf("%lu\n", ++count);
		}
	return 0;
}
