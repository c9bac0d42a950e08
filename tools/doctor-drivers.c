// SPDX-License-Identifier: GPL-2.0-or-later
/* A driver for each compatible of the card, or of an overlay. */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "overlay.h"

/* Whether the kernel has a driver without a module or an alias that tells of it. */
static bool is_built_in(const struct doctor *d, const struct driver *driver)
{
	return driver && has_option(d, driver->option) &&
	       (!driver->source || !strcmp(driver->option, "RESET_MCHP_SPARX5"));
}

/**
 * struct tally - drivers that were looked for
 * @wanted: how many
 * @found: how many there are
 * @missing: options of those that are not, by what builds them: packages, a kernel
 */
struct tally {
	unsigned int wanted;
	unsigned int found;
	struct {
		const char *source;
		char *options;
	} missing[4];
};

/* Put an option beside those of the same source. */
static void note_missing(struct tally *t, const struct driver *driver)
{
	char *more;
	size_t i;

	for (i = 0; t->missing[i].options; i++)
		if (t->missing[i].source == driver->source)
			break;
	more = format("%s%sCONFIG_%s", t->missing[i].options ? t->missing[i].options : "",
		      t->missing[i].options ? " " : "", driver->option);
	free(t->missing[i].options);
	t->missing[i].options = more;
	t->missing[i].source = driver->source;
}

static void look_for(struct doctor *d, const struct names *compatible, struct tally *t)
{
	const struct driver *driver = driver_of(compatible);
	char *module = NULL;
	bool builtin, found = !driver_is_needed(compatible) || is_built_in(d, driver);

	t->wanted++;
	if (!found)
		module = module_of_compatible(d->modules, compatible, &builtin);
	/* What is built in without an alias can be seen in a configuration only. */
	if (found || module || (driver && !driver->source && !d->config.data))
		t->found++;
	else if (driver)
		note_missing(t, driver);
	else
		say(d, UNKNOWN, "drivers", copy_text("find which option of the kernel has it"),
		    "no module says that it drives %s", compatible->name[0]);
	free(module);
}

static void say_missing(struct doctor *d, struct tally *t)
{
	const char *source;
	size_t i;

	for (i = 0; t->missing[i].options; i++) {
		source = t->missing[i].source;
		say(d, ILL, "drivers",
		    source ? format("apt install %s", source) :
		    copy_text("build a kernel with these as modules"),
		    "%u of %u kinds of device have a driver in this kernel; it lacks %s", t->found,
		    t->wanted, t->missing[i].options);
		free(t->missing[i].options);
	}
}

static void look_at_table(struct doctor *d, struct tally *t)
{
	const struct driver *driver;
	struct names one;
	size_t i;

	for (i = 0; (driver = driver_at(i)) && driver->on_card; i++) {
		one = (struct names){ NULL, 0 };
		names_add(&one, driver->compatible);
		look_for(d, &one, t);
		names_free(&one);
	}
}

static bool look_at_overlay(struct doctor *d, struct tally *t)
{
	struct names compatible;
	struct bytes blob;
	int node, length, err = file_read(d->overlay, DTSLOT_BLOB_MAX_SIZE, &blob);
	const char *value, *s;

	if (err || blob.size < FDT_V1_SIZE || fdt_check_full(blob.data, blob.size)) {
		say(d, ILL, "drivers", format("dtslot check %s", d->overlay),
		    "%s: %s", d->overlay, err ? strerror(-err) : "is no overlay that dtc made");
		free(blob.data);
		return false;
	}
	for (node = fdt_next_node(blob.data, -1, NULL); node >= 0;
	     node = fdt_next_node(blob.data, node, NULL)) {
		value = fdt_getprop(blob.data, node, "compatible", &length);
		if (!value || length < 2 || value[length - 1])
			continue;
		compatible = (struct names){ NULL, 0 };
		for (s = value; s < value + length; s += strlen(s) + 1)
			names_add(&compatible, s);
		look_for(d, &compatible, t);
		names_free(&compatible);
	}
	free(blob.data);
	return true;
}

void doctor_drivers(struct doctor *d)
{
	struct tally t = { 0 };

	if (d->overlay && !look_at_overlay(d, &t))
		return;
	if (!d->overlay)
		look_at_table(d, &t);
	say_missing(d, &t);
	if (t.wanted == t.found)
		say(d, WELL, "drivers", NULL,
		    "this kernel has a driver for each of %u kinds of device", t.wanted);
}
