// SPDX-License-Identifier: GPL-2.0-or-later
/* Why a device has no driver, as far as the kernel tells. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dtslot.h"

#define LOG_MOST	(16U << 20)	/* bytes of the kernel's log that are searched */

/* The first supplier that is not ready, by the links that the driver core made. */
static char *supplier_of(const struct device *device)
{
	static const char prefix[] = "supplier:";
	char *status, *found = NULL;
	struct names names;
	size_t i;

	file_names(&names, "%s", device->path);
	for (i = 0; i < names.count && !found; i++) {
		if (strncmp(names.name[i], prefix, strlen(prefix)))
			continue;
		status = file_line("%s/%s/status", device->path, names.name[i]);
		if (status && !strcmp(status, "dormant")) {
			found = copy_text(names.name[i] + strlen(prefix));
			make_printable(found);
		}
		free(status);
	}
	names_free(&names);
	return found;
}

/* "device\treason" in a line of a file that only root may read. */
static char *deferred_because(const struct device *device)
{
	char *path = at_root("/sys/kernel/debug/devices_deferred"), *line, *save, *found = NULL;
	size_t n = strlen(device->name);
	struct bytes bytes;

	if (!file_read(path, 65536, &bytes))
		for (line = strtok_r((char *)bytes.data, "\n", &save); line && !found;
		     line = strtok_r(NULL, "\n", &save))
			if (!strncmp(line, device->name, n) && strchr("\t ", line[n]))
				found = copy_text(line[n] ? line + n + 1 : "");
	if (found)
		make_printable(found);
	free(bytes.data);
	free(path);
	return found;
}

/* Each read of the log gives a record; it ends when there is none for now. */
static char *read_log(void)
{
	char *path = at_root("/dev/kmsg"), *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t size = 0, room = 0;
	ssize_t n;

	free(path);
	if (fd < 0)
		return NULL;
	do {
		if (room - size < 8192) {
			room = room ? 2 * room : 65536;
			text = realloc(text, room + 1);
			if (!text)
				exit(fail(STATUS_FINDING,
					  "memory: none is left; end other programs"));
		}
		n = read(fd, text + size, room - size);
		if (n > 0)
			size += n;
		/* A record was overwritten meanwhile: the next is there. */
	} while ((n > 0 || (n < 0 && errno == EPIPE)) && size < LOG_MOST);
	close(fd);
	text[size] = '\0';
	return text;
}

/* "... probe with driver NAME failed with error N", the last of them. */
static char *failure_of(const struct device *device, bool *readable)
{
	static const char failed[] = " failed with error ";
	char *log = read_log(), *line, *save, *at, *found = NULL;

	*readable = log;
	for (line = log ? strtok_r(log, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		at = strstr(line, failed);
		if (!at || !strstr(line, device->name) || !strstr(line, ": probe with driver "))
			continue;
		free(found);
		found = copy_text(at + strlen(failed));
		make_printable(found);
	}
	free(log);
	return found;
}

/* The driver is there and did not take the device, or was never asked. */
static char *with_module(const struct device *device, const char *module, bool builtin)
{
	char *error, *text, *underscored = copy_text(module), *c;
	bool readable, loaded;

	for (c = underscored; *c; c++)
		if (*c == '-')
			*c = '_';
	loaded = builtin || file_exists("/sys/module/%s", underscored);
	free(underscored);
	if (!loaded)
		return format("module %s is not loaded; modprobe %s", module, module);
	error = failure_of(device, &readable);
	if (error)
		text = format("probe by %s failed with error %s; dmesg tells more", module, error);
	else if (readable)
		text = format("%s did not take it; dmesg may tell more", module);
	else
		text = format("%s did not take it; as root, this program tells more", module);
	free(error);
	return text;
}

static char *without_module(const struct device *device)
{
	const struct driver *driver = driver_of(&device->compatible);

	if (!driver)
		return format("no driver for %s; find which option of the kernel has it",
			      device->compatible.name[0]);
	if (driver->source)
		return format("no driver: this kernel lacks CONFIG_%s; install %s",
			      driver->option, driver->source);
	return format("no driver: this kernel lacks CONFIG_%s; take a kernel that has it",
		      driver->option);
}

/* What the modules say of a device: "node device: reason", a line for each. */
static char *reason_of(const struct device *device, const struct slot *slot)
{
	char *copy = copy_text(slot->unbound), *line, *save, *at, *found = NULL;
	char *wanted = format(" %s: ", device->name);

	for (line = strtok_r(copy, "\n", &save); line && !found;
	     line = strtok_r(NULL, "\n", &save)) {
		at = strstr(line, wanted);
		if (at)
			found = copy_text(at + strlen(wanted));
	}
	if (found)
		make_printable(found);
	free(wanted);
	free(copy);
	return found;
}

/* The modules know better, but for which module a kernel would have. */
static char *explain(const struct device *device, const struct slot *slot)
{
	char *reason = reason_of(device, slot), *text = NULL;

	if (reason && !strncmp(reason, "probe failed", 12))
		text = format("%s; dmesg tells more", reason);
	else if (reason && strncmp(reason, "no driver for ", 14))
		text = copy_text(reason);
	free(reason);
	return text;
}

/**
 * device_why() - why a device has no driver
 * @device: the device, which has none and needs one
 * @slot: its slot
 * @modules: the modules of the running kernel
 *
 * Return: the reason and how to mend it, to be freed.
 */
char *device_why(const struct device *device, const struct slot *slot, struct modules *modules)
{
	char *text = explain(device, slot), *found, *module;
	bool builtin;

	if (text)
		return text;
	found = supplier_of(device);
	if (found) {
		text = format("waits for %s", found);
		free(found);
		return text;
	}
	module = module_of_compatible(modules, &device->compatible, &builtin);
	if (!module)
		return without_module(device);
	found = deferred_because(device);
	if (found)
		text = *found ? format("waits: %s", found) : copy_text("waits for what it needs");
	else
		text = with_module(device, module, builtin);
	free(found);
	free(module);
	return text;
}
