// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Coverage-guided fuzzing of the ID decoders: each input goes to each of them. What
 * is accepted is a name for a file, and printable; and checksums, which no fuzzer
 * guesses, are made right first.
 */
#include "expect.h"
#include "id.h"

static void put_le(u8 *p, u32 v, int bytes)
{
	while (bytes--) {
		*p++ = v;
		v >>= 8;
	}
}

static u32 crc(const u8 *p, size_t n, u32 crc, u32 poly)
{
	int bit;

	while (n--) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? poly : 0);
	}
	return crc;
}

/* The checksums of an own ID and of the atoms of a HAT, as far as there are any. */
static void mend(u8 *data, size_t size)
{
	size_t at, n;

	if (size >= 96 && !memcmp(data, "DTSLOTID", 8))
		put_le(data + 92, ~crc(data, 92, ~0U, 0xedb88320), 4);
	if (size < 12 || memcmp(data, "R-Pi", 4))
		return;
	for (at = 12; size - at >= 8; at += 8 + n) {
		n = dtslot_id_le32(data + at + 4);
		if (n < 2 || n > size - at - 8)
			return;
		put_le(data + at + 8 + n - 2, crc(data + at, 8 + n - 2, 0, 0xa001), 2);
	}
}

static void printable(const char *s, size_t room)
{
	size_t i;

	EXPECT(strnlen(s, room) < room);
	for (i = 0; s[i]; i++)
		EXPECT(s[i] >= ' ' && s[i] <= '~');
}

static void decode(const char *format, const u8 *data, size_t size)
{
	struct dtslot_text text = { "" };
	struct dtslot_id id;
	int ret = dtslot_id_decode(format, data, size, &id, &text);

	EXPECT(!ret == !text.s[0]);
	if (ret)
		return;
	printable(id.model, sizeof(id.model));
	printable(id.revision, sizeof(id.revision));
	printable(id.serial, sizeof(id.serial));
	printable(id.overlay, sizeof(id.overlay));
	EXPECT(id.blob <= size && id.blob_size <= size - id.blob);
	EXPECT(id.model[0] && id.model[0] != '.' && !strchr(id.model, '/'));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *copy = malloc(size ? size : 1);
	u32 i;

	EXPECT(copy);
	memcpy(copy, data, size);
	for (i = 0; dtslot_id_format(i); i++)
		decode(dtslot_id_format(i), copy, size);
	mend(copy, size);
	for (i = 0; dtslot_id_format(i); i++)
		decode(dtslot_id_format(i), copy, size);
	free(copy);
	return 0;
}
