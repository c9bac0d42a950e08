// SPDX-License-Identifier: GPL-2.0-or-later
/* The cards: which are seen, what drives them, and whether their BARs have room. */
#include <errno.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"

#define DEVICES		"/sys/bus/pci/devices"
#define DRIVERS		"/sys/bus/pci/drivers"
/* The LAN966x, how many of its BARs need an address, and the window that all take. */
#define VENDOR		0x1055
#define DEVICE		0x9660
#define BARS		2
#define NEEDED		(66ULL << 20)
#define BARS_MOST	6

/* Flags of a resource, include/linux/ioport.h. */
#define FLAG_MEMORY	0x00000200ULL
#define FLAG_UNSET	0x20000000ULL

#define LINES_MOST	32
/* At the end of a bridge's resources: I/O, memory, prefetchable memory, one not used. */
#define BRIDGE_LINES	4

/**
 * struct resource - a line of a function's "resource"
 * @start: first address
 * @end: last address
 * @flags: as the kernel has them
 */
struct resource {
	unsigned long long start;
	unsigned long long end;
	unsigned long long flags;
};

/**
 * struct card - a PCI function that can be a slot
 * @name: its address
 * @path: its directory, links resolved
 * @file: the firmware file that its overlay can be in
 * @vendor: its vendor
 * @device: its device
 */
struct card {
	const char *name;
	char *path;
	char *file;
	unsigned int vendor;
	unsigned int device;
};

static bool is_lan966x(const struct card *c)
{
	return c->vendor == VENDOR && c->device == DEVICE;
}

static int read_resources(const char *directory, struct resource *r)
{
	char *path = at_root("%s/resource", directory), *line, *save;
	struct bytes text;
	int n = 0;

	if (!file_read(path, 65536, &text))
		for (line = strtok_r((char *)text.data, "\n", &save); line && n < LINES_MOST;
		     line = strtok_r(NULL, "\n", &save), n++)
			if (sscanf(line, "%llx %llx %llx", &r[n].start, &r[n].end,
				   &r[n].flags) != 3)
				break;
	free(text.data);
	free(path);
	return n;
}

static unsigned long long size_of(const struct resource *r)
{
	return r->flags && r->end > r->start ? r->end - r->start + 1 : 0;
}

/* "0x1055" */
static unsigned int read_id(const char *name, const char *attribute)
{
	char *line = file_line(DEVICES "/%s/%s", name, attribute);
	unsigned int id = line ? strtoul(line, NULL, 16) : 0;

	free(line);
	return id;
}

static char *parent_of(const char *path)
{
	char *parent = copy_text(path), *slash = strrchr(parent, '/');

	if (slash)
		*slash = '\0';
	return parent;
}

/* Cells of a property of a node, big endian; 0 if it is not there. */
static unsigned long long cells(const struct bytes *value, size_t at, int count)
{
	unsigned long long number = 0;

	for (count *= 4; count; count--, at++)
		number = number << 8 | (at < value->size ? value->data[at] : 0);
	return number;
}

static unsigned int number_of_cells(const char *node, const char *name)
{
	char *path = at_root("%s/%s", node, name);
	struct bytes value;
	unsigned int n = 2;

	if (!file_read(path, 64, &value) && value.size == 4)
		n = cells(&value, 0, 1);
	free(value.data);
	free(path);
	return n;
}

/*
 * The largest window of memory below 4 GiB, not prefetchable, that a host bridge of the
 * live tree gives to its functions, by "ranges"; 0 if no tree tells.
 */
static unsigned long long host_window(const char *card, char **node)
{
	unsigned long long best = 0, size;
	unsigned int parent, entry;
	struct bytes ranges;
	char *path, *top, *above;
	size_t at;

	*node = NULL;
	top = strstr(card, "/pci");
	if (!top)
		return 0;
	*node = file_real("%.*s/of_node", (int)(top - card), card);
	if (!*node)
		return 0;
	above = parent_of(*node);
	parent = number_of_cells(above, "#address-cells");
	free(above);
	/* Three cells are the bus's address, two the size. */
	entry = 4 * (3 + parent + 2);
	path = at_root("%s/ranges", *node);
	if (parent <= 2 && !file_read(path, 65536, &ranges)) {
		for (at = 0; at + entry <= ranges.size; at += entry) {
			size = cells(&ranges, at + 4 * (3 + parent), 2);
			/* 2: 32 bits of memory; 0x40 in front of it: prefetchable */
			if ((ranges.data[at] & 0x43) == 0x02 && size > best)
				best = size;
		}
		free(ranges.data);
	}
	free(path);
	return best;
}

