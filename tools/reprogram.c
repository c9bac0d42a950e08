// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reprogram: have a program change what a card is, and bring in what it is then. The slot is
 * emptied before; the port above neither reports errors nor acts on the link meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dtslot.h"

#define DEVICES		"/sys/bus/pci/devices"
#define SERVICES	"/sys/bus/pci_express"
#define OURS		"dtslot-pci"

/* Configuration space: names and offsets are those of linux/pci_regs.h. */
#define CAPABILITY_LIST		0x34
#define SECONDARY_STATUS	0x1e
#define BRIDGE_CONTROL		0x3e
#define BRIDGE_SERR		0x0002
#define CAPABILITY_EXPRESS	0x10
#define EXPRESS_DEVCTL		0x08
#define DEVCTL_REPORTS		0x000f
#define EXPRESS_DEVSTA		0x0a
#define EXPRESS_LNKCAP		0x0c
#define LNKCAP_TELLS		0x00100000	/* whether the link is active */
#define EXPRESS_LNKSTA		0x12
#define LNKSTA_ACTIVE		0x2000
#define EXPRESS_SLTSTA		0x1a
#define EXTENDED		0x100
#define EXTENDED_AER		0x0001
#define AER_UNCORRECTABLE	0x04
#define AER_CORRECTABLE		0x10
#define CAPABILITIES_MOST	64

/* How long a link may take to come up, and a card to answer once it has. */
#define LINK_MS		10000
#define LOOK_MS		100
#define WAIT_SECONDS	60

/**
 * struct function - a function of the card
 * @address: its PCI address
 * @override: its driver_override; empty if it has none
 */
struct function {
	char *address;
	char *override;
};

/**
 * struct card - what is behind the link
 * @slot: the slot that was named
 * @removed: functions were removed, and their slots with them
 * @port: PCI address of the port above; NULL if there is none
 * @lock: held as long as the card is being reprogrammed; -1 before
 * @config: the port's configuration space, open; -1 if there is no port
 * @express: where its PCI Express capability is
 * @devctl: what was in its Device Control
 * @bridge: what was in its Bridge Control
 * @function: the functions
 * @count: how many
 * @services: drivers that the port's services had, "pciehp 0000:00:04.0:pcie204"
 */
struct card {
	const struct slot *slot;
	bool removed;
	char *port;
	int lock;
	int config;
	unsigned int express;
	uint16_t devctl;
	uint16_t bridge;
	struct function *function;
	size_t count;
	struct names services;
};

static int write_text(const char *text, const char *fmt, ...) __printf(2, 3);

