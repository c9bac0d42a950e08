// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which decoder reads an add-on's ID, and what all of them share.
 */
#include "../overlay/crc32.h"
#include "id-formats.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#endif

u16 dtslot_id_le16(const u8 *p)
{
	return p[0] | p[1] << 8;
}

u32 dtslot_id_le32(const u8 *p)
{
	return dtslot_id_le16(p) | (u32)dtslot_id_le16(p + 2) << 16;
}

/**
 * dtslot_id_has_magic() - whether a memory may be of a format
 * @decoder: the format's
 * @data: the memory's bytes
 * @size: how many
 *
 * Return: whether the magic is where it belongs.
 */
bool dtslot_id_has_magic(const struct dtslot_id_decoder *decoder, const u8 *data, size_t size)
{
	return size >= (size_t)decoder->magic_at + decoder->magic_size &&
	       !memcmp(data + decoder->magic_at, decoder->magic, decoder->magic_size);
}

/* How the first four bytes of a memory were disordered by whatever wrote it. */
static const struct {
	u8 order[4];
	const char *how;
} disorders[] = {
	{ { 3, 2, 1, 0 }, "in reverse" },
	{ { 1, 0, 3, 2 }, "swapped in pairs" },
};

static bool has_disordered(const struct dtslot_id_decoder *decoder, const u8 *data,
			   const u8 *order)
{
	int i;

	for (i = 0; i < 4; i++)
		if (decoder->magic[i] != data[order[i]])
			return false;
	return decoder->magic_size >= 4;
}

static bool is_text(const u8 *data, size_t size)
{
	size_t i;

	for (i = 0; i < size && i < 32; i++)
		if ((data[i] < ' ' || data[i] > '~') && !strchr("\t\r\n", data[i] ?: 1))
			return false;
	return i == 32;
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
	char why[96] = "is it erased, or of another format?";
	size_t i, k;

	if (size < 4)
		return dtslot_fail(text, -ENODATA, "the ID memory has %zu bytes, too few for %s",
				   size, what);
	if (is_text(data, size))
		snprintf(why, sizeof(why),
			 "it is a text; write the ID that a program makes of it");
	for (i = 0; i < ARRAY_SIZE(decoders); i++) {
		if (dtslot_id_has_magic(decoders[i], data, size))
			snprintf(why, sizeof(why), "it has an ID of format %s", decoders[i]->name);
		for (k = 0; k < ARRAY_SIZE(disorders); k++)
			if (has_disordered(decoders[i], data, disorders[k].order))
				snprintf(why, sizeof(why),
					 "they are those of %s %s; write it again, byte by byte",
					 decoders[i]->name, disorders[k].how);
	}
	return dtslot_fail(text, -ENODATA,
			   "the ID memory begins with %02x %02x %02x %02x, not as %s does: %s",
			   data[0], data[1], data[2], data[3], what, why);
}

/* How long a field is without its padding: NULs, erased memory, white space. */
static size_t text_length(const u8 *from, size_t len)
{
	size_t n;

	for (n = 0; n < len && from[n]; n++)
		;
	while (n && (from[n - 1] == 0xff || from[n - 1] == ' ' || from[n - 1] == '\r' ||
		     from[n - 1] == '\n' || from[n - 1] == '\t'))
		n--;
	return n;
}

/**
 * dtslot_id_text() - copy a padded field of text
 * @to: receives it with a NUL, without its padding
 * @room: bytes at @to
 * @from: the field; ends early at a NUL, or where the rest of it was never written
 * @len: its length, bytes
 *
 * Return: false if it is too long or has characters that are not printable.
 */
bool dtslot_id_text(char *to, size_t room, const u8 *from, size_t len)
{
	size_t n = text_length(from, len), i;

	if (n >= room)
		return false;
	for (i = 0; i < n; i++) {
		if (from[i] < ' ' || from[i] > '~')
			return false;
		to[i] = from[i];
	}
	to[n] = '\0';
	return true;
}

