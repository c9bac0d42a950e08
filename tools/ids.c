// SPDX-License-Identifier: GPL-2.0-or-later
/* id: show, make and write what an add-on's ID memory holds. The modules' own decoders read it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dtslot.h"
#include "encode.h"
#include "id.h"

#define MEMORY_MOST	(1024U * 1024)	/* bytes of a memory that are looked at */

/* How a command was called. */
struct options {
	const char *format;
	bool force;
	bool json;
};

static bool take_option(int option, void *priv)
{
	struct options *options = priv;

	if (option == 'f') {
		options->format = optarg;
		return encoder_named(optarg);
	}
	options->force = true;
	return true;
}

/* Nothing was ever written, or all was erased. */
static bool is_blank(const struct bytes *memory)
{
	size_t i;

	for (i = 1; i < memory->size; i++)
		if (memory->data[i] != memory->data[0])
			return false;
	return !memory->size || memory->data[0] == 0xff || !memory->data[0];
}

/*
 * The format in which a memory is an ID; if in none, that in which it begins like one, or
 * NULL, and why it is none.
 */
static const char *find_format(const struct bytes *memory, struct dtslot_id *id,
			       struct dtslot_text *text)
{
	const char *format, *found = NULL;
	struct dtslot_text why;
	size_t i;
	int ret;

	text->s[0] = '\0';
	for (i = 0; (format = dtslot_id_format(i)); i++) {
		ret = dtslot_id_decode(format, memory->data, memory->size, id, &why);
		if (!ret) {
			text->s[0] = '\0';
			return format;
		}
		/* What begins as it should says what is wrong behind that. */
		if (ret != -ENODATA && !found) {
			found = format;
			*text = why;
		} else if (!text->s[0]) {
			*text = why;
		}
	}
	return found;
}

static int cannot_open(const char *file, int err)
{
	if (err == EACCES || err == EPERM)
		return fail(STATUS_DENIED, "%s: is for root; sudo dtslot id ...", file);
	return fail(STATUS_FINDING,
		    "%s: %s; name the file of a memory, such as /sys/bus/i2c/devices/1-0057/eeprom",
		    file, strerror(err));
}

static int show(const char *file, const struct options *options)
{
	const char *format = options->format;
	struct dtslot_text text;
	struct bytes memory;
	struct dtslot_id id;
	int err = file_read(file, MEMORY_MOST, &memory);

	if (err)
		return cannot_open(file, -err);
	if (format) {
		err = dtslot_id_decode(format, memory.data, memory.size, &id, &text);
	} else {
		format = find_format(&memory, &id, &text);
		err = text.s[0] ? -EINVAL : 0;
		if (err && is_blank(&memory))
			snprintf(text.s, sizeof(text.s),
				 "is blank; dtslot id write %.100s FIELD=TEXT... writes an ID",
				 file);
	}
	free(memory.data);
	if (err)
		return fail(STATUS_FINDING, "%s: %s", file, text.s);
	if (options->json) {
		json_open(NULL, '{');
		json_text("format", format);
		json_text("model", id.model);
		json_text("revision", id.revision);
		json_text("serial", id.serial);
		json_text("overlay", id.overlay);
		json_number("blob", id.blob_size);
		json_close('}');
		json_end();
		return STATUS_FINE;
	}
	printf("format    %s\nmodel     %s\nrevision  %s\nserial    %s\n", format, id.model,
	       id.revision, id.serial);
	if (id.overlay[0])
		printf("overlay   %s\n", id.overlay);
	if (id.blob_size)
		printf("blob      %u bytes at %u\n", id.blob_size, id.blob);
	return STATUS_FINE;
}

/* The image that fields describe; what the modules would not take is refused. */
static int make(const struct encoder *encoder, char **fields, int count, struct bytes *image)
{
	struct dtslot_text text;
	struct dtslot_id id;
	int status = encoder_run(encoder, fields, count, image);

	if (status)
		return status;
	if (!dtslot_id_decode(encoder->name, image->data, image->size, &id, &text))
		return STATUS_FINE;
	return fail(STATUS_FINDING, "%s: %s", encoder->name, text.s);
}