static int write_text(const char *text, const char *fmt, ...)
{
	va_list arguments;
	char *name, *path;
	int fd, err = 0;

	va_start(arguments, fmt);
	name = format_list(fmt, arguments);
	va_end(arguments);
	path = at_root("%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	free(path);
	if (err)
		fail(STATUS_FINDING, "%s: cannot be written: %s", name, strerror(err));
	free(name);
	return err ? STATUS_FINDING : STATUS_FINE;
}

/* --- the port --- */

static uint32_t read_config(const struct card *card, unsigned int at, size_t size)
{
	uint32_t value = 0;

	if (pread(card->config, &value, size, at) != (ssize_t)size)
		return 0;
	return le32toh(value);
}

static void write_config(const struct card *card, unsigned int at, uint32_t value, size_t size)
{
	value = htole32(value);
	if (pwrite(card->config, &value, size, at) != (ssize_t)size)
		fail(STATUS_FINDING, "%s: its configuration cannot be written: %s; run it as root",
		     card->port, strerror(errno));
}

static unsigned int find_express(const struct card *card)
{
	unsigned int at = read_config(card, CAPABILITY_LIST, 1), n;

	for (n = 0; at && n < CAPABILITIES_MOST; n++) {
		if (read_config(card, at, 1) == CAPABILITY_EXPRESS)
			return at;
		at = read_config(card, at + 1, 1);
	}
	return 0;
}

static unsigned int find_aer(const struct card *card)
{
	unsigned int at = EXTENDED, n;

	for (n = 0; at && n < CAPABILITIES_MOST; n++) {
		uint32_t head = read_config(card, at, 4);

		if ((head & 0xffff) == EXTENDED_AER)
			return at;
		at = head >> 20;
	}
	return 0;
}

/* Bits that are written as they are read are cleared. */
static void clear(const struct card *card, unsigned int at, size_t size)
{
	write_config(card, at, read_config(card, at, size), size);
}

static void quiet(struct card *card)
{
	if (!card->express)
		return;
	card->devctl = read_config(card, card->express + EXPRESS_DEVCTL, 2);
	card->bridge = read_config(card, BRIDGE_CONTROL, 2);
	write_config(card, card->express + EXPRESS_DEVCTL, card->devctl & ~DEVCTL_REPORTS, 2);
	write_config(card, BRIDGE_CONTROL, card->bridge & ~BRIDGE_SERR, 2);
}

/* What the port has noted meanwhile is nobody's error. */
static void unquiet(const struct card *card)
{
	unsigned int aer;

	if (!card->express)
		return;
	aer = find_aer(card);
	clear(card, SECONDARY_STATUS, 2);
	clear(card, card->express + EXPRESS_DEVSTA, 2);
	clear(card, card->express + EXPRESS_SLTSTA, 2);
	if (aer) {
		clear(card, aer + AER_UNCORRECTABLE, 4);
		clear(card, aer + AER_CORRECTABLE, 4);
	}
	write_config(card, BRIDGE_CONTROL, card->bridge, 2);
	write_config(card, card->express + EXPRESS_DEVCTL, card->devctl, 2);
}

/* True for a port that cannot tell. */
static bool link_is_up(const struct card *card)
{
	return !card->express ||
	       !(read_config(card, card->express + EXPRESS_LNKCAP, 4) & LNKCAP_TELLS) ||
	       read_config(card, card->express + EXPRESS_LNKSTA, 2) & LNKSTA_ACTIVE;
}

static void wait_for_link(const struct card *card)
{
	int left;

	for (left = LINK_MS; left > 0 && !link_is_up(card); left -= LOOK_MS)
		usleep(LOOK_MS * 1000);
	/* So long a card may take after that, by the standard. */
	usleep(LOOK_MS * 1000);
}

/* Hot-plug and containment act on a link that goes down: not while that is wanted. */
static int stop_services(struct card *card)
{
	struct names all;
	size_t i;
	int status = STATUS_FINE;

	file_names(&all, SERVICES "/devices");
	for (i = 0; i < all.count && !status; i++) {
		const char *name = all.name[i];
		char *driver, *both;

		if (strncmp(name, card->port, strlen(card->port)))
			continue;
		driver = file_link_name(SERVICES "/devices/%s/driver", name);
		if (driver && (!strcmp(driver, "pciehp") || !strcmp(driver, "dpc"))) {
			status = write_text(name, SERVICES "/drivers/%s/unbind", driver);
			both = format("%s %s", driver, name);
			if (!status)
				names_add(&card->services, both);
			free(both);
		}
		free(driver);
	}
	names_free(&all);
	return status;
}

static int start_services(const struct card *card)
{
	int status = STATUS_FINE;
	size_t i;

	for (i = 0; i < card->services.count; i++) {
		char *driver = copy_text(card->services.name[i]), *name = strchr(driver, ' ');

		*name++ = '\0';
		status |= write_text(name, SERVICES "/drivers/%s/bind", driver);
		free(driver);
	}
	return status;
}

/* --- the functions --- */

static bool is_address(const char *name, const char *other)
{
	return strlen(name) == strlen(other) && strchr(name, '.') && strchr(name, ':');
}

static void add_function(struct card *card, const char *address)
{
	struct function *function;

	card->function = grow(card->function, card->count, sizeof(*function));
	function = &card->function[card->count++];
	function->address = copy_text(address);
	function->override = file_line(DEVICES "/%s/driver_override", address);
	if (!function->override || !strcmp(function->override, "(null)")) {
		free(function->override);
		function->override = copy_text("");
	}
}

/* The port above a function, and all functions below that; or the function alone. */
static void look_around(struct card *card, const char *address)
{
	char *place = file_real(DEVICES "/%s/..", address);
	const char *name = place ? strrchr(place, '/') + 1 : "";
	struct names names;
	size_t i;

	if (*name && file_exists(DEVICES "/%s/config", name)) {
		card->port = copy_text(name);
		file_names(&names, DEVICES "/%s", name);
		for (i = 0; i < names.count; i++)
			if (is_address(names.name[i], name))
				add_function(card, names.name[i]);
		names_free(&names);
	} else {
		add_function(card, address);
	}
	free(place);
}

/*
 * One at a time: a second one would bring in what is half programmed, and take the port
 * that is quiet for what it is to be at its end.
 */
static int lock_card(struct card *card, const char *address)
{
	char *path = at_root(DEVICES "/%s/config", card->port ?: address);
	int status = STATUS_FINE;

	card->lock = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	if (card->lock >= 0 && flock(card->lock, LOCK_EX | LOCK_NB))
		status = fail(STATUS_FINDING,
			      "%s: is being reprogrammed by another dtslot; wait until that has ended",
			      card->slot->name);
	return status;
}

static int open_port(struct card *card)
{
	char *path;
	int status = STATUS_FINE;

	if (!card->port)
		return STATUS_FINE;
	path = at_root(DEVICES "/%s/config", card->port);
	card->config = open(path, O_RDWR | O_CLOEXEC);
	free(path);
	if (card->config < 0)
		status = fail(STATUS_DENIED,
			      "%s: its configuration cannot be written: %s; run it as root",
			      card->port, strerror(errno));
	else
		card->express = find_express(card);
	return status;
}

static int check_drivers(const struct card *card)
{
	int status = STATUS_FINE;
	size_t i;

	for (i = 0; i < card->count && !status; i++) {
		char *driver = file_link_name(DEVICES "/%s/driver", card->function[i].address);

		if (driver && strcmp(driver, OURS))
			status = fail(STATUS_FINDING,
				      "%s: is on the same card and has the driver %s; unbind that first",
				      card->function[i].address, driver);
		free(driver);
	}
	return status;
}

static int empty_slots(const struct card *card, const struct slots *slots)
{
	int status = STATUS_FINE;
	size_t i, n;

	for (i = 0; i < card->count && !status; i++)
		for (n = 0; n < slots->count && !status; n++)
			if (!strncmp(slots->slot[n].name, "pci-", 4) &&
			    !strcmp(slots->slot[n].name + 4, card->function[i].address) &&
			    strcmp(slots->slot[n].state, "empty"))
				status = slot_trigger(&slots->slot[n], "detach");
	return status;
}

static int remove_functions(struct card *card)
{
	int status = STATUS_FINE;
	size_t i;

	for (i = 0; i < card->count && !status; i++)
		status = write_text("1", DEVICES "/%s/remove", card->function[i].address);
	card->removed = i > 1 || !status;
	return status;
}

/* A function that is there anew has no driver_override. */
static int find_functions(const struct card *card)
{
	int status;
	size_t i;

	if (card->port)
		status = write_text("1", DEVICES "/%s/rescan", card->port);
	else
		status = write_text("1", "/sys/bus/pci/rescan");
	for (i = 0; i < card->count; i++) {
		const struct function *f = &card->function[i];

		if (!*f->override || !file_exists(DEVICES "/%s", f->address))
			continue;
		status |= write_text(f->override, DEVICES "/%s/driver_override", f->address);
		status |= write_text(f->address, "/sys/bus/pci/drivers_probe");
	}
	return status;
}

/* --- the program --- */

static int run_program(char **argv)
{
	int state;
	pid_t pid;

	pid = fork();
	if (!pid) {
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		execvp(argv[0], argv);
		_exit(fail(127, "%s: cannot be run: %s", argv[0], strerror(errno)));
	}
	if (pid < 0 || waitpid(pid, &state, 0) != pid)
		return fail(STATUS_FINDING, "%s: cannot be run: %s", argv[0], strerror(errno));
	if (WIFSIGNALED(state))
		return fail(STATUS_FINDING,
			    "%s: ended by signal %d; the card is taken as it is now",
			    argv[0], WTERMSIG(state));
	if (WEXITSTATUS(state))
		return fail(STATUS_FINDING,
			    "%s: ended with status %d; the card is taken as it is now",
			    argv[0], WEXITSTATUS(state));
	return STATUS_FINE;
}

static int attach_again(const struct card *card)
{
	if (!card->removed)
		return slot_trigger(card->slot, "attach");
	if (!file_exists(DEVICES "/%s", card->slot->name + 4))
		return fail(STATUS_FINDING,
			    "%s: no card answers there now; reprogram it by other means, then plug it in again",
			    card->slot->name);
	return slot_wait(card->slot->name, WAIT_SECONDS);
}

/* From here on each step is undone, whatever comes. */
static int reprogram(struct card *card, char **argv)
{
	int status;

	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	status = card->port ? stop_services(card) : STATUS_FINE;
	quiet(card);
	if (!status)
		status = remove_functions(card);
	if (!status)
		status = run_program(argv);
	wait_for_link(card);
	status |= find_functions(card);
	unquiet(card);
	status |= start_services(card);
	return attach_again(card) | status;
}

static void card_free(struct card *card)
{
	while (card->count) {
		free(card->function[--card->count].address);
		free(card->function[card->count].override);
	}
	free(card->function);
	free(card->port);
	names_free(&card->services);
	if (card->config >= 0)
		close(card->config);
	if (card->lock >= 0)
		close(card->lock);
}

int cmd_reprogram(int argc, char **argv)
{
	struct card card = { .lock = -1, .config = -1 };
	const struct slot *slot;
	struct slots slots;
	int status = STATUS_FINE;

	if (!take_options(argc, argv, NULL, NULL, NULL, NULL))
		return STATUS_USAGE;
	if (argc - optind < 2)
		return usage(argv[0]);
	slots_load(&slots);
	slot = slots_find(&slots, argv[optind], &status);
	if (slot && strncmp(slot->name, "pci-", 4)) {
		status = fail(STATUS_FINDING, "%s: is no PCI card; only those are reprogrammed",
			      slot->name);
	} else if (slot) {
		card.slot = slot;
		look_around(&card, slot->name + 4);
		status = lock_card(&card, slot->name + 4);
		if (!status)
			status = check_drivers(&card);
		if (!status)
			status = open_port(&card);
		if (!status)
			status = empty_slots(&card, &slots);
		if (!status)
			status = reprogram(&card, argv + optind + 1);
	}
	card_free(&card);
	slots_free(&slots);
	return status;
}
