// SPDX-License-Identifier: GPL-2.0-only
/*
 * The capability by which a card names the overlay that it carries: vendor-specific,
 * in the extended configuration space, little-endian:
 *
 *	0x00	header of the capability: id 0x000b
 *	0x04	bits 15:0: any id of the vendor's, 19:16: revision 1, 31:20: length
 *	0x08	"dtslotov", 8 bytes
 *	0x10	number of the BAR
 *	0x14	offset in it, low and high word
 *	0x1c	bytes of the overlay
 *	0x20	CRC-32 of them (IEEE 802.3)
 */
#include "carried.h"
#include "crc32.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#endif

#define WORD_HEADER	1
#define WORD_MAGIC	2
#define WORD_BAR	4
#define WORD_OFFSET	5
#define WORD_SIZE	7
#define WORD_CRC	8

#define MAGIC_LOW	0x6c737464	/* "dtsl" */
#define MAGIC_HIGH	0x766f746f	/* "otov" */
#define REVISION	1
#define BARS		6

bool dtslot_carried_names(const u32 *words)
{
	return words[WORD_MAGIC] == MAGIC_LOW && words[WORD_MAGIC + 1] == MAGIC_HIGH;
}

int dtslot_carried_parse(struct dtslot_carried *c, const u32 *words, struct dtslot_text *text)
{
	u32 revision = words[WORD_HEADER] >> 16 & 0xf, length = words[WORD_HEADER] >> 20;

	if (revision != REVISION)
		return dtslot_fail(text, -EINVAL,
				   "the card's capability has revision %u of the format, only %u is known: update dtslot",
				   revision, REVISION);
	if (length < DTSLOT_CARRIED_WORDS * sizeof(*words))
		return dtslot_fail(text, -EINVAL,
				   "the card's capability says that it has %u bytes, it needs %zu: mend it on the card",
				   length, DTSLOT_CARRIED_WORDS * sizeof(*words));
	c->bar = words[WORD_BAR];
	c->offset = words[WORD_OFFSET] | (u64)words[WORD_OFFSET + 1] << 32;
	c->size = words[WORD_SIZE];
	c->crc = words[WORD_CRC];
	if (c->bar >= BARS)
		return dtslot_fail(text, -EINVAL,
				   "the card says that its overlay is in BAR %u: there are BARs 0 to %u; mend its capability",
				   c->bar, BARS - 1);
	if (c->offset % sizeof(*words))
		return dtslot_fail(text, -EINVAL,
				   "the card says that its overlay is at 0x%llx of BAR %u: only a multiple of 4 can be read",
				   (unsigned long long)c->offset, c->bar);
	if (!c->size || c->size > DTSLOT_BLOB_MAX_SIZE)
		return dtslot_fail(text, -EINVAL,
				   "the card says that its overlay has %u bytes: it can have 1 to %u",
				   c->size, DTSLOT_BLOB_MAX_SIZE);
	return 0;
}

int dtslot_carried_place(const struct dtslot_carried *c, u64 bar_size, struct dtslot_text *text)
{
	/* Whole words are read. */
	u64 size = ((u64)c->size + sizeof(u32) - 1) & ~(u64)(sizeof(u32) - 1);

	if (!bar_size)
		return dtslot_fail(text, -ENXIO,
				   "the card says that its overlay is in BAR %u, which is no memory or has no address",
				   c->bar);
	if (size > bar_size || c->offset > bar_size - size)
		return dtslot_fail(text, -EINVAL,
				   "the card says that its overlay is %u bytes at 0x%llx of BAR %u, which ends at 0x%llx",
				   c->size, (unsigned long long)c->offset, c->bar,
				   (unsigned long long)bar_size);
	return 0;
}

int dtslot_carried_check(const struct dtslot_carried *c, const void *data,
			 struct dtslot_text *text)
{
	u32 crc = dtslot_crc32(data, c->size);

	if (crc == c->crc)
		return 0;
	return dtslot_fail(text, -EBADMSG,
			   "the card's overlay has the CRC-32 0x%08x, its capability says 0x%08x: build the card's image anew",
			   crc, c->crc);
}
