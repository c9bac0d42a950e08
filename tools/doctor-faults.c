// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults that this version of the kernel is known to have. docs/mainline.md tells all of each. */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

/**
 * struct fault - a fault of some versions of the kernel
 * @from: the first that has it, as major * 1000 + minor
 * @until: the last that has it; 0 for as far as is known
 * @option: without this one it does not matter
 * @what: what happens
 * @fix: what helps
 */
static const struct fault {
	int from;
	int until;
	const char *option;
	const char *what;
	const char *fix;
} faults[] = {
	{ 6012, 6012, "OF_DYNAMIC",
	  "the reset driver cannot be unloaded, and keeps the registers of one card mapped",
	  "nothing is lost but some memory; 7.3 does without" },
	{ 6012, 0, "OF_DYNAMIC",
	  "the switch logs \"IRQ fdma not found\" and \"MAC addr was not set\" where nothing is wrong",
	  "leave it, or build its driver with the fixes of docs/mainline" },
	{ 7003, 0, "SERIAL_ATMEL",
	  "a serial port behind a card logs a bad address when the card goes",
	  "leave USARTs out of the overlay, if its card may go" },
};

void doctor_faults(struct doctor *d)
{
	unsigned int known = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		const struct fault *f = &faults[i];

		if (d->version < f->from || (f->until && d->version > f->until) ||
		    !d->config.data || !has_option(d, f->option))
			continue;
		known++;
		say(d, UNKNOWN, "fault", copy_text(f->fix), "%s", f->what);
	}
	if (!known)
		say(d, WELL, "fault", NULL, "no fault of Linux %s is known", d->release);
}
