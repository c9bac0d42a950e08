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
#define VENDOR		0x1055
#define DEVICE		0x9660
/* BARs of the LAN966x that need an address, and the window that all its BARs take. */
#define BARS		2
#define NEEDED		(66ULL << 20)

/* Flags of a resource, include/linux/ioport.h. */
#define FLAG_MEMORY	0x00000200ULL
#define FLAG_UNSET	0x20000000ULL

#define LINES_MOST	32
#define BRIDGE_LINES	4	/* at the end of a bridge's resources: I/O, memory, prefetchable, none */

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

static int read_resources(const char *directory, struct resource *r)
{
	char *path = at_root("%s/resource", directory), *line, *save;
	struct bytes text;
	int n = 0;

	if (!file_read(path, 65536, &text))
		for (line = strtok_r((char *)text.data, "\n", &save); line && n < LINES_MOST;
		     line = strtok_r(NULL, "\n", &save), n++)
			if (sscanf(line, "%llx %llx %llx", &r[n].start, &r[n].end, &r[n].flags) != 3)
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

/* A BAR has no address: which window is too small, and what makes that one larger. */
static void explain_bars(struct doctor *d, const char *name, const char *card)
{
	struct resource r[LINES_MOST];
	char *node, *bridge = parent_of(card), *bridge_name = strrchr(bridge, '/') + 1;
	unsigned long long host = host_window(card, &node), window = 0;
	int n = read_resources(bridge, r);

	if (n > BRIDGE_LINES)
		window = size_of(&r[n - BRIDGE_LINES + 1]);
	if (host && host < NEEDED)
		say(d, ILL, "bars", format("%s: its BARs have no address: the host bridge has %llu MiB of memory for cards, this one takes %llu",
					   name, host >> 20, NEEDED >> 20),
		    format("make \"ranges\" of %s larger in the host's device tree, by an overlay at boot; pci=realloc cannot",
			   node + strlen("/sys/firmware/devicetree/base")));
	else if (window >= NEEDED)
		say(d, ILL, "bars", format("%s: its BARs have no address, though bridge %s has %llu MiB",
					   name, bridge_name, window >> 20),
		    format("echo 1 >%s/%s/remove; echo 1 >/sys/bus/pci/rescan", DEVICES, name));
	else if (on_command_line("pci=realloc"))
		say(d, ILL, "bars", format("%s: its BARs have no address: bridge %s has %llu MiB, in spite of pci=realloc",
					   name, bridge_name, window >> 20),
		    copy_text("plug the card in before the machine is switched on, or into another slot"));
	else
		say(d, ILL, "bars", format("%s: its BARs have no address: bridge %s has %llu MiB, the card takes %llu",
					   name, bridge_name, window >> 20, NEEDED >> 20),
		    copy_text("boot with pci=realloc,hpmemsize=128M"));
	free(bridge);
	free(node);
}

static void look_at_bars(struct doctor *d, const char *name, const char *card)
{
	struct resource r[LINES_MOST];
	int n = read_resources(card, r), i;

	for (i = 0; i < BARS; i++)
		if (i >= n || !r[i].start || !(r[i].flags & FLAG_MEMORY) || (r[i].flags & FLAG_UNSET))
			break;
	if (i == BARS)
		say(d, WELL, "bars", format("%s: its BARs have addresses", name), NULL);
	else
		explain_bars(d, name, card);
}

static void look_at_driver(struct doctor *d, const char *name, const char *what)
{
	char *driver = file_link_name(DEVICES "/%s/driver", name);

	if (!driver)
		say(d, ILL, "card", format("%s %s: no driver has it", name, what),
		    file_exists("/sys/module/dtslot_pci") ?
		    format("echo %s >/sys/bus/pci/drivers_probe", name) :
		    copy_text("modprobe dtslot-pci"));
	else if (!strcmp(driver, "dtslot-pci"))
		say(d, WELL, "card", format("%s %s: dtslot-pci has it", name, what), NULL);
	else
		say(d, ILL, "card", format("%s %s: %s has it, only one driver can", name, what, driver),
		    format("echo %s >/sys/bus/pci/drivers/%s/unbind; modprobe dtslot-pci; echo %s >/sys/bus/pci/drivers_probe",
			   name, driver, name));
	free(driver);
}

static void be_quiet(char *message, ...)
{
}

static jmp_buf damaged;

/* libpci ends a program whose list of names is damaged, unless this does not return. */
__attribute__((noreturn))
static void give_up(char *message, ...)
{
	longjmp(damaged, 1);
}

/*
 * What lspci calls the card. The list of names is the only thing that libpci reads here,
 * so it is not initialised.
 */
static char *name_of_card(void)
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
				       PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_HWDB, VENDOR, DEVICE);
	copy = copy_text(name);
	make_printable(copy);
	pci_cleanup(access);
	return copy;
}

void doctor_cards(struct doctor *d)
{
	char *what = name_of_card(), *card;
	struct names names;
	unsigned int cards = 0;
	size_t i;

	file_names(&names, DEVICES);
	for (i = 0; i < names.count; i++) {
		const char *name = names.name[i];

		if (read_id(name, "vendor") != VENDOR || read_id(name, "device") != DEVICE)
			continue;
		make_printable(names.name[i]);
		cards++;
		look_at_driver(d, name, what);
		card = file_real(DEVICES "/%s", name);
		if (card)
			look_at_bars(d, name, card);
		free(card);
	}
	names_free(&names);
	if (!cards)
		say(d, UNKNOWN, "card", format("no card is seen (%s, %04x:%04x)", what, VENDOR, DEVICE),
		    copy_text("plug it in, then echo 1 >/sys/bus/pci/rescan"));
	free(what);
}
