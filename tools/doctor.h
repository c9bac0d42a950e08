/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the doctor share: each looks at one thing and says what it found. */
#ifndef DTSLOT_TOOL_DOCTOR_H
#define DTSLOT_TOOL_DOCTOR_H

#include "dtslot.h"

/* How a line stands. */
enum level {
	WELL,		/* as it should be */
	UNKNOWN,	/* cannot be told, or does not matter here */
	ILL,		/* a finding: the exit status is 1 */
};

/**
 * struct doctor - what all parts look at
 * @release: of the kernel that is looked at
 * @version: its version, as major * 1000 + minor
 * @running: it is the one that runs
 * @config: its configuration; no data if there is none
 * @modules: its modules
 * @slots: the slots; none unless it runs
 * @devices: their devices
 * @overlay: file whose drivers are wanted instead of the card's; NULL for none
 * @json: print JSON
 * @quiet: print findings only
 * @ill: how many findings there were
 */
struct doctor {
	const char *release;
	int version;
	bool running;
	struct bytes config;
	struct modules *modules;
	struct slots slots;
	struct devices devices;
	const char *overlay;
	bool json;
	bool quiet;
	unsigned int ill;
};

/* doctor.c */
void say(struct doctor *d, enum level level, const char *check, char *fix, const char *fmt, ...)
	__printf(5, 6);
bool has_option(const struct doctor *d, const char *option);
bool is_arm64(const struct doctor *d);

/* Each in a file of its own, doctor-*.c. */
void doctor_kernel(struct doctor *d);
void doctor_drivers(struct doctor *d);
void doctor_build(struct doctor *d);
void doctor_trust(struct doctor *d);
void doctor_cards(struct doctor *d);
void doctor_slots(struct doctor *d);
bool carries_overlay(const char *name);
void doctor_carried(struct doctor *d, const char *name, const char *file);
void doctor_firmware(struct doctor *d);
void doctor_faults(struct doctor *d);

#endif