static bool on_command_line(const char *text)
{
	char *line = file_line("/proc/cmdline");
	bool found = line && strstr(line, text);

	free(line);
	return found;
}

/* The memory that a function takes: known of the LAN966x, else the sum of its BARs. */
static unsigned long long needed_by(const struct card *c)
{
	struct resource r[LINES_MOST];
	int n = read_resources(c->path, r), i;
	unsigned long long sum = 0;

	for (i = 0; i < n && i < BARS_MOST; i++)
		if (r[i].flags & FLAG_MEMORY)
			sum += size_of(&r[i]);
	return is_lan966x(c) ? NEEDED : sum;
}

static char *in_mib(unsigned long long bytes)
{
	return bytes >> 20 ? format("%llu MiB", bytes >> 20) : format("%llu KiB", bytes >> 10);
}

/* A BAR has no address: which window is too small, and what makes that one larger. */
static void explain_bars(struct doctor *d, const struct card *c)
{
	struct resource r[LINES_MOST];
	char *node, *bridge = parent_of(c->path), *bridge_name = strrchr(bridge, '/');
	unsigned long long host = host_window(c->path, &node), needed = needed_by(c), window = 0;
	int n = read_resources(bridge, r);
	char *has, *takes = in_mib(needed);

	if (n > BRIDGE_LINES)
		window = size_of(&r[n - BRIDGE_LINES + 1]);
	has = in_mib(host && host < needed ? host : window);
	bridge_name = bridge_name ? bridge_name + 1 : bridge;
	if (host && host < needed)
		say(d, ILL, "bars",
		    format("make \"ranges\" of %s larger by an overlay at boot; pci=realloc cannot",
			   node + strlen("/sys/firmware/devicetree/base")),
		    "%s: its BARs have no address: the host bridge has %s for cards, this one takes %s",
		    c->name, has, takes);
	else if (window >= needed)
		say(d, ILL, "bars",
		    format("echo 1 >%s/%s/remove; echo 1 >/sys/bus/pci/rescan", DEVICES, c->name),
		    "%s: its BARs have no address, though bridge %s has %s", c->name, bridge_name,
		    has);
	else if (on_command_line("pci=realloc"))
		say(d, ILL, "bars",
		    copy_text("plug the card in before power is switched on, or elsewhere"),
		    "%s: its BARs have no address: bridge %s has %s, in spite of pci=realloc",
		    c->name, bridge_name, has);
	else
		say(d, ILL, "bars", copy_text("boot with pci=realloc,hpmemsize=128M"),
		    "%s: its BARs have no address: bridge %s has %s, the card takes %s", c->name,
		    bridge_name, has, takes);
	free(takes);
	free(has);
	free(bridge);
	free(node);
}

/* The first two of the LAN966x must be there; of others, those that there are. */
static bool has_address(const struct resource *r, int count, int i, bool wanted)
{
	if (i >= count || !(r[i].flags & FLAG_MEMORY))
		return !wanted;
	return r[i].start && !(r[i].flags & FLAG_UNSET);
}

static void look_at_bars(struct doctor *d, const struct card *c)
{
	struct resource r[LINES_MOST];
	int n = read_resources(c->path, r), i;

	for (i = 0; i < BARS_MOST; i++)
		if (!has_address(r, n, i, is_lan966x(c) && i < BARS))
			break;
	if (i == BARS_MOST)
		say(d, WELL, "bars", NULL, "%s: its BARs have addresses", c->name);
	else
		explain_bars(d, c);
}

