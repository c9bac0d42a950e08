// SPDX-License-Identifier: GPL-2.0-or-later
/* The overlay that a card carries, read by way of sysfs and judged by the module's own code. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtslot.h"
#include "carried.h"

#define DEVICES		"/sys/bus/pci/devices"
#define PAGE		4096
/* Configuration space: what all may read, and where the extended one is. */
#define CONFIG_PUBLIC	64
#define CONFIG_MOST	4096
#define CONFIG_EXTENDED	256
#define COMMAND		4
#define COMMAND_MEMORY	2
#define BASE_ADDRESS	0x10
#define BASE_IS_IO	1
#define CAPABILITY_VENDOR	0x0b
#define MANUAL		"docs/howto/card-blob.md"

static u32 word(const struct bytes *config, size_t at)
{
	u32 value;

	memcpy(&value, config->data + at, sizeof(value));
	return le32toh(value);
}

/* "0000:01:00.0": nothing that leads elsewhere in sysfs. */
static bool is_address(const char *name)
{
	const char *form = "xxxx:xx:xx.x";

	for (; *form && *name; form++, name++)
		if (*form == 'x' ? !isxdigit(*name) : *name != *form)
			return false;
	return !*form && !*name;
}

/* Copy the capability that names an overlay. There may be others, and they may be a circle. */
static bool find_capability(const struct bytes *config, u32 *words)
{
	size_t at = CONFIG_EXTENDED;
	int i, n;

	for (n = 0; n < DTSLOT_CARRIED_MOST; n++) {
		if (at < CONFIG_EXTENDED || at + sizeof(u32) * DTSLOT_CARRIED_WORDS > config->size)
			return false;
		for (i = 0; i < DTSLOT_CARRIED_WORDS; i++)
			words[i] = word(config, at + sizeof(u32) * i);
		if ((words[0] & 0xffff) == CAPABILITY_VENDOR && dtslot_carried_names(words))
			return true;
		at = words[0] >> 20 & ~3;
	}
	return false;
}

/* Bytes of a BAR with memory; 0 if there are none. */
static uint64_t bar_size(const char *name, const struct bytes *config, u32 bar)
{
	char *path = at_root(DEVICES "/%s/resource%u", name, bar);
	struct stat st;
	uint64_t size = 0;

	if (!(word(config, BASE_ADDRESS + 4 * bar) & BASE_IS_IO) && !stat(path, &st))
		size = st.st_size;
	free(path);
	return size;
}

/* By words, as the module does. */
static enum carried copy(const char *name, const struct dtslot_carried *c, struct bytes *blob,
			 char **why)
{
	size_t skip = c->offset % PAGE, size = ALIGN(c->size, sizeof(u32)), i;
	char *path = at_root(DEVICES "/%s/resource%u", name, c->bar);
	enum carried found = CARRIED_READ;
	const unsigned char *map;
	int fd = file_open(path);
	u32 value;

	map = fd < 0 ? MAP_FAILED :
	      mmap(NULL, skip + size, PROT_READ, MAP_SHARED, fd, c->offset - skip);
	if (fd < 0 || map == MAP_FAILED) {
		found = CARRIED_DENIED;
		*why = format("%s: cannot be read (%s); run it as root", path,
			      strerror(fd < 0 ? -fd : errno));
	} else {
		blob->data = allocate(size + 1);
		blob->size = c->size;
		for (i = 0; i < size; i += sizeof(value)) {
			value = __atomic_load_n((const u32 *)(map + skip + i), __ATOMIC_RELAXED);
			memcpy(blob->data + i, &value, sizeof(value));
		}
		munmap((void *)map, skip + size);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return found;
}

/**
 * struct rom - a copy of an expansion ROM
 * @rom: for the code that looks for the image
 * @data: its bytes
 */
struct rom {
	struct dtslot_carried_rom rom;
	const unsigned char *data;
};

static void read_rom_words(const struct dtslot_carried_rom *rom, u32 offset, u32 *words,
			   unsigned int count)
{
	const struct rom *r = container_of(rom, struct rom, rom);

	for (; count--; offset += sizeof(*words), words++) {
		memcpy(words, r->data + offset, sizeof(*words));
		*words = le32toh(*words);
	}
}

/* The kernel opens an expansion ROM, and closes it, by what is written to its file. */
static int write_rom(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, what, 1) != 1)
		err = -EIO;
	close(fd);
	return err;
}

/* Copy the expansion ROM. It is closed as a rule, and cannot be read then. */
static int copy_rom(const char *path, struct bytes *rom)
{
	int err = file_read(path, DTSLOT_CARRIED_ROM_MOST, rom), closed;

	if (err != -EINVAL)
		return err;
	err = write_rom(path, "1");
	if (err)
		return err;
	err = file_read(path, DTSLOT_CARRIED_ROM_MOST, rom);
	closed = write_rom(path, "0");
	return err ?: closed;
}

static enum carried carries_none(const char *name, char **why)
{
	*why = format("%s: carries no overlay; " MANUAL " tells how a card does", name);
	return CARRIED_NONE;
}

