// SPDX-License-Identifier: GPL-2.0-or-later
/* The overlay that a card carries: whether it is taken, and what keeps it out. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "doctor.h"

#define PARAMETER	"/sys/module/dtslot_pci/parameters/card_overlays"
#define TRUSTED		"/sys/module/dtslot/parameters/trusted"
#define LIST_MOST	(4U << 20)	/* bytes of a list of trusted overlays */

/* Whether a list that sha256sum(1) wrote has these digits in front of a line. */
static bool lists(const char *file, const char *digits)
{
	char *path = at_root("/lib/firmware/%s", file), *line, *save;
	struct bytes text;
	bool found = false;

	if (!file_read(path, LIST_MOST, &text))
		for (line = strtok_r((char *)text.data, "\n", &save); line && !found;
		     line = strtok_r(NULL, "\n", &save))
			found = !strncasecmp(line, digits, strlen(digits));
	free(text.data);
	free(path);
	return found;
}

/* Root lets cards bring overlays; if there is a list of trusted ones, it is to be on it. */
static void look_at_trust(struct doctor *d, const char *name, const struct bytes *blob)
{
	char *list = file_line(TRUSTED), *digits = sha256(blob);

	if (!list || !list[0])
		say(d, WELL, "overlay", NULL,
		    "%s: carries an overlay of %zu bytes, and root lets it in", name, blob->size);
	else if (lists(list, digits))
		say(d, WELL, "overlay", NULL,
		    "%s: carries an overlay of %zu bytes, which /lib/firmware/%s lists", name,
		    blob->size, list);
	else
		say(d, ILL, "overlay",
		    format("echo %s >>/lib/firmware/%s, and load dtslot again", digits, list),
		    "%s: carries an overlay of %zu bytes, which /lib/firmware/%s does not list",
		    name, blob->size, list);
	free(digits);
	free(list);
}

/**
 * carries_overlay() - whether a card carries an overlay in a BAR, be it damaged
 * @name: the address of its function
 *
 * Return: whether it does, as far as this user can see.
 */
bool carries_overlay(const char *name)
{
	struct bytes blob;
	char *why;
	enum carried found = card_read(name, false, &blob, &why);

	free(blob.data);
	free(why);
	return found != CARRIED_NONE && found != CARRIED_HIDDEN;
}

/**
 * doctor_carried() - say of a card that carries an overlay whether that is taken
 * @d: the doctor
 * @name: the address of its function
 * @file: the firmware file that goes first
 */
void doctor_carried(struct doctor *d, const char *name, const char *file)
{
	char *why, *taken = file_line(PARAMETER);
	struct bytes blob;
	enum carried found = card_read(name, false, &blob, &why);

	if (found == CARRIED_BAD)
		say(d, ILL, "overlay", copy_text("mend the card, as docs/howto/card-blob.md tells"),
		    "%s", why);
	else if (file_exists("%s", file))
		say(d, WELL, "overlay", NULL, "%s: carries an overlay, and %s goes first", name,
		    file);
	else if (!taken)
		say(d, UNKNOWN, "overlay", copy_text("modprobe dtslot-pci card_overlays=1"),
		    "%s: carries an overlay, and dtslot-pci is not loaded", name);
	else if (taken[0] != 'Y')
		say(d, UNKNOWN, "overlay",
		    format("echo 1 >%s; dtslot attach pci-%s", PARAMETER, name),
		    "%s: carries an overlay that is not taken: card_overlays is off", name);
	else if (found == CARRIED_READ)
		look_at_trust(d, name, &blob);
	else
		say(d, UNKNOWN, "overlay", NULL, "%s", why);
	free(taken);
	free(blob.data);
	free(why);
}
