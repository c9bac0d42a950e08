/* SPDX-License-Identifier: GPL-2.0-only */
/* Checksum of what boards and cards say of themselves. Pure, as blob.h. */
#ifndef DTSLOT_CRC32_H
#define DTSLOT_CRC32_H

#include "blob.h"

/**
 * dtslot_crc32() - checksum of IEEE 802.3, as zlib has it
 * @p: the bytes
 * @n: how many
 *
 * Return: the checksum.
 */
static inline u32 dtslot_crc32(const u8 *p, size_t n)
{
	u32 crc = ~0U;
	int bit;

	while (n--) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

#endif
