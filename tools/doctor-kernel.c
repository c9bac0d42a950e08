// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel: its version, what it was built with, and the root of the tree. */
#include <stdlib.h>

#include "doctor.h"

#define FIRST	6012
#define LAST	7003	/* that was tried */

#define BACKPORT "apt install -t trixie-backports linux-image-arm64"
#define REBUILD	"scripts/config -e OF -e OF_OVERLAY -m MCHP_LAN966X_PCI -e RESET_CONTROLLER"

#define SOC	"the SoC's drivers cannot be built, and DKMS passes over this kernel"

/* What no module can bring, and what it is for. DKMS asks for the same. */
static const struct {
	const char *option;
	const char *why;
} needed[] = {
	{ "OF", "drivers do not look at device trees" },
	{ "OF_DYNAMIC", "nodes cannot come and go" },
	{ "PCI", "there are no PCI functions" },
	{ "CRYPTO_LIB_SHA256", "overlays cannot be compared with the list of trusted ones" },
	{ "NET_SWITCHDEV", "the switch of the card has no driver" },
	{ "PHYLINK", "the switch of the card has no driver" },
	{ "RESET_CONTROLLER", SOC },
	{ "COMMON_CLK", SOC },
	{ "PINCTRL", SOC },
};

static void look_at_version(struct doctor *d)
{
	if (d->version < FIRST)
		say(d, ILL, "version",
		    copy_text(is_arm64(d) ? BACKPORT : "install a kernel from 6.12 on"),
		    "Linux %s is older than 6.12", d->release);
	else if (d->version > LAST)
		say(d, UNKNOWN, "version", NULL,
		    "Linux %s is newer than 7.3, the last that was tried", d->release);
	else
		say(d, WELL, "version", NULL, "Linux %s is one of 6.12 to 7.3", d->release);
}

/* Which kernel has it: Debian's for arm64 does, of those for x86 none. */
static char *other_kernel(const struct doctor *d, const char *option)
{
	if (is_arm64(d))
		return format("%s, or build one with CONFIG_%s=y", BACKPORT, option);
	return format("build a kernel with: %s", REBUILD);
}

static void look_at_options(struct doctor *d)
{
	unsigned int missing = 0;
	size_t i;

	if (!d->config.data) {
		say(d, UNKNOWN, "options",
		    copy_text("modprobe configs, or install the package of the kernel"),
		    "what Linux %s was built with is not told by /proc/config.gz or /boot/config-%s",
		    d->release, d->release);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		if (has_option(d, needed[i].option))
			continue;
		missing++;
		say(d, ILL, "options", other_kernel(d, needed[i].option),
		    "CONFIG_%s is not set: %s", needed[i].option, needed[i].why);
	}
	if (!missing)
		say(d, WELL, "options", NULL, "the kernel can change its device tree");
}

/* Firmware with ACPI hands no tree over; x86 kernels make a root all the same. */
static void look_at_root(struct doctor *d)
{
	if (file_exists("/sys/firmware/devicetree/base"))
		say(d, WELL, "root", NULL, "the live tree has a root");
	else if (!d->config.data || !has_option(d, "OF"))
		say(d, UNKNOWN, "root", NULL, "there is no live tree");
	else if (is_arm64(d) && !file_exists("/sys/module/dtslot"))
		say(d, UNKNOWN, "root", copy_text("modprobe dtslot-pci"),
		    "there is no live tree, as ACPI booted this host; the module dtslot makes a root");
	else
		say(d, ILL, "root",
		    copy_text("mount -t sysfs none /sys, or boot with the firmware's device tree"),
		    "there is no live tree, and nothing can be added to it");
}

void doctor_kernel(struct doctor *d)
{
	look_at_version(d);
	look_at_options(d);
	if (d->running)
		look_at_root(d);
}
