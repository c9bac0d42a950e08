// SPDX-License-Identifier: GPL-2.0-or-later
/* The slots: what failed, which devices did not come and why, ports, interrupts. */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

#define INTERRUPTS_MOST	(4U << 20)	/* bytes of /proc/interrupts */

static void look_at_state(struct doctor *d, const struct slot *s, struct counts counts)
{
	if (!strcmp(s->state, "attached"))
		say(d, WELL, "slot", NULL,
		    "%s: attached: %s, %u of %u devices have their driver, %u ports", s->name,
		    s->model, counts.ready, counts.devices, counts.ports);
	else if (!strcmp(s->state, "failed"))
		say(d, ILL, "slot", format("mend that, then dtslot attach %s", s->name),
		    "%s: %s", s->name, s->error);
	else if (!strcmp(s->state, "quarantined"))
		say(d, ILL, "slot", format("mend that, then dtslot detach %s", s->name),
		    "%s: its nodes do not come off: %s", s->name, s->error);
	else
		say(d, UNKNOWN, "slot", NULL, "%s: %s", s->name, s->state);
}

/* "why; command", or only why. */
static void look_at_device(struct doctor *d, const struct slot *s, const struct device *device)
{
	char *why, *command;

	if (device_is_ready(device))
		return;
	why = device_why(device, s, d->modules);
	command = strstr(why, "; ");
	if (command)
		*command = '\0';
	say(d, ILL, "device", command ? copy_text(command + 2) : NULL,
	    "%s: %s: %s", s->name, device->name, why);
	free(why);
}

/*
 * A switch without an address in its node takes a random one, and its ports those behind
 * it; the kernel's own flag does not tell, as the driver calls them permanent.
 */
static void look_at_addresses(struct doctor *d, const struct slot *s, const struct device *device)
{
	char *node = format("/sys/firmware/devicetree/base%s", device->node);
	char *from = file_line("%s/dtslot,mac-address-from", node);

	if (device->ports && from)
		say(d, WELL, "ports", NULL,
		    "%s: addresses of the %u ports of %s come from the %s", s->name, device->ports,
		    device->name, from);
	else if (device->ports && !file_exists("%s/mac-address", node) &&
		 !file_exists("%s/local-mac-address", node))
		say(d, ILL, "ports",
		    copy_text("modprobe dtslot-pci host_id=NAME, or put mac-address into its node"),
		    "%s: the %u ports of %s have random addresses, other ones at each attach",
		    s->name, device->ports, device->name);
	free(from);
	free(node);
}

/* The counts of a line are between its colon and its text. */
static bool has_fired(const char *line)
{
	line = strchr(line, ':');
	while (line && *line && (line[1] == ' ' || (line[1] >= '0' && line[1] <= '9'))) {
		line++;
		if (*line >= '1' && *line <= '9')
			return true;
	}
	return false;
}

/* The line of a card in /proc/interrupts has the card's address in it. */
static void look_at_interrupts(struct doctor *d, const struct slot *s)
{
	char *path = at_root("/proc/interrupts"), *line, *save, *found = NULL;
	const char *name = strrchr(s->parent, '/');
	struct bytes text;

	if (!name || strncmp(s->name, "pci-", 4) || file_read(path, INTERRUPTS_MOST, &text)) {
		free(path);
		return;
	}
	for (line = strtok_r((char *)text.data, "\n", &save); line && !found;
	     line = strtok_r(NULL, "\n", &save))
		if (strstr(line, name + 1))
			found = line;
	if (!found)
		say(d, ILL, "irq", copy_text("boot without pci=nomsi, or with pci=routeirq"),
		    "%s: the card has no interrupt: INTx is not routed, and MSI is off", s->name);
	else if (!has_fired(found))
		say(d, UNKNOWN, "irq",
		    copy_text("ip link set eth0 up, plug a cable in, look again"),
		    "%s: no interrupt of the card has come yet", s->name);
	else
		say(d, WELL, "irq", NULL, "%s: interrupts of the card come", s->name);
	free(text.data);
	free(path);
}

void doctor_slots(struct doctor *d)
{
	struct counts counts;
	size_t i, j;

	if (!d->slots.count)
		say(d, UNKNOWN, "slot", NULL, "there are no slots");
	for (i = 0; i < d->slots.count; i++) {
		const struct slot *s = &d->slots.slot[i];

		counts = devices_count(&d->devices, &d->slots, i);
		look_at_state(d, s, counts);
		for (j = 0; j < d->devices.count; j++) {
			if (d->devices.device[j].slot != i)
				continue;
			look_at_device(d, s, &d->devices.device[j]);
			look_at_addresses(d, s, &d->devices.device[j]);
		}
		if (!strcmp(s->state, "attached"))
			look_at_interrupts(d, s);
	}
}