/* How dtslot-pci gets a card that no driver has. */
static char *bind_command(const struct card *c)
{
	if (!is_lan966x(c))
		return format("modprobe dtslot-pci; echo %04x %04x >%s/dtslot-pci/new_id",
			      c->vendor, c->device, DRIVERS);
	if (file_exists("/sys/module/dtslot_pci"))
		return format("echo %s >/sys/bus/pci/drivers_probe", c->name);
	return copy_text("modprobe dtslot-pci");
}

static void look_at_driver(struct doctor *d, const struct card *c, const char *what)
{
	char *driver = file_link_name(DEVICES "/%s/driver", c->name), *bind = bind_command(c);

	if (!driver) {
		say(d, ILL, "card", bind, "%s %s: no driver has it", c->name, what);
		bind = NULL;
	} else if (!strcmp(driver, "dtslot-pci")) {
		say(d, WELL, "card", NULL, "%s %s: dtslot-pci has it", c->name, what);
	} else {
		say(d, ILL, "card",
		    format("echo %s >/sys/bus/pci/drivers/%s/unbind; %s", c->name, driver, bind),
		    "%s %s: %s has it, only one driver can", c->name, what, driver);
	}
	free(bind);
	free(driver);
}

static void be_quiet(char *message, ...)
{
}

static jmp_buf damaged;

/* libpci ends a program whose list of names is damaged, unless this does not return. */
static _Noreturn void give_up(char *message, ...)
{
	longjmp(damaged, 1);
}

/*
 * What lspci calls the card. The list of names is the only thing that libpci reads here,
 * so it is not initialised.
 */
static char *name_of_card(unsigned int vendor, unsigned int device)
{
	struct pci_access *access = pci_alloc();
	char buffer[128] = "", *name = "", *copy, *list = at_root("/usr/share/misc/pci.ids");
	int fd = file_open(list);

	if (fd >= 0)
		close(fd);
	access->error = give_up;
	access->warning = be_quiet;
	access->debug = be_quiet;
	pci_set_name_list_path(access, list, 1);
	if ((fd >= 0 || fd == -ENOENT) && !setjmp(damaged))
		name = pci_lookup_name(access, buffer, sizeof(buffer), PCI_LOOKUP_VENDOR |
				       PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_HWDB, vendor, device);
	copy = copy_text(name);
	make_printable(copy);
	pci_cleanup(access);
	return copy;
}

/* The LAN966x, what dtslot-pci has, what there is an overlay for, and what carries one. */
static bool is_card(const struct card *c)
{
	char *driver = file_link_name(DEVICES "/%s/driver", c->name);
	bool ours = driver && !strcmp(driver, "dtslot-pci");

	free(driver);
	return ours || is_lan966x(c) || file_exists("%s", c->file) || carries_overlay(c->name);
}

static char *name_of_file(const struct card *c)
{
	return format("/lib/firmware/dtslot/pci-%04x-%04x-%04x-%04x.dtbo", c->vendor, c->device,
		      read_id(c->name, "subsystem_vendor"), read_id(c->name, "subsystem_device"));
}

void doctor_cards(struct doctor *d)
{
	struct names names;
	unsigned int cards = 0;
	struct card card;
	char *what;
	size_t i;

	file_names(&names, DEVICES);
	for (i = 0; i < names.count; i++) {
		card = (struct card){ .name = names.name[i] };
		card.vendor = read_id(card.name, "vendor");
		card.device = read_id(card.name, "device");
		card.path = file_real(DEVICES "/%s", card.name);
		card.file = name_of_file(&card);
		if (card.path && is_card(&card)) {
			what = name_of_card(card.vendor, card.device);
			make_printable(names.name[i]);
			cards++;
			look_at_driver(d, &card, what);
			look_at_bars(d, &card);
			if (carries_overlay(card.name))
				doctor_carried(d, card.name, card.file);
			free(what);
		}
		free(card.file);
		free(card.path);
	}
	names_free(&names);
	if (cards)
		return;
	what = name_of_card(VENDOR, DEVICE);
	say(d, UNKNOWN, "card", copy_text("plug it in, then echo 1 >/sys/bus/pci/rescan"),
	    "no card is seen (%s, %04x:%04x)", what, VENDOR, DEVICE);
	free(what);
}
