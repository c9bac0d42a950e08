// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raspberry Pi HAT and HAT+: a header and a list of atoms, little endian.
 *
 * The model is made of the vendor's and the product's name in the vendor atom,
 * which must come first. Names are ASCII by the format's description, and UTF-8 in what
 * some makers write. The CRC of an atom covers its header and data and is
 * that of the vendor's tools (polynomial 0x8005, reflected, initially 0).
 */
#include "id.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#endif

#define HAT_ROOM	32768	/* the largest memory that is in use */
#define HAT_HEADER	12
#define HAT_VERSION	4
#define HAT_ATOMS	6
#define HAT_LENGTH	8

#define ATOM_HEADER	8
#define ATOM_COUNT	2
#define ATOM_LENGTH	4
#define ATOM_CRC	2
#define ATOM_VENDOR	1
#define ATOM_TREE	3	/* an overlay, or the name of one */

/* Inside the data of the vendor atom. */
#define VENDOR_PVER	18
#define VENDOR_VSLEN	20
#define VENDOR_PSLEN	21
#define VENDOR_STRINGS	22

static u16 crc16(const u8 *p, size_t n)
{
	u16 crc = 0;
	int bit;

	while (n--) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xa001 : 0);
	}
	return crc;
}

/* The checksum that the format's description had for years; no HAT's tool writes it. */
static u16 crc_ccitt(const u8 *p, size_t n)
{
	u16 crc = 0xffff;
	int bit;

	while (n--) {
		crc ^= *p++ << 8;
		for (bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0);
	}
	return crc;
}

/* @n bytes, and the checksum behind them. */
static int check_crc(const u8 *atom, u32 n, u16 i, struct dtslot_text *text)
{
	u16 crc = dtslot_id_le16(atom + n);

	if (crc == crc16(atom, n))
		return 0;
	if (crc == crc_ccitt(atom, n))
		return dtslot_fail(text, -EBADMSG,
				   "the CRC of the HAT's atom %u is CRC-16/CCITT, and should be CRC-16/ARC (0x8005, reflected, from 0): write it with eepmake",
				   i);
	return dtslot_fail(text, -EBADMSG,
			   "the CRC of the HAT's atom %u is wrong: is the memory damaged, or do two HATs answer at one address?",
			   i);
}

/* A UUID that was never written tells nothing apart. */
static bool is_written(const u8 *uuid)
{
	int i;

	for (i = 1; i < 16; i++)
		if (uuid[i] != uuid[0])
			return true;
	return uuid[0] && uuid[0] != 0xff;
}

static int decode_vendor(const u8 *data, size_t size, struct dtslot_id *id,
			 struct dtslot_text *text)
{
	const u8 *strings = data + VENDOR_STRINGS;
	char vendor[256], product[256];
	int ret;

	if (size < VENDOR_STRINGS ||
	    size - VENDOR_STRINGS < (size_t)data[VENDOR_VSLEN] + data[VENDOR_PSLEN])
		return dtslot_fail(text, -EINVAL, "the HAT's vendor atom is cut off");
	ret = dtslot_id_name(vendor, sizeof(vendor), strings, data[VENDOR_VSLEN],
			     "the HAT's vendor", text);
	if (!ret)
		ret = dtslot_id_name(product, sizeof(product), strings + data[VENDOR_VSLEN],
				     data[VENDOR_PSLEN], "the HAT's product", text);
	if (ret)
		return ret;
	if (!dtslot_id_model(id, vendor, product))
		return dtslot_fail(text, -EINVAL, "the HAT's product has no name");
	snprintf(id->revision, sizeof(id->revision), "0x%04x", dtslot_id_le16(data + VENDOR_PVER));
	if (!is_written(data))
		return 0;
	snprintf(id->serial, sizeof(id->serial), "%08x-%04x-%04x-%04x-%04x%08x",
		 dtslot_id_le32(data + 12), dtslot_id_le16(data + 10), dtslot_id_le16(data + 8),
		 dtslot_id_le16(data + 6), dtslot_id_le16(data + 4), dtslot_id_le32(data));
	return 0;
}

/* What the add-on brings of its own: only noted here, and nothing says it is right. */
static void note_tree(const u8 *data, u32 at, u32 size, struct dtslot_id *id)
{
	static const u8 magic[] = { 0xd0, 0x0d, 0xfe, 0xed };

	if (size >= sizeof(magic) && !memcmp(data + at, magic, sizeof(magic))) {
		id->blob = at;
		id->blob_size = size;
	} else if (!dtslot_id_text(id->overlay, sizeof(id->overlay), data + at, size)) {
		id->overlay[0] = '\0';
	}
}

static int decode(const u8 *data, size_t size, struct dtslot_id *id, struct dtslot_text *text)
{
	u32 length, at, n;
	u16 atoms, i;
	int ret;

	if (!dtslot_id_has_magic(&dtslot_id_hat, data, size))
		return dtslot_id_no_magic(data, size, "a HAT's ID", text);
	if (size < HAT_HEADER)
		return dtslot_fail(text, -EINVAL, "the HAT's ID is cut off: %zu bytes", size);
	if (data[HAT_VERSION] != 1 && data[HAT_VERSION] != 2)
		return dtslot_fail(text, -EINVAL,
				   "the HAT's ID has version %u; 1 (HAT) and 2 (HAT+) are understood",
				   data[HAT_VERSION]);
	atoms = dtslot_id_le16(data + HAT_ATOMS);
	length = dtslot_id_le32(data + HAT_LENGTH);
	if (length < HAT_HEADER || length > size)
		return dtslot_fail(text, -EINVAL,
				   "the HAT's ID says it has %u bytes, there are %zu", length,
				   size);
	for (i = 0, at = HAT_HEADER; i < atoms; i++, at += ATOM_HEADER + n) {
		const u8 *atom = data + at;

		if (length - at < ATOM_HEADER)
			return dtslot_fail(text, -EINVAL, "the HAT's atom %u is cut off", i);
		n = dtslot_id_le32(atom + ATOM_LENGTH);
		if (n < ATOM_CRC || n > length - at - ATOM_HEADER)
			return dtslot_fail(text, -EINVAL,
					   "the HAT's atom %u has %u bytes, there is room for %u",
					   i, n, length - at - ATOM_HEADER);
		if (dtslot_id_le16(atom + ATOM_COUNT) != i)
			return dtslot_fail(text, -EINVAL, "the HAT's atom %u is numbered %u",
					   i, dtslot_id_le16(atom + ATOM_COUNT));
		ret = check_crc(atom, ATOM_HEADER + n - ATOM_CRC, i, text);
		if (ret)
			return ret;
		if (!i && dtslot_id_le16(atom) == ATOM_VENDOR) {
			ret = decode_vendor(atom + ATOM_HEADER, n - ATOM_CRC, id, text);
			if (ret)
				return ret;
		}
		if (dtslot_id_le16(atom) == ATOM_TREE)
			note_tree(data, at + ATOM_HEADER, n - ATOM_CRC, id);
	}
	if (!id->model[0])
		return dtslot_fail(text, -EINVAL, "the HAT's first atom is not the vendor's");
	return 0;
}

static u32 length(const u8 *data, size_t size)
{
	return size >= HAT_HEADER && dtslot_id_has_magic(&dtslot_id_hat, data, size) ?
	       dtslot_id_le32(data + HAT_LENGTH) : 0;
}

const struct dtslot_id_decoder dtslot_id_hat = {
	.name = "raspberrypi,hat",
	.size = HAT_ROOM,
	.magic = { 'R', '-', 'P', 'i' },
	.magic_size = 4,
	.decode = decode,
	.length = length,
};