static enum carried is_off(const char *name, char **why)
{
	*why = format("%s: its memory is off; write 1 to " DEVICES "/%s/enable", name, name);
	return CARRIED_OFF;
}

/* The overlay of an image of the expansion ROM. */
static enum carried search_rom(const char *name, const struct bytes *rom, struct bytes *blob,
			       char **why)
{
	struct rom r = { { rom->size / sizeof(u32) * sizeof(u32), read_rom_words }, rom->data };
	struct dtslot_carried c;
	struct dtslot_text text;
	int ret = dtslot_carried_find(&c, &r.rom, &text);

	if (!ret)
		return carries_none(name, why);
	if (ret < 0 || dtslot_carried_check(&c, rom->data + c.offset, &text)) {
		*why = format("%s: %s", name, text.s);
		return CARRIED_BAD;
	}
	blob->size = c.size;
	blob->data = allocate(c.size + 1);
	memcpy(blob->data, rom->data + c.offset, c.size);
	return CARRIED_READ;
}

static enum carried read_rom(const char *name, const struct bytes *config, struct bytes *blob,
			     char **why)
{
	char *path = at_root(DEVICES "/%s/rom", name);
	enum carried found = CARRIED_DENIED;
	struct bytes rom = { NULL, 0 };
	int err;

	if (access(path, F_OK)) {
		found = carries_none(name, why);
	} else if (!(word(config, COMMAND) & COMMAND_MEMORY)) {
		found = is_off(name, why);
	} else {
		err = copy_rom(path, &rom);
		/* The kernel sees no image in it. */
		if (err == -EIO)
			found = carries_none(name, why);
		else if (err)
			*why = format("%s: cannot be read (%s); run it as root", path,
				      strerror(-err));
		else
			found = search_rom(name, &rom, blob, why);
	}
	free(rom.data);
	free(path);
	return found;
}

static enum carried read_overlay(const char *name, const struct bytes *config, bool with_rom,
				 struct bytes *blob, char **why)
{
	u32 words[DTSLOT_CARRIED_WORDS];
	struct dtslot_carried c;
	struct dtslot_text text;
	enum carried found;

	if (config->size <= CONFIG_PUBLIC) {
		*why = format("%s: its capabilities cannot be read; run it as root", name);
		return CARRIED_HIDDEN;
	}
	if (!find_capability(config, words))
		return with_rom ? read_rom(name, config, blob, why) : carries_none(name, why);
	if (dtslot_carried_parse(&c, words, &text) ||
	    dtslot_carried_place(&c, bar_size(name, config, c.bar), &text)) {
		*why = format("%s: %s", name, text.s);
		return CARRIED_BAD;
	}
	if (!(word(config, COMMAND) & COMMAND_MEMORY))
		return is_off(name, why);
	found = copy(name, &c, blob, why);
	if (found == CARRIED_READ && dtslot_carried_check(&c, blob->data, &text)) {
		free(blob->data);
		*blob = (struct bytes){ NULL, 0 };
		*why = format("%s: %s", name, text.s);
		found = CARRIED_BAD;
	}
	return found;
}

/**
 * card_read() - read the overlay that a card carries
 * @name: the address of its function
 * @with_rom: look into its expansion ROM, too: a function that is in use may decode that
 *	in the place of its BARs
 * @blob: receives the overlay; to be freed
 * @why: receives what is wrong, to be freed; NULL if nothing is
 *
 * Return: how far it came; @blob holds nothing if it is not CARRIED_READ.
 */
enum carried card_read(const char *name, bool with_rom, struct bytes *blob, char **why)
{
	char *path = at_root(DEVICES "/%s/config", name);
	struct bytes config;
	enum carried found = CARRIED_NONE;
	int err = file_read(path, CONFIG_MOST, &config);

	*blob = (struct bytes){ NULL, 0 };
	*why = NULL;
	if (err)
		*why = format("%s: %s; lspci -D shows what there is", name, strerror(-err));
	else
		found = read_overlay(name, &config, with_rom, blob, why);
	free(config.data);
	free(path);
	return found;
}

/**
 * card_overlay() - read the overlay that a card carries, or say why it cannot be read
 * @name: the address of its function, as a person typed it
 * @blob: receives the overlay; to be freed
 *
 * Return: a status; @blob holds nothing if it is not STATUS_FINE.
 */
int card_overlay(const char *name, struct bytes *blob)
{
	static const int statuses[] = {
		[CARRIED_READ] = STATUS_FINE,
		[CARRIED_NONE] = STATUS_FINDING,
		[CARRIED_HIDDEN] = STATUS_DENIED,
		[CARRIED_BAD] = STATUS_FINDING,
		[CARRIED_OFF] = STATUS_FINDING,
		[CARRIED_DENIED] = STATUS_DENIED,
	};
	int status;
	char *why;

	*blob = (struct bytes){ NULL, 0 };
	if (!is_address(name))
		return fail(STATUS_USAGE, "'%s' is no PCI address; write it as 0000:01:00.0", name);
	status = statuses[card_read(name, true, blob, &why)];
	if (why)
		fail(status, "%s", why);
	free(why);
	return status;
}
