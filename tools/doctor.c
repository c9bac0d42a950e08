// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether this host can have slots, and what keeps those it has from working. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

#include "doctor.h"

#define CONFIG_MOST	(4U << 20)	/* bytes of a configuration */

/**
 * say() - print a line
 * @d: the doctor
 * @level: how it stands
 * @check: a word for what was looked at
 * @fix: the command that mends it, or what to do; freed; NULL if there is nothing to do
 * @fmt: what was found, and why that is so; printf style
 */
void say(struct doctor *d, enum level level, const char *check, char *fix, const char *fmt, ...)
{
	static const char * const levels[] = { "ok", "unknown", "finding" };
	static const char * const marks[] = { "ok", "-", "FINDING" };
	va_list arguments;
	char *what;

	va_start(arguments, fmt);
	what = format_list(fmt, arguments);
	va_end(arguments);
	d->ill += level == ILL;
	if (d->json) {
		json_open(NULL, '{');
		json_text("check", check);
		json_text("level", levels[level]);
		json_text("what", what);
		json_text("fix", fix);
		json_close('}');
	} else if (!d->quiet || level == ILL) {
		printf("%-8s %-8s %s\n", marks[level], check, what);
		if (fix)
			printf("%17s > %s\n", "", fix);
	}
	free(what);
	free(fix);
}

/**
 * has_option() - whether the kernel was built with an option
 * @d: the doctor, which has a configuration
 * @option: the option, without CONFIG_
 *
 * Return: whether it is built in or a module.
 */
bool has_option(const struct doctor *d, const char *option)
{
	char *line = format("\nCONFIG_%s=", option);
	const char *at = d->config.data ? strstr((char *)d->config.data, line) : NULL;
	char value = at ? at[strlen(line)] : 'n';

	free(line);
	return value == 'y' || value == 'm';
}

/**
 * is_arm64() - whether the kernel is one for arm64
 * @d: the doctor
 *
 * Return: as its configuration says, else as the running one is.
 */
bool is_arm64(const struct doctor *d)
{
	struct utsname names;

	if (d->config.data)
		return has_option(d, "ARM64");
	uname(&names);
	return !strcmp(names.machine, "aarch64");
}

/* Configurations begin with a newline, so that each option has one before it. */
static void keep(struct bytes *config, const struct bytes *text)
{
	config->size = text->size + 1;
	config->data = allocate(config->size + 1);
	config->data[0] = '\n';
	memcpy(config->data + 1, text->data, text->size);
}

/* The configuration that a kernel has in itself. */
static void unpack_config(struct bytes *config)
{
	char *path = at_root("/proc/config.gz");
	int fd = file_open(path), n;
	gzFile file = fd < 0 ? NULL : gzdopen(fd, "rb");
	struct bytes text;

	free(path);
	if (!file)
		return;
	text.data = allocate(CONFIG_MOST);
	n = gzread(file, text.data, CONFIG_MOST - 1);
	text.size = n > 0 ? n : 0;
	gzclose(file);
	if (text.size)
		keep(config, &text);
	free(text.data);
}

static void find_config(struct doctor *d)
{
	static const char * const places[] = {
		"/boot/config-%s", "/lib/modules/%s/config", "/lib/modules/%s/build/.config",
	};
	struct bytes text;
	size_t i;

	if (d->running)
		unpack_config(&d->config);
	for (i = 0; i < ARRAY_SIZE(places) && !d->config.data; i++) {
		char *place = format(places[i], d->release), *path = at_root("%s", place);

		if (!file_read(path, CONFIG_MOST, &text))
			keep(&d->config, &text);
		free(text.data);
		free(place);
		free(path);
	}
}

static void examine(struct doctor *d)
{
	find_config(d);
	d->modules = modules_open(d->release);
	if (d->running) {
		slots_load(&d->slots);
		devices_load(&d->devices, &d->slots);
	}
	if (d->json)
		json_open(NULL, '[');
	doctor_kernel(d);
	/* On a kernel that no module can make fit, none is missed. */
	if (!d->config.data || (has_option(d, "OF") && has_option(d, "OF_DYNAMIC"))) {
		doctor_drivers(d);
		doctor_build(d);
	}
	doctor_trust(d);
	if (d->running) {
		doctor_cards(d);
		doctor_slots(d);
	}
	doctor_firmware(d);
	doctor_faults(d);
	if (d->json) {
		json_close(']');
		json_end();
	} else if (!d->quiet) {
		printf("%u findings\n", d->ill);
	}
	devices_free(&d->devices);
	slots_free(&d->slots);
	modules_close(d->modules);
	free(d->config.data);
}

static bool take_option(int option, void *priv)
{
	struct doctor *d = priv;

	if (option == 'k')
		d->release = optarg;
	else if (option == 'o')
		d->overlay = optarg;
	else
		d->quiet = true;
	return true;
}

int cmd_doctor(int argc, char **argv)
{
	static const struct option choices[] = {
		{ "kernel", required_argument, NULL, 'k' },
		{ "overlay", required_argument, NULL, 'o' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	struct doctor d = { NULL };
	char *release;

	if (!take_options(argc, argv, choices, &d.json, take_option, &d))
		return STATUS_USAGE;
	if (argc != optind)
		return usage(argv[0]);
	release = running_release();
	if (!d.release)
		d.release = release;
	d.running = !strcmp(d.release, release);
	d.version = release_version(d.release);
	if (d.version)
		examine(&d);
	else
		fail(STATUS_USAGE, "--kernel %s: is no release; ls /lib/modules shows them",
		     d.release);
	free(release);
	if (!d.version)
		return STATUS_USAGE;
	return d.ill ? STATUS_FINDING : STATUS_FINE;
}
