// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which decoder reads an add-on's ID, and what all of them share.
 */
#include "id.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#endif

static const struct dtslot_id_decoder * const decoders[] = {
	&dtslot_id_own,
	&dtslot_id_hat,
	&dtslot_id_cape,
};

u16 dtslot_id_le16(const u8 *p)
{
	return p[0] | p[1] << 8;
}

u32 dtslot_id_le32(const u8 *p)
{
	return dtslot_id_le16(p) | (u32)dtslot_id_le16(p + 2) << 16;
}

/**
 * dtslot_id_no_magic() - say that a memory does not begin as it should
 * @data: its bytes
 * @size: how many
 * @what: what is missing, for the message
 * @text: receives the message
 *
 * Return: -ENODATA.
 */
int dtslot_id_no_magic(const u8 *data, size_t size, const char *what, struct dtslot_text *text)
{
	if (size < 4)
		return dtslot_fail(text, -ENODATA, "the ID memory has %zu bytes, too few for %s",
				   size, what);
	return dtslot_fail(text, -ENODATA,
			   "the ID memory begins with %02x %02x %02x %02x, not as %s does: is it erased, or of another format?",
			   data[0], data[1], data[2], data[3], what);
}

/**
 * dtslot_id_text() - copy a padded field of text
 * @to: receives it with a NUL, without trailing spaces
 * @room: bytes at @to
 * @from: the field; ends early at a NUL
 * @len: its length, bytes
 *
 * Return: false if it is too long or has characters that are not printable.
 */
bool dtslot_id_text(char *to, size_t room, const u8 *from, size_t len)
{
	size_t n, i;

	for (n = 0; n < len && from[n]; n++)
		if (from[n] < ' ' || from[n] > '~')
			return false;
	while (n && from[n - 1] == ' ')
		n--;
	if (n >= room)
		return false;
	for (i = 0; i < n; i++)
		to[i] = from[i];
	to[n] = '\0';
	return true;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/**
 * dtslot_id_slug() - turn a name for people into one for a file
 * @to: receives lower-case letters, digits and single dashes; may be empty
 * @room: bytes at @to
 * @from: the name
 *
 * What does not fit is cut off.
 */
void dtslot_id_slug(char *to, size_t room, const char *from)
{
	size_t n = 0;

	for (; *from && n + 1 < room; from++) {
		char c = *from >= 'A' && *from <= 'Z' ? *from - 'A' + 'a' : *from;

		if (is_plain(c))
			to[n++] = c;
		else if (n && to[n - 1] != '-')
			to[n++] = '-';
	}
	while (n && to[n - 1] == '-')
		n--;
	to[n] = '\0';
}

bool dtslot_id_names_file(const char *model)
{
	if (!is_plain(*model))
		return false;
	for (; *model; model++)
		if (!is_plain(*model) && !strchr(",._-", *model))
			return false;
	return true;
}

static const struct dtslot_id_decoder *find_decoder(const char *format)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(decoders); i++)
		if (!strcmp(format, decoders[i]->name))
			return decoders[i];
	return NULL;
}

size_t dtslot_id_size(const char *format)
{
	const struct dtslot_id_decoder *decoder = find_decoder(format);

	return decoder ? decoder->size : 0;
}

int dtslot_id_decode(const char *format, const u8 *data, size_t size,
		     struct dtslot_id *id, struct dtslot_text *text)
{
	const struct dtslot_id_decoder *decoder = find_decoder(format);
	int ret;

	memset(id, 0, sizeof(*id));
	if (!decoder)
		return dtslot_fail(text, -EINVAL,
				   "ID format '%.32s' is unknown; known: dtslot, raspberrypi,hat, beagle,cape",
				   format);
	ret = decoder->decode(data, size, id, text);
	if (!ret && !dtslot_id_names_file(id->model))
		ret = dtslot_fail(text, -EINVAL,
				  "the ID's model '%s' cannot name a file: it takes a-z 0-9 , . _ - and begins with a letter or digit",
				  id->model);
	return ret;
}