/* An image is a file, or fields as `make` takes them. */
static int take_image(const struct options *options, char **arguments, int count,
		      const char **format, struct bytes *image)
{
	struct dtslot_text text;
	struct dtslot_id id;
	int err;

	*format = options->format ? options->format : encoder_at(0)->name;
	if (strchr(arguments[0], '='))
		return make(encoder_named(*format), arguments, count, image);
	err = file_read(arguments[0], MEMORY_MOST, image);
	if (err)
		return cannot_open(arguments[0], -err);
	*format = find_format(image, &id, &text);
	if (!text.s[0])
		return STATUS_FINE;
	return fail(STATUS_FINDING, "%s: is no ID: %s", arguments[0], text.s);
}

/* Whether what is in a memory may be lost. */
static int check_old(const char *file, const struct bytes *old, const char *format)
{
	const char *theirs;
	struct dtslot_text text;
	struct dtslot_id id;

	if (is_blank(old))
		return STATUS_FINE;
	theirs = find_format(old, &id, &text);
	if (theirs && !strcmp(theirs, format))
		return STATUS_FINE;
	if (theirs)
		return fail(STATUS_FINDING, "%s: holds an ID of format %s; --force writes over it",
			    file, theirs);
	return fail(STATUS_FINDING, "%s: holds something that is no ID; --force writes over it",
		    file);
}

static int write_all(const char *file, const struct bytes *image)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	size_t at = 0;
	ssize_t n;

	if (fd < 0)
		return cannot_open(file, errno);
	while (at < image->size && !err) {
		n = pwrite(fd, image->data + at, image->size - at, at);
		if (n > 0)
			at += n;
		else
			err = n ? errno : ENOSPC;
	}
	if (close(fd) && !err)
		err = errno;
	if (!err)
		return STATUS_FINE;
	return fail(STATUS_FINDING, "%s: byte %zu: %s; is the memory write-protected?", file, at,
		    strerror(err));
}

static int verify(const char *file, const struct bytes *image)
{
	struct bytes memory;
	size_t i;
	int err = file_read(file, MEMORY_MOST, &memory), status = STATUS_FINE;

	if (err)
		return cannot_open(file, -err);
	for (i = 0; i < image->size && !status; i++) {
		if (i >= memory.size)
			status = fail(STATUS_FINDING,
				      "%s: ends at byte %zu of %zu; take a larger memory",
				      file, i, image->size);
		else if (memory.data[i] != image->data[i])
			status = fail(STATUS_FINDING,
				      "%s: byte %zu reads 0x%02x, 0x%02x was written; is the memory write-protected?",
				      file, i, memory.data[i], image->data[i]);
	}
	free(memory.data);
	return status;
}

static int write_id(const char *file, const struct options *options, char **arguments, int count)
{
	struct bytes image = { NULL, 0 }, old;
	const char *format;
	int status = take_image(options, arguments, count, &format, &image), err;

	if (!status) {
		err = file_read(file, MEMORY_MOST, &old);
		if (err)
			status = cannot_open(file, -err);
		else if (old.size < image.size)
			status = fail(STATUS_FINDING,
				      "%s: has %zu bytes, the ID %zu; take a larger memory",
				      file, old.size, image.size);
		else if (!options->force)
			status = check_old(file, &old, format);
		free(old.data);
	}
	if (!status)
		status = write_all(file, &image);
	if (!status)
		status = verify(file, &image);
	free(image.data);
	return status;
}

static int make_id(const struct options *options, char **fields, int count)
{
	const char *format = options->format ? options->format : encoder_at(0)->name;
	const struct encoder *encoder = encoder_named(format);
	struct bytes image = { NULL, 0 };
	int status = make(encoder, fields, count, &image);

	if (!status)
		fwrite(image.data, 1, image.size, stdout);
	free(image.data);
	return status;
}

int cmd_id(int argc, char **argv)
{
	static const struct option choices[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "force", no_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { NULL };
	const char *verb;
	char **rest;
	int count;

	if (!take_options(argc, argv, choices, &options.json, take_option, &options))
		return STATUS_USAGE;
	verb = optind < argc ? argv[optind] : "";
	rest = argv + optind + 1;
	count = argc - optind - 1;
	if (!strcmp(verb, "show") && count == 1)
		return show(rest[0], &options);
	if (!strcmp(verb, "make") && count >= 1)
		return make_id(&options, rest, count);
	if (!strcmp(verb, "write") && (count == 2 || (count > 2 && strchr(rest[1], '='))))
		return write_id(rest[0], &options, rest + 1, count - 1);
	usage(argv[0]);
	encoder_help();
	return STATUS_USAGE;
}
