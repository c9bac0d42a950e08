/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an add-on's ID memory says: decoders, one file per format.
 *
 * Pure code like slot/blob.h: the same source runs in the userspace tests. What
 * is read is untrusted; a decoder looks at nothing outside the bytes it is given.
 */
#ifndef DTSLOT_ID_H
#define DTSLOT_ID_H

#include "../overlay/blob.h"

/**
 * struct dtslot_id - who an add-on says it is
 * @model: part of a firmware file's name: matches [a-z0-9][a-z0-9,._-]*
 * @revision: for people; printable, may be empty
 * @serial: for people; printable, may be empty
 */
struct dtslot_id {
	char model[64];
	char revision[20];
	char serial[40];
};

/**
 * struct dtslot_id_decoder - one format of ID memories
 * @name: what a device tree calls it
 * @size: how many bytes of the memory it wants to see at most
 * @decode: read an ID; see dtslot_id_decode()
 */
struct dtslot_id_decoder {
	const char *name;
	size_t size;
	int (*decode)(const u8 *data, size_t size, struct dtslot_id *id,
		      struct dtslot_text *text);
};

extern const struct dtslot_id_decoder dtslot_id_own;
extern const struct dtslot_id_decoder dtslot_id_hat;
extern const struct dtslot_id_decoder dtslot_id_cape;

/**
 * dtslot_id_decode() - read an ID
 * @format: name of the format: "dtslot", "raspberrypi,hat" or "beagle,cape"
 * @data: what the memory holds, from its start
 * @size: how many bytes of it were read
 * @id: filled on success
 * @text: receives the message on failure
 *
 * Return: 0; -ENODATA for an erased memory or another format's; -EINVAL for an
 * unknown format or an ID that is malformed; -EBADMSG for a wrong checksum.
 */
int dtslot_id_decode(const char *format, const u8 *data, size_t size,
		     struct dtslot_id *id, struct dtslot_text *text);

/**
 * dtslot_id_size() - how much of an ID memory to read
 * @format: name of the format
 *
 * Return: bytes at most, from the start; 0 for an unknown format.
 */
size_t dtslot_id_size(const char *format);

/**
 * dtslot_id_names_file() - whether a model can be part of a file's name
 * @model: the model
 *
 * Return: whether it matches [a-z0-9][a-z0-9,._-]*.
 */
bool dtslot_id_names_file(const char *model);

/* Helpers for decoders. */
int dtslot_id_no_magic(const u8 *data, size_t size, const char *what, struct dtslot_text *text);
bool dtslot_id_text(char *to, size_t room, const u8 *from, size_t len);
void dtslot_id_slug(char *to, size_t room, const char *from);
u16 dtslot_id_le16(const u8 *p);
u32 dtslot_id_le32(const u8 *p);

#endif
