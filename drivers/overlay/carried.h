/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An overlay that a card carries: what the capability, or the image in the expansion
 * ROM, says that names it.
 *
 * Pure code, as blob.h: the module and the program dtslot read it alike.
 * docs/howto/card-blob.md is the format.
 */
#ifndef DTSLOT_CARRIED_H
#define DTSLOT_CARRIED_H

#include "blob.h"

#define DTSLOT_CARRIED_WORDS	9	/* 32-bit words of the capability that are read */
#define DTSLOT_CARRIED_MOST	512	/* capabilities in 4 KiB, be they a circle */
#define DTSLOT_CARRIED_ROM	6	/* the expansion ROM in the place of a BAR's number */
#define DTSLOT_CARRIED_ROM_MOST	0x1000000	/* bytes of an expansion ROM that are looked at */

/**
 * struct dtslot_carried - where a card says that its overlay is
 * @bar: number of the BAR, or DTSLOT_CARRIED_ROM
 * @offset: in it, bytes, a multiple of 4
 * @size: of the overlay, bytes
 * @crc: CRC-32 of the overlay
 */
struct dtslot_carried {
	u32 bar;
	u64 offset;
	u32 size;
	u32 crc;
};

/**
 * dtslot_carried_names() - whether a vendor-specific capability names an overlay
 * @words: the capability, as read from the configuration space
 *
 * Return: true if so; the capability need not be right.
 */
bool dtslot_carried_names(const u32 *words);

/**
 * dtslot_carried_parse() - check what such a capability says
 * @c: filled on success
 * @words: the capability
 * @text: receives the message on failure
 *
 * Return: 0 or a negative error.
 */
int dtslot_carried_parse(struct dtslot_carried *c, const u32 *words, struct dtslot_text *text);

/**
 * dtslot_carried_place() - check that an overlay is inside of its BAR
 * @c: what dtslot_carried_parse() has filled
 * @bar_size: bytes of the BAR; 0 if it has no memory, or no address
 * @text: receives the message on failure
 *
 * Return: 0 or a negative error.
 */
int dtslot_carried_place(const struct dtslot_carried *c, u64 bar_size, struct dtslot_text *text);

/**
 * struct dtslot_carried_rom - an expansion ROM that is looked at
 * @size: its bytes
 * @read: copy @count words at @offset, a multiple of 4, which are within @size
 */
struct dtslot_carried_rom {
	u32 size;
	void (*read)(const struct dtslot_carried_rom *rom, u32 offset, u32 *words,
		     unsigned int count);
};

/**
 * dtslot_carried_find() - look for the image of an expansion ROM that holds an overlay
 * @c: filled if there is one
 * @rom: the expansion ROM; nothing of it is read twice
 * @text: receives the message on failure
 *
 * Return: 1, 0 if there is none, or a negative error: there is one that is wrong.
 */
int dtslot_carried_find(struct dtslot_carried *c, const struct dtslot_carried_rom *rom,
			struct dtslot_text *text);

/**
 * dtslot_carried_check() - check that what was read is what the card names
 * @c: what dtslot_carried_parse() has filled
 * @data: a copy of the overlay, c->size bytes
 * @text: receives the message on failure
 *
 * Return: 0 or a negative error.
 */
int dtslot_carried_check(const struct dtslot_carried *c, const void *data,
			 struct dtslot_text *text);

#endif
