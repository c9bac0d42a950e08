// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Takes a card through ways in and out of its slot, one after the other, and waits after
 * each until the card and its connector are as they were before.
 *
 * One process does many of them: a shell with its programs costs the guest as much as the
 * attach that it waits for.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
	"usage: ways <function> <connector's state> <way>...\n"
	"says \"watching\" before a way that the host has to begin, and in the end\n"
	"\"<bound>/<all>\" devices of the card\n";

#define PCI "/sys/bus/pci"
#define DRIVER PCI "/drivers/dtslot-pci"
#define CONTROLLER "/sys/bus/platform/drivers/lan966x-oic"
#define MODULE "/lib/dtslot-pci.ko"
#define LOOK_MS 100

static const char *function, *connector;
static int kernel_log;

static void pause_for(long ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "\"%s\" to %s", text, path);
	close(fd);
}

/* Returns an empty text if there is no such file, or no such slot any more. */
static const char *read_file(const char *path)
{
	static char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static const char *slot_file(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "/sys/class/dtslot/pci-%s/%s", function, name);
	return path;
}

static const char *function_file(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), PCI "/devices/%s/%s", function, name);
	return path;
}

static bool has(const char *path, const char *text)
{
	return !strcmp(read_file(path), text);
}

/* The card is attached, and each of its devices that has a driver is bound. */
static bool works(void)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/dtslot/connector:%s:connector/state", function);
	return has(slot_file("state"), "attached") && has(slot_file("settled"), "1") &&
	       has(slot_file("unbound"), "") && has(path, connector);
}

static void wait_works(void)
{
	while (!works())
		pause_for(LOOK_MS);
}

/* From now on the kernel's log is of interest. */
static void watch_log(void)
{
	if (lseek(kernel_log, 0, SEEK_END) < 0)
		err(1, "/dev/kmsg");
}

/* Wait until the kernel has said this since watch_log(). */
static void wait_log(const char *what)
{
	struct pollfd fd = { .fd = kernel_log, .events = POLLIN };
	char text[4096];
	ssize_t n;

	for (;;) {
		n = read(kernel_log, text, sizeof(text) - 1);
		if (n < 0 && errno == EAGAIN) {
			poll(&fd, 1, -1);
			continue;
		}
		/* What was overwritten is passed over. */
		if (n < 0 && errno != EPIPE)
			err(1, "/dev/kmsg");
		text[n < 0 ? 0 : n] = '\0';
		if (strstr(text, what))
			return;
	}
}

static void detach(void)
{
	write_file(slot_file("detach"), "1");
	write_file(slot_file("attach"), "1");
}

static void rebind(void)
{
	write_file(DRIVER "/unbind", function);
	write_file(DRIVER "/bind", function);
}

static void rescan(void)
{
	write_file(PCI "/rescan", "1");
}

static void remove_function(void)
{
	write_file(function_file("remove"), "1");
	rescan();
}

static void reload(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_delete_module, "dtslot_pci", O_NONBLOCK) ||
	    syscall(SYS_finit_module, fd, "", 0))
		err(1, MODULE);
	close(fd);
}

static void reset(void)
{
	write_file(function_file("reset"), "1");
}

/* The interrupt controller loses its driver, and all that need it theirs. */
static void supplier(void)
{
	DIR *dir = opendir(CONTROLLER);
	struct dirent *entry;
	char name[64] = "";

	while (dir && (entry = readdir(dir)))
		if (strstr(entry->d_name, ".interrupt-controller"))
			snprintf(name, sizeof(name), "%.63s", entry->d_name);
	if (!*name)
		errx(1, CONTROLLER ": drives nothing");
	closedir(dir);
	write_file(CONTROLLER "/unbind", name);
	write_file(CONTROLLER "/bind", name);
}

/* Suspend to idle, but for its very last step. */
static void idle(void)
{
	write_file("/sys/power/pm_test", "devices");
	write_file("/sys/power/state", "freeze");
	write_file("/sys/power/pm_test", "none");
}

/* The host has a port report an error. */
static void error(void)
{
	watch_log();
	puts("watching");
	wait_log("device recovery successful");
}

/* Write a register of a PCI function, or read it. */
static void access_register(const char *path, off_t where, uint32_t *value, bool writes)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0)
		n = writes ? pwrite(fd, value, 4, where) : pread(fd, value, 4, where);
	if (n != 4)
		err(1, "%s, register %#lx", path, (long)where);
	close(fd);
}

/*
 * Suspend to RAM; the host wakes the machine. SeaBIOS does not give the chipset back where
 * its ACPI registers are, and where the configuration registers of PCIe from 0x100 on; the
 * kernel has restored the last one here, which enables the port's reports of errors, too early.
 */
static void sleep_and_wake(void)
{
	const struct {
		const char *path;
		off_t where;
	} registers[] = {
		{ PCI "/devices/0000:00:1f.0/config", 0x40 },
		{ PCI "/devices/0000:00:1f.0/config", 0x44 },
		{ PCI "/devices/0000:00:00.0/config", 0x64 },
		{ PCI "/devices/0000:00:00.0/config", 0x60 },
		{ function_file("../config"), 0x12c },
	};
	enum { COUNT = sizeof(registers) / sizeof(*registers) };
	uint32_t values[COUNT];
	int i;

	for (i = 0; i < COUNT; i++)
		access_register(registers[i].path, registers[i].where, values + i, false);
	watch_log();
	write_file("/sys/power/state", "mem");
	for (i = 0; i < COUNT; i++)
		access_register(registers[i].path, registers[i].where, values + i, true);
	wait_log("lost its state, is attached anew");
}

/* The host has had the card die: it is removed, and its drivers let go of it. */
static void bury(void)
{
	write_file(function_file("remove"), "1");
	while (!has("/sys/module/dtslot_pci/refcnt", "0"))
		pause_for(LOOK_MS);
}

static void stay_out(void)
{
}

static const struct {
	const char *name;
	void (*go)(void);
	void (*wait)(void);
} ways[] = {
	{ "detach", detach, wait_works },
	{ "rebind", rebind, wait_works },
	{ "remove", remove_function, wait_works },
	{ "reload", reload, wait_works },
	{ "reset", reset, wait_works },
	{ "supplier", supplier, wait_works },
	{ "idle", idle, wait_works },
	{ "error", error, wait_works },
	{ "asleep", sleep_and_wake, wait_works },
	{ "bury", bury, stay_out },
	{ "rescan", rescan, wait_works },
	{ "wait", wait_works, wait_works },
};

static void go(const char *name)
{
	char text[64];
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(*ways) && strcmp(ways[i].name, name); i++)
		;
	if (i == sizeof(ways) / sizeof(*ways))
		errx(2, "%s: no such way\n%s", name, usage);
	snprintf(text, sizeof(text), "<6>ways: %s", name);
	write_file("/dev/kmsg", text);
	ways[i].go();
	ways[i].wait();
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 4) {
		fputs(usage, stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	function = argv[1];
	connector = argv[2];
	kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kernel_log < 0)
		err(1, "/dev/kmsg");
	for (i = 3; i < argc; i++)
		go(argv[i]);
	puts(read_file(slot_file("devices")));
	return 0;
}
