// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Images of ID memories, made from text: the formats that drivers/connector/id-*.c read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "encode.h"

#define SIZE_MOST	(1024UL * 1024)	/* bytes to which an image can be filled up */

static void put_le16(unsigned char *at, unsigned int value)
{
	at[0] = value;
	at[1] = value >> 8;
}

static void put_le32(unsigned char *at, uint32_t value)
{
	put_le16(at, value);
	put_le16(at + 2, value >> 16);
}

/* CRC with its bits reflected, as both formats that have one use it. */
static uint32_t crc(const unsigned char *p, size_t n, uint32_t start, uint32_t polynomial)
{
	uint32_t value = start;
	int bit;

	while (n--) {
		value ^= *p++;
		for (bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (value & 1 ? polynomial : 0);
	}
	return value;
}

/* Not more than a text has, without its NUL; what is left stays as it is. */
static void put_text(unsigned char *at, const char *text)
{
	memcpy(at, text, strlen(text));
}

static bool number(const char *name, const char *text, unsigned long most, unsigned long *value)
{
	char *end;

	*value = strtoul(text, &end, 0);
	if (*text >= '0' && *text <= '9' && !*end && *value <= most)
		return true;
	fail(STATUS_USAGE, "%s=%s: is no number up to %lu; write one", name, text, most);
	return false;
}

/* The project's own; drivers/connector/id-own.c describes it. */
static bool encode_own(const char **texts, struct bytes *image)
{
	unsigned char *p = image->data = allocate(96);

	image->size = 96;
	memcpy(p, "DTSLOTID", 8);
	put_le16(p + 8, 1);
	put_le16(p + 10, 96);
	put_text(p + 12, texts[0]);
	put_text(p + 44, texts[1]);
	put_text(p + 60, texts[2]);
	put_le32(p + 92, ~crc(p, 92, ~0U, 0xedb88320));
	return true;
}

/* Sixteen bytes, the last of the text first. Without a text they are random, version 4. */
static bool put_uuid(unsigned char *at, const char *text)
{
	int i = 15, high = -1, digit;
	const char *c;

	if (!*text) {
		if (getrandom(at, 16, 0) != 16)
			return false;
		at[9] = (at[9] & 0x0f) | 0x40;
		at[7] = (at[7] & 0x3f) | 0x80;
		return true;
	}
	for (c = text; *c; c++) {
		if (*c == '-')
			continue;
		if (i < 0 || !strchr("0123456789abcdefABCDEF", *c))
			break;
		digit = *c <= '9' ? *c - '0' : (*c | 0x20) - 'a' + 10;
		if (high < 0) {
			high = digit;
		} else {
			at[i--] = high << 4 | digit;
			high = -1;
		}
	}
	if (i < 0 && !*c)
		return true;
	fail(STATUS_USAGE, "uuid=%s: is no UUID; write 32 hexadecimal digits", text);
	return false;
}

/* Raspberry Pi: a header and one atom, the vendor's. */
static bool encode_hat(const char **texts, struct bytes *image)
{
	size_t vendor = strlen(texts[0]), product = strlen(texts[1]);
	size_t data = 22 + vendor + product, size = 12 + 8 + data + 2;
	unsigned char *p = image->data = allocate(size), *atom = p + 12;
	unsigned long version, pid, revision;

	image->size = size;
	if (!number("version", texts[5], 2, &version) || !number("pid", texts[4], 0xffff, &pid) ||
	    !number("revision", texts[2], 0xffff, &revision) || !put_uuid(atom + 8, texts[3]))
		return false;
	memcpy(p, "R-Pi", 4);
	p[4] = version;
	put_le16(p + 6, 1);
	put_le32(p + 8, size);
	put_le16(atom, 1);
	put_le32(atom + 4, data + 2);
	put_le16(atom + 24, pid);
	put_le16(atom + 26, revision);
	atom[28] = vendor;
	atom[29] = product;
	put_text(atom + 30, texts[0]);
	put_text(atom + 30 + vendor, texts[1]);
	put_le16(atom + 8 + data, crc(atom, 8 + data, 0, 0xa001));
	return true;
}

/* BeagleBone: texts at fixed places, big endian, no checksum. */
static bool encode_cape(const char **texts, struct bytes *image)
{
	static const unsigned char begin[] = { 0xaa, 0x55, 0x33, 0xee, 'A', '1' };
	unsigned char *p = image->data = allocate(244);
	unsigned long pins;

	image->size = 244;
	if (!number("pins", texts[5], 74, &pins))
		return false;
	memcpy(p, begin, sizeof(begin));
	put_text(p + 6, texts[4]);
	put_text(p + 38, texts[1]);
	put_text(p + 42, texts[3]);
	put_text(p + 58, texts[0]);
	p[75] = pins;
	put_text(p + 76, texts[2]);
	return true;
}

/* A descriptor of a Click's manifest; returns where the next one is. */
static size_t put_string(unsigned char *p, size_t at, unsigned char number, const char *text)
{
	size_t size = (6 + strlen(text) + 3) / 4 * 4;

	put_le16(p + at, size);
	p[at + 2] = 2;
	p[at + 4] = strlen(text);
	p[at + 5] = number;
	put_text(p + at + 6, text);
	return at + size;
}

/* mikroBUS: an interface, which says which strings are its names, and these. */
static bool encode_clickid(const char **texts, struct bytes *image)
{
	unsigned char *p = image->data = allocate(4 + 8 + 2 * 264);
	size_t at = 12;

	p[3] = 1;
	put_le16(p + 4, 8);
	p[6] = 1;
	p[8] = 1;
	p[9] = 2;
	at = put_string(p, at, 1, texts[0]);
	at = put_string(p, at, 2, texts[1]);
	put_le16(p, at);
	image->size = at;
	return true;
}

static const struct encoder encoders[] = {
	{ "dtslot", {
		{ "model", 32, NULL }, { "revision", 16, "" }, { "serial", 32, "" },
	}, encode_own },
	{ "raspberrypi,hat", {
		{ "vendor", 255, NULL }, { "product", 255, NULL }, { "revision", 8, "0" },
		{ "uuid", 36, "" }, { "pid", 8, "0" }, { "version", 8, "2" },
	}, encode_hat },
	{ "beagle,cape", {
		{ "model", 16, NULL }, { "revision", 4, "" }, { "serial", 12, "" },
		{ "vendor", 16, "" }, { "name", 32, "" }, { "pins", 8, "0" },
	}, encode_cape },
	{ "mikroe,clickid", {
		{ "vendor", 255, NULL }, { "product", 255, NULL },
	}, encode_clickid },
};

#define ENCODERS ARRAY_SIZE(encoders)

/**
 * encoder_at() - go through the formats
 * @index: from 0 on; 0 is the project's own
 *
 * Return: a format; NULL behind the last.
 */
const struct encoder *encoder_at(size_t index)
{
	return index < ENCODERS ? &encoders[index] : NULL;
}

/**
 * encoder_named() - look a format up
 * @name: its name
 *
 * Return: the format; NULL after a message.
 */
const struct encoder *encoder_named(const char *name)
{
	size_t i;

	for (i = 0; i < ENCODERS; i++)
		if (!strcmp(encoders[i].name, name))
			return &encoders[i];
	fail(STATUS_USAGE, "%s: no such format; dtslot id lists them", name);
	return NULL;
}

/**
 * encoder_help() - print the formats and their fields
 */
void encoder_help(void)
{
	const struct field *f;
	size_t i;

	for (i = 0; i < ENCODERS; i++) {
		fprintf(stderr, "  %-16s", encoders[i].name);
		for (f = encoders[i].fields; f->name; f++)
			fprintf(stderr, f->preset ? " [%s=]" : " %s=", f->name);
		fputs(" [size=]\n", stderr);
	}
}

static bool check_text(const struct field *f, const char *text)
{
	const char *c;

	if (strlen(text) > f->room) {
		fail(STATUS_USAGE, "%s: has %zu characters, %zu fit; shorten it", f->name,
		     strlen(text), f->room);
		return false;
	}
	for (c = text; *c; c++) {
		if (*c < ' ' || *c > '~') {
			fail(STATUS_USAGE, "%s: takes printable ASCII only; leave the rest out",
			     f->name);
			return false;
		}
	}
	return true;
}

/* Put NAME=TEXT where the format has it. */
static bool take_field(const struct encoder *encoder, char *argument, const char **texts,
		       unsigned long *size)
{
	char *sign = strchr(argument, '=');
	size_t n = sign ? sign - argument : 0, i;

	if (n == 4 && !strncmp(argument, "size", 4))
		return number("size", sign + 1, SIZE_MOST, size);
	for (i = 0; n && encoder->fields[i].name; i++) {
		if (strlen(encoder->fields[i].name) != n ||
		    strncmp(encoder->fields[i].name, argument, n))
			continue;
		texts[i] = sign + 1;
		return check_text(&encoder->fields[i], texts[i]);
	}
	fail(STATUS_USAGE, "%s: no field of format %s; dtslot id lists them", argument,
	     encoder->name);
	return false;
}

/**
 * encoder_run() - make an image
 * @encoder: the format
 * @fields: "NAME=TEXT" each; size= fills the image up with 0xff
 * @count: how many
 * @image: receives the image, to be freed, on failure, too
 *
 * Return: STATUS_FINE, or STATUS_USAGE after a message.
 */
int encoder_run(const struct encoder *encoder, char **fields, int count, struct bytes *image)
{
	const char *texts[FIELDS_MOST];
	unsigned long size = 0;
	unsigned char *filled;
	int i;

	for (i = 0; i < FIELDS_MOST; i++)
		texts[i] = encoder->fields[i].preset;
	for (i = 0; i < count; i++)
		if (!take_field(encoder, fields[i], texts, &size))
			return STATUS_USAGE;
	for (i = 0; encoder->fields[i].name; i++)
		if (!texts[i])
			return fail(STATUS_USAGE, "%s: wants %s=; dtslot id lists the fields",
				    encoder->name, encoder->fields[i].name);
	if (!encoder->encode(texts, image))
		return STATUS_USAGE;
	if (size > image->size) {
		filled = allocate(size);
		memset(filled, 0xff, size);
		memcpy(filled, image->data, image->size);
		free(image->data);
		*image = (struct bytes){ filled, size };
	}
	return STATUS_FINE;
}