/* How many bytes of a field are one character of UTF-8, 0 if none is there. */
static size_t character(const u8 *from, size_t len)
{
	size_t n, i;

	if (from[0] < 0x80)
		return from[0] >= ' ' && from[0] <= '~';
	if (from[0] < 0xc2 || from[0] > 0xf4)
		return 0;
	n = from[0] < 0xe0 ? 2 : from[0] < 0xf0 ? 3 : 4;
	for (i = 1; i < n; i++)
		if (i >= len || (from[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/**
 * dtslot_id_name() - copy a padded field with a name, which may have UTF-8
 * @to: receives it with a NUL, without its padding; only for dtslot_id_model()
 * @room: bytes at @to
 * @from: the field, as for dtslot_id_text()
 * @len: its length, bytes
 * @what: what it is, for the message
 * @text: receives the message on failure
 *
 * Return: 0, or -EINVAL for what is too long or no text.
 */
int dtslot_id_name(char *to, size_t room, const u8 *from, size_t len, const char *what,
		   struct dtslot_text *text)
{
	size_t n = text_length(from, len), i, step;

	if (n >= room)
		return dtslot_fail(text, -EINVAL, "%s has %zu characters, %zu fit", what, n,
				   room - 1);
	for (i = 0; i < n; i += step) {
		step = character(from + i, n - i);
		if (!step)
			return dtslot_fail(text, -EINVAL,
					   "%s has byte 0x%02x at %zu, which is no character: is the memory damaged, or do two add-ons answer at one address?",
					   what, from[i], i);
	}
	memcpy(to, from, n);
	to[n] = '\0';
	return 0;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/**
 * struct slug - a name for a file that is being written
 * @to: receives it; what does not fit is only counted
 * @room: bytes at @to
 * @n: how many it has
 * @begin: where its last part begins
 * @gap: a dash is due before the next character of that
 */
struct slug {
	char *to;
	size_t room;
	size_t n;
	size_t begin;
	bool gap;
};

static void put_raw(struct slug *s, char c)
{
	if (s->n < s->room)
		s->to[s->n] = c;
	s->n++;
}

static void put(struct slug *s, char c)
{
	if (s->gap && s->n > s->begin)
		put_raw(s, '-');
	s->gap = false;
	put_raw(s, c);
}

static void put_hex(struct slug *s, u8 value)
{
	put(s, "0123456789abcdef"[value >> 4]);
	put(s, "0123456789abcdef"[value & 15]);
}

static void put_word(struct slug *s, const char *word)
{
	s->gap = true;
	while (*word)
		put(s, *word++);
	s->gap = true;
}

static void put_name(struct slug *s, const char *name)
{
	bool foreign = false;	/* the byte before was none of ASCII */
	char c;

	s->begin = s->n;
	s->gap = false;
	for (; *name; name++) {
		c = *name >= 'A' && *name <= 'Z' ? *name - 'A' + 'a' : *name;
		if (foreign != !!(c & 0x80))
			s->gap = true;
		foreign = c & 0x80;
		if (foreign)
			put_hex(s, c);
		else if (c == '+')
			put_word(s, "plus");
		else if (is_plain(c))
			put(s, c);
		else
			s->gap = true;
	}
}

/**
 * dtslot_id_model() - make a model, as names a file, of names for people
 * @id: receives it
 * @vendor: who made it; may be empty
 * @product: what it is called
 *
 * The model is "vendor,product", or the product alone: lower-case letters and digits,
 * and a dash for all that is between them. "+" becomes "plus", as products are told
 * apart by it, and a byte beyond ASCII its hexadecimal digits. Names that do not fit end
 * in their CRC-32, so that two of them stay two.
 *
 * Return: false if the product has nothing that can name a file.
 */
bool dtslot_id_model(struct dtslot_id *id, const char *vendor, const char *product)
{
	struct slug s = { .to = id->model, .room = sizeof(id->model) - 1 };
	u32 crc;
	int shift;

	put_name(&s, vendor);
	if (s.n)
		put_raw(&s, ',');
	put_name(&s, product);
	if (s.n == s.begin)
		return false;
	if (s.n > s.room) {
		crc = dtslot_crc32((const u8 *)vendor, strlen(vendor)) ^
		      ~dtslot_crc32((const u8 *)product, strlen(product));
		s.n = s.room - 9;
		s.gap = true;
		for (shift = 24; shift >= 0; shift -= 8)
			put_hex(&s, crc >> shift);
	}
	id->model[s.n] = '\0';
	return true;
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

const char *dtslot_id_format(size_t i)
{
	return i < ARRAY_SIZE(decoders) ? decoders[i]->name : NULL;
}

static int refuse_format(const char *format, struct dtslot_text *text)
{
	char known[128];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(decoders) && n < sizeof(known); i++)
		n += snprintf(known + n, sizeof(known) - n, "%s%s", i ? ", " : "",
			      decoders[i]->name);
	return dtslot_fail(text, -EINVAL, "ID format '%.32s' is unknown; known: %s", format, known);
}

size_t dtslot_id_size(const char *format)
{
	const struct dtslot_id_decoder *decoder = find_decoder(format);

	return decoder ? decoder->size : 0;
}

size_t dtslot_id_length(const char *format, const u8 *data, size_t size)
{
	const struct dtslot_id_decoder *decoder = find_decoder(format);
	size_t length = dtslot_id_size(format);

	if (decoder && decoder->length && decoder->length(data, size) < length)
		length = decoder->length(data, size);
	return length > size ? length : size;
}

int dtslot_id_decode(const char *format, const u8 *data, size_t size,
		     struct dtslot_id *id, struct dtslot_text *text)
{
	const struct dtslot_id_decoder *decoder = find_decoder(format);
	int ret;

	memset(id, 0, sizeof(*id));
	if (!decoder)
		return refuse_format(format, text);
	ret = decoder->decode(data, size, id, text);
	if (!ret && !dtslot_id_names_file(id->model))
		ret = dtslot_fail(text, -EINVAL,
				  "the ID's model '%s' cannot name a file: it takes a-z 0-9 , . _ - and begins with a letter or digit",
				  id->model);
	return ret;
}
