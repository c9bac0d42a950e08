// SPDX-License-Identifier: GPL-2.0-only
/*
 * BeagleBone cape: fields of text at fixed places, no checksum. The model is the
 * part number, in lower case. Fields are padded with NULs, with spaces, or with what an
 * erased memory has; many makers never wrote a serial number, and some no version.
 */
#include "id.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#endif

#define CAPE_SIZE	244
#define CAPE_VERSION	38
#define CAPE_PART	58
#define CAPE_PART_SIZE	16
#define CAPE_SERIAL	76

static int decode(const u8 *data, size_t size, struct dtslot_id *id, struct dtslot_text *text)
{
	char part[CAPE_PART_SIZE + 1];
	int ret;

	if (!dtslot_id_has_magic(&dtslot_id_cape, data, size))
		return dtslot_id_no_magic(data, size, "a cape's ID", text);
	if (size < CAPE_SIZE)
		return dtslot_fail(text, -EINVAL, "the cape's ID is cut off: %zu bytes of %u",
				   size, CAPE_SIZE);
	ret = dtslot_id_name(part, sizeof(part), data + CAPE_PART, CAPE_PART_SIZE,
			     "the cape's part number", text);
	if (ret)
		return ret;
	/* Without these, or with numbers in their place, a cape is what it is. */
	if (!dtslot_id_text(id->revision, sizeof(id->revision), data + CAPE_VERSION, 4))
		id->revision[0] = '\0';
	if (!dtslot_id_text(id->serial, sizeof(id->serial), data + CAPE_SERIAL, 12))
		id->serial[0] = '\0';
	if (!dtslot_id_model(id, "", part))
		return dtslot_fail(text, -EINVAL, "the cape has no part number");
	return 0;
}

const struct dtslot_id_decoder dtslot_id_cape = {
	.name = "beagle,cape",
	.size = CAPE_SIZE,
	.magic = { 0xaa, 0x55, 0x33, 0xee },
	.magic_size = 4,
	.decode = decode,
};
