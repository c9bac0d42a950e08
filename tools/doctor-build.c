// SPDX-License-Identifier: GPL-2.0-or-later
/* The modules that are built outside of the kernel, and what builds them. */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

#define DKMS "/var/lib/dkms"

/* Why DKMS did not build one: NULL if it did, or was never asked. */
static char *why_not_built(const struct doctor *d, const char *package)
{
	struct names versions;
	char *why = NULL;
	size_t i;

	file_names(&versions, DKMS "/%s", package);
	for (i = 0; i < versions.count && !why; i++) {
		const char *version = versions.name[i];

		if (!strncmp(version, "kernel-", 7) ||
		    file_exists(DKMS "/%s/%s/%s", package, version, d->release))
			continue;
		if (file_exists(DKMS "/%s/%s/build/make.log", package, version))
			why = format("DKMS could not build %s for %s; less %s/%s/%s/build/make.log",
				     package, d->release, DKMS, package, version);
		else
			why = format("DKMS has not built %s for %s; dkms autoinstall -k %s",
				     package, d->release, d->release);
	}
	names_free(&versions);
	if (why)
		make_printable(why);
	return why;
}

/* Split "what; command" between the two parts of a line. */
static void say_split(struct doctor *d, const char *check, char *text)
{
	char *semicolon = strstr(text, "; ");

	*semicolon = '\0';
	say(d, ILL, check, copy_text(semicolon + 2), "%s", text);
	free(text);
}

static void look_at_headers(struct doctor *d)
{
	if (file_exists("/lib/modules/%s/build/Makefile", d->release))
		say(d, WELL, "headers", NULL, "modules can be built for %s", d->release);
	else
		say(d, ILL, "headers", format("apt install linux-headers-%s", d->release),
		    "modules cannot be built: /lib/modules/%s/build is missing", d->release);
}

/* Debian's package has the major and minor number in its name. */
static void look_at_source(struct doctor *d)
{
	char *name = format("linux-source-%d.%d", d->version / 1000, d->version % 1000);

	if (file_exists("/usr/src/%s.tar.xz", name) || file_exists("/usr/src/%s", name) ||
	    file_exists("/etc/dtslot/soc-dkms.conf"))
		say(d, WELL, "source", NULL,
		    "the SoC's drivers can be built from the kernel's source");
	else
		say(d, ILL, "source",
		    format("apt install %s, or name the source in /etc/dtslot/soc-dkms.conf", name),
		    "the SoC's drivers cannot be built: /usr/src/%s.tar.xz is missing", name);
	free(name);
}

static bool has_module(const struct doctor *d, const char *alias)
{
	bool builtin;
	char *name = module_for(d->modules, alias, &builtin);

	free(name);
	return name;
}

void doctor_build(struct doctor *d)
{
	/* The card, and the driver of its switch. */
	bool ours = has_module(d, "dtslot_pci");
	bool theirs = has_module(d, "of:NswitchTnoneCmicrochip,lan966x-switch");
	char *why;

	if (ours)
		say(d, WELL, "modules", NULL, "the modules of dtslot are there");
	why = ours ? NULL : why_not_built(d, "dtslot");
	if (why)
		say_split(d, "modules", why);
	else if (!ours)
		say(d, ILL, "modules",
		    copy_text("apt install dtslot-dkms, or make && make install && depmod"),
		    "the modules of dtslot are not there for %s", d->release);
	why = theirs ? NULL : why_not_built(d, "dtslot-soc");
	if (why)
		say_split(d, "modules", why);
	if (!ours || !theirs)
		look_at_headers(d);
	if (!theirs)
		look_at_source(d);
}
