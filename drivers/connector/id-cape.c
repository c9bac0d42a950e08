// SPDX-License-Identifier: GPL-2.0-only
/*
 * BeagleBone cape: fields of text at fixed places, no checksum. The model is the
 * part number, in lower case.
 */
#include "id.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#endif

#define CAPE_SIZE	244
#define CAPE_VERSION	38
#define CAPE_PART	58
#define CAPE_SERIAL	76

static int decode(const u8 *data, size_t size, struct dtslot_id *id, struct dtslot_text *text)
{
	static const u8 magic[] = { 0xaa, 0x55, 0x33, 0xee };
	char part[20];

	if (size < sizeof(magic) || memcmp(data, magic, sizeof(magic)))
		return dtslot_id_no_magic(data, size, "a cape's ID", text);
	if (size < CAPE_SIZE)
		return dtslot_fail(text, -EINVAL, "the cape's ID is cut off: %zu bytes of %u",
				   size, CAPE_SIZE);
	if (!dtslot_id_text(part, sizeof(part), data + CAPE_PART, 16) ||
	    !dtslot_id_text(id->revision, sizeof(id->revision), data + CAPE_VERSION, 4) ||
	    !dtslot_id_text(id->serial, sizeof(id->serial), data + CAPE_SERIAL, 12))
		return dtslot_fail(text, -EINVAL, "the cape's texts are not printable");
	dtslot_id_slug(id->model, sizeof(id->model), part);
	if (!id->model[0])
		return dtslot_fail(text, -EINVAL, "the cape has no part number");
	return 0;
}

const struct dtslot_id_decoder dtslot_id_cape = { "beagle,cape", CAPE_SIZE, decode };
