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
 *
 * Or an image in the expansion ROM holds the overlay, in the chain of images that the PCI
 * Firmware Specification describes. Its header has what is the processor's in others:
 *
 *	0x00	0xaa55
 *	0x02	revision 1
 *	0x04	"dtslotov", 8 bytes
 *	0x0c	offset of the overlay in the image
 *	0x10	bytes of the overlay
 *	0x14	CRC-32 of them
 *	0x18	offset of the PCI data structure in the image
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

/* Words of an image's header, and of its PCI data structure. */
#define IMAGE_START	0
#define IMAGE_MAGIC	1
#define IMAGE_OFFSET	3
#define IMAGE_SIZE	4
#define IMAGE_CRC	5
#define IMAGE_PCI	6
#define IMAGE_WORDS	7
#define PCI_START	0
#define PCI_LENGTH	4	/* bits 15:0: length of the image, in units */
#define PCI_LAST	5	/* bit 15: no image follows */
#define PCI_WORDS	6

#define IMAGE_SIGNATURE	0xaa55
#define PCI_SIGNATURE	0x52494350	/* "PCIR" */
#define UNIT		512
#define IMAGES		64	/* that are looked at, which is more than cards have */

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

/* The PCI data structure of an image, or false: there is none where the header says. */
static bool read_pci(const struct dtslot_carried_rom *rom, u32 image, const u32 *header,
		     u32 *pci)
{
	u32 at = image + (header[IMAGE_PCI] & 0xffff);

	if (at % sizeof(*pci) || at > rom->size - sizeof(*pci) * PCI_WORDS)
		return false;
	rom->read(rom, at, pci, PCI_WORDS);
	return pci[PCI_START] == PCI_SIGNATURE;
}

/* What the header of an image says that holds an overlay; the image is within the ROM. */
static int parse_image(struct dtslot_carried *c, u32 image, u32 length, const u32 *header,
		       struct dtslot_text *text)
{
	u32 revision = header[IMAGE_START] >> 16, offset = header[IMAGE_OFFSET];

	if (revision != REVISION)
		return dtslot_fail(text, -EINVAL,
				   "the image at 0x%x of the card's expansion ROM has revision %u of the format, only %u is known: update dtslot",
				   image, revision, REVISION);
	c->bar = DTSLOT_CARRIED_ROM;
	c->size = header[IMAGE_SIZE];
	c->crc = header[IMAGE_CRC];
	if (!c->size || c->size > DTSLOT_BLOB_MAX_SIZE)
		return dtslot_fail(text, -EINVAL,
				   "the image at 0x%x of the card's expansion ROM says that its overlay has %u bytes: it can have 1 to %u",
				   image, c->size, DTSLOT_BLOB_MAX_SIZE);
	if (offset % sizeof(*header) || c->size > length || offset > length - c->size)
		return dtslot_fail(text, -EINVAL,
				   "the image at 0x%x of the card's expansion ROM says that its overlay is %u bytes at 0x%x of its %u: it must be within them, at a multiple of 4",
				   image, c->size, offset, length);
	c->offset = image + offset;
	return 1;
}

int dtslot_carried_find(struct dtslot_carried *c, const struct dtslot_carried_rom *rom,
			struct dtslot_text *text)
{
	u32 header[IMAGE_WORDS], pci[PCI_WORDS], image = 0, length;
	bool named, whole;
	int i;

	for (i = 0; i < IMAGES && rom->size - image >= sizeof(header); i++) {
		rom->read(rom, image, header, IMAGE_WORDS);
		if ((header[IMAGE_START] & 0xffff) != IMAGE_SIGNATURE)
			return 0;
		named = header[IMAGE_MAGIC] == MAGIC_LOW && header[IMAGE_MAGIC + 1] == MAGIC_HIGH;
		whole = read_pci(rom, image, header, pci);
		length = whole ? (pci[PCI_LENGTH] & 0xffff) * UNIT : 0;
		whole = length && length <= rom->size - image;
		if (named && !whole)
			return dtslot_fail(text, -EINVAL,
					   "the image at 0x%x of the card's expansion ROM has no PCI data structure (PCIR) that says how long it is, within the %u bytes of the ROM",
					   image, rom->size);
		if (named)
			return parse_image(c, image, length, header, text);
		if (!whole || pci[PCI_LAST] >> 15 & 1)
			return 0;
		image += length;
	}
	return 0;
}

int dtslot_carried_check(const struct dtslot_carried *c, const void *data,
			 struct dtslot_text *text)
{
	u32 crc = dtslot_crc32(data, c->size);

	if (crc == c->crc)
		return 0;
	return dtslot_fail(text, -EBADMSG,
			   "the card's overlay has the CRC-32 0x%08x, its %s says 0x%08x: build the card's image anew",
			   crc, c->bar == DTSLOT_CARRIED_ROM ? "expansion ROM" : "capability",
			   c->crc);
}
