// SPDX-License-Identifier: GPL-2.0-or-later
/* The overlays in /lib/firmware/dtslot, judged by the modules' own code. */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "base.h"

#define DIRECTORY "/lib/firmware/dtslot"

/* An add-on may use what labels it likes: which connectors have them is not known here. */
static void export_all(struct base *base, const struct bytes *blob)
{
	int fixups, at;
	const char *label;

	if (blob->size < FDT_V1_SIZE || fdt_check_full(blob->data, blob->size))
		return;
	fixups = fdt_path_offset(blob->data, "/__fixups__");
	fdt_for_each_property_offset(at, blob->data, fixups)
		if (fdt_getprop_by_offset(blob->data, at, &label, NULL))
			base_promise(base, label);
}

static void look_at(struct doctor *d, const char *name, unsigned int *good)
{
	char *path = at_root(DIRECTORY "/%s", name), *why;
	struct base base = { .target = -1 };
	struct bytes blob;
	int err = file_read(path, DTSLOT_BLOB_MAX_SIZE, &blob);

	if (err) {
		why = copy_text(strerror(-err));
	} else {
		if (!strncmp(name, "addon-", 6))
			export_all(&base, &blob);
		why = check_overlay(&blob, &base);
	}
	*good += !why;
	if (why)
		say(d, ILL, "firmware", format("dtslot check %s/%s", DIRECTORY, name),
		    "%s/%s: %s", DIRECTORY, name, why);
	free(why);
	base_free(&base);
	free(blob.data);
	free(path);
}

void doctor_firmware(struct doctor *d)
{
	struct names names;
	unsigned int good = 0;
	size_t i, n;

	file_names(&names, DIRECTORY);
	for (i = 0; i < names.count; i++) {
		make_printable(names.name[i]);
		n = strlen(names.name[i]);
		if (n > 5 && !strcmp(names.name[i] + n - 5, ".dtbo"))
			look_at(d, names.name[i], &good);
	}
	names_free(&names);
	say(d, WELL, "firmware", NULL, "%u overlays in %s can be used", good, DIRECTORY);
}
