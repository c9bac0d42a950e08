/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an add-on's ID memory says: decoders, one file per format.
 *
 * Pure code like overlay/blob.h: the same source runs in the userspace tests. What
 * is read is untrusted; a decoder looks at nothing outside the bytes it is given.
 */
#ifndef DTSLOT_ID_H
#define DTSLOT_ID_H

#include "../overlay/blob.h"

/**
 * struct dtslot_id - what an add-on says it is
 * @model: part of a firmware file's name: matches [a-z0-9][a-z0-9,._-]*
 * @revision: for people; printable, may be empty
 * @serial: for people; printable, may be empty
 * @overlay: name of an overlay that the ID asks for; printable, may be empty, and no
 *	name of a file yet
 * @blob: where in the memory an overlay of its own begins, bytes
 * @blob_size: how long that is, bytes; 0 if there is none. It is as untrusted as any
 */
struct dtslot_id {
	char model[64];
	char revision[20];
	char serial[40];
	char overlay[64];
	u32 blob;
	u32 blob_size;
};

/**
 * struct dtslot_id_decoder - one format of ID memories
 * @name: what a device tree calls it
 * @size: how many bytes of the memory it wants to see at most
 * @magic: what is in each memory of this format
 * @magic_at: where in the memory that is, bytes
 * @magic_size: how long it is, bytes
 * @decode: read an ID; see dtslot_id_decode()
 * @length: optional; how many bytes an ID has, as its first ones say; 0 if they do not
 */
struct dtslot_id_decoder {
	const char *name;
	size_t size;
	u8 magic[8];
	u8 magic_at;
	u8 magic_size;
	int (*decode)(const u8 *data, size_t size, struct dtslot_id *id,
		      struct dtslot_text *text);
	u32 (*length)(const u8 *data, size_t size);
};

extern const struct dtslot_id_decoder dtslot_id_own;
extern const struct dtslot_id_decoder dtslot_id_hat;
extern const struct dtslot_id_decoder dtslot_id_cape;
extern const struct dtslot_id_decoder dtslot_id_clickid;

/**
 * dtslot_id_format() - the formats, one after the other
 * @i: which, from 0
 *
 * Return: what a device tree calls it; NULL behind the last.
 */
const char *dtslot_id_format(size_t i);

/**
 * dtslot_id_decode() - read an ID
 * @format: name of the format, one of dtslot_id_format()
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
 * dtslot_id_length() - how much of an ID memory its first bytes tell to read
 * @format: name of the format
 * @data: the first bytes
 * @size: how many
 *
 * Return: bytes from the start: at least @size, at most dtslot_id_size() if that is more.
 */
size_t dtslot_id_length(const char *format, const u8 *data, size_t size);

/**
 * dtslot_id_names_file() - whether a model can be part of a file's name
 * @model: the model
 *
 * Return: whether it matches [a-z0-9][a-z0-9,._-]*.
 */
bool dtslot_id_names_file(const char *model);

/* Helpers for decoders, described in id.c. */
bool dtslot_id_has_magic(const struct dtslot_id_decoder *decoder, const u8 *data, size_t size);
int dtslot_id_no_magic(const u8 *data, size_t size, const char *what, struct dtslot_text *text);
bool dtslot_id_text(char *to, size_t room, const u8 *from, size_t len);
int dtslot_id_name(char *to, size_t room, const u8 *from, size_t len, const char *what,
		   struct dtslot_text *text);
bool dtslot_id_model(struct dtslot_id *id, const char *vendor, const char *product);
u16 dtslot_id_le16(const u8 *p);
u32 dtslot_id_le32(const u8 *p);

#endif
