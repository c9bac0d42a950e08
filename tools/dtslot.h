/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the tool share: commands, errors, files, output, slots and devices. */
#ifndef DTSLOT_TOOL_H
#define DTSLOT_TOOL_H

#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif
#ifndef __printf
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#endif

/* Exit statuses of every command. */
enum status {
	STATUS_FINE = 0,
	STATUS_FINDING = 1,
	STATUS_USAGE = 2,
	STATUS_DENIED = 3,
};

/**
 * struct command - what can be given after "dtslot"
 * @name: its name
 * @run: runs it with its own arguments, the name first; returns a status
 * @arguments: what it takes, for the usage
 * @help: what it does, for the list of commands
 */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
	const char *help;
};

/* One file each. */
int cmd_list(int argc, char **argv);
int cmd_wait(int argc, char **argv);
int cmd_attach(int argc, char **argv);
int cmd_detach(int argc, char **argv);
int cmd_reprogram(int argc, char **argv);
int cmd_tree(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_id(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_watch(int argc, char **argv);

/* main.c */
int fail(int status, const char *fmt, ...) __printf(2, 3);
int usage(const char *command);
bool take_options(int argc, char **argv, const struct option *options, bool *json,
		  bool (*take)(int option, void *priv), void *priv);

/* memory.c: end the program with a message when memory runs out */
void *allocate(size_t size);
void *grow(void *array, size_t count, size_t size);
char *copy_text(const char *text);
char *format_list(const char *fmt, va_list arguments);
char *format(const char *fmt, ...) __printf(1, 2);

/**
 * struct bytes - what a file holds
 * @data: its bytes and a NUL behind them; to be freed
 * @size: how many
 */
struct bytes {
	unsigned char *data;
	size_t size;
};

/**
 * struct names - the entries of a directory, sorted
 * @name: their names, to be freed by names_free()
 * @count: how many
 */
struct names {
	char **name;
	size_t count;
};

/* How far the overlay that a card may carry was read. */
enum carried {
	CARRIED_READ,		/* to its end */
	CARRIED_NONE,		/* there is none, or no card */
	CARRIED_HIDDEN,		/* only root sees whether there is one */
	CARRIED_BAD,		/* there is one, and it is damaged */
	CARRIED_OFF,		/* there is one, and the card's memory is off */
	CARRIED_DENIED,		/* there is one, and its memory cannot be read */
};

/* card.c */
enum carried card_read(const char *name, bool with_rom, struct bytes *blob, char **why);
int card_overlay(const char *name, struct bytes *blob);

/* sha256.c */
char *sha256(const struct bytes *bytes);

/* check.c */
struct base;
char *check_overlay(const struct bytes *blob, struct base *base);

/* files.c: all paths but those a person typed begin at the root */
void files_set_root(const char *root);
const char *files_root(void);
char *at_root(const char *fmt, ...) __printf(1, 2);
int file_open(const char *path);
int file_read(const char *path, size_t most, struct bytes *bytes);
char *file_line(const char *fmt, ...) __printf(1, 2);
char *file_link_name(const char *fmt, ...) __printf(1, 2);
char *file_real(const char *fmt, ...) __printf(1, 2);
bool file_exists(const char *fmt, ...) __printf(1, 2);
void file_names(struct names *names, const char *fmt, ...)
	__printf(2, 3);
void names_free(struct names *names);
void names_add(struct names *names, const char *name);
int release_version(const char *release);
char *running_release(void);
void make_printable(char *text);
bool is_below(const char *path, const char *directory);

/* output.c: JSON, and texts in columns */
void json_open(const char *name, char bracket);
void json_close(char bracket);
void json_text(const char *name, const char *value);
void json_number(const char *name, long long value);
void json_bool(const char *name, bool value);
void json_end(void);
void json_lines(void);

/**
 * struct slot - a slot as sysfs shows it
 * @name: its name
 * @state: one of the words that docs/design.md lists
 * @model: what is plugged in; empty if nothing
 * @overlay: where the overlay came from; empty if nothing
 * @error: why it is failed or quarantined; empty otherwise
 * @parent: path of the device it belongs to, symbolic links resolved; may be empty
 * @node: path of that device's node in the tree; empty if it has none
 * @working: how many devices work, by the modules' own count
 * @all: how many there are, by that count; 0 if there is none
 * @settled: no probe is under way any more: 1 or 0; -1 if the modules do not say
 * @unbound: lines of those that do not work and why, by the modules; empty if they
 *	do not say
 */
struct slot {
	char *name;
	char *state;
	char *model;
	char *overlay;
	char *error;
	char *parent;
	char *node;
	unsigned int working;
	unsigned int all;
	int settled;
	char *unbound;
};

/**
 * struct slots - all slots, by name
 * @slot: the slots
 * @count: how many
 */
struct slots {
	struct slot *slot;
	size_t count;
};

/* slots.c */
void slots_load(struct slots *slots);
void slots_free(struct slots *slots);
const struct slot *slots_find(const struct slots *slots, const char *name, int *status);

/* attach.c, wait.c */
int slot_trigger(const struct slot *slot, const char *verb);
int slot_wait(const char *name, long seconds);

/**
 * struct device - a device that a slot's node became
 * @slot: which slot of struct slots brought the node
 * @path: its directory in sysfs, links resolved
 * @name: its name on its bus
 * @bus: name of the bus
 * @driver: name of its driver; NULL if it has none
 * @node: path of its node in the tree
 * @modalias: what modules are looked up by; may be empty
 * @compatible: what the node is compatible with, most specific first
 * @made: what its driver made: network interfaces, I2C buses, GPIO chips ...
 * @ports: how many of these are network interfaces
 */
struct device {
	size_t slot;
	char *path;
	char *name;
	char *bus;
	char *driver;
	char *node;
	char *modalias;
	struct names compatible;
	struct names made;
	unsigned int ports;
};

/**
 * struct devices - the devices of all slots, by node
 * @device: the devices
 * @count: how many
 */
struct devices {
	struct device *device;
	size_t count;
};

/**
 * struct counts - how far a slot is up
 * @devices: devices that its nodes became
 * @ready: those of them that have a driver or need none
 * @ports: network interfaces
 */
struct counts {
	unsigned int devices;
	unsigned int ready;
	unsigned int ports;
};

/* devices.c */
void devices_load(struct devices *devices, const struct slots *slots);
void devices_free(struct devices *devices);
struct counts devices_count(const struct devices *devices, const struct slots *slots, size_t slot);
bool device_is_ready(const struct device *device);
void node_compatible(struct names *names, const char *node);

/**
 * struct driver - who serves a compatible, and what brings it
 * @compatible: what a node says it is
 * @module: the driver's module; NULL if the device needs no driver
 * @option: of the kernel's configuration, without CONFIG_
 * @source: what builds the driver where the kernel lacks it
 * @on_card: the embedded overlay has one; these come first in the table
 */
struct driver {
	const char *compatible;
	const char *module;
	const char *option;
	const char *source;
	bool on_card;
};

/* drivers.c */
const struct driver *driver_of(const struct names *compatible);
const struct driver *driver_at(size_t index);
bool driver_is_needed(const struct names *compatible);

/* modules.c */
struct modules;
struct modules *modules_open(const char *release);
void modules_close(struct modules *modules);
char *module_for(struct modules *modules, const char *alias, bool *builtin);
char *module_of_compatible(struct modules *modules, const struct names *compatible,
			   bool *builtin);

/* why.c */
char *device_why(const struct device *device, const struct slot *slot, struct modules *modules);

/**
 * struct uevent - what the kernel tells of a device
 * @action: "add", "change", "remove", "bind", ...
 * @subsystem: bus or class
 * @device: name of the device
 * @state: state of the slot; empty if it is not told
 * @devices: how many of its devices work, "17/19"; empty if it is not told
 */
struct uevent {
	const char *action;
	const char *subsystem;
	const char *device;
	const char *state;
	const char *devices;
	char text[8192];
};

/* uevents.c */
int uevents_open(void);
bool uevents_next(int fd, struct uevent *event);

#endif
