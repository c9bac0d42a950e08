// SPDX-License-Identifier: GPL-2.0-only
/*
 * The project's own ID: 96 bytes, little endian, as `dtslot id` writes it.
 *
 *	 0   8  "DTSLOTID"
 *	 8   2  version, 1
 *	10   2  length of all, 96
 *	12  32  model, NUL-padded
 *	44  16  revision, NUL-padded
 *	60  32  serial, NUL-padded
 *	92   4  CRC-32 (IEEE 802.3) of bytes 0 to 91
 */
#include "../overlay/crc32.h"
#include "id.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#endif

#define OWN_SIZE	96
#define OWN_VERSION	8
#define OWN_LENGTH	10
#define OWN_MODEL	12
#define OWN_REVISION	44
#define OWN_SERIAL	60
#define OWN_CRC		92

static int decode(const u8 *data, size_t size, struct dtslot_id *id, struct dtslot_text *text)
{
	u32 crc;

	if (!dtslot_id_has_magic(&dtslot_id_own, data, size))
		return dtslot_id_no_magic(data, size, "a dtslot ID", text);
	if (size < OWN_SIZE)
		return dtslot_fail(text, -EINVAL, "the ID is cut off: %zu bytes of %u",
				   size, OWN_SIZE);
	if (dtslot_id_le16(data + OWN_VERSION) != 1)
		return dtslot_fail(text, -EINVAL, "the ID has version %u, 1 is understood",
				   dtslot_id_le16(data + OWN_VERSION));
	if (dtslot_id_le16(data + OWN_LENGTH) != OWN_SIZE)
		return dtslot_fail(text, -EINVAL, "the ID says it has %u bytes, version 1 has %u",
				   dtslot_id_le16(data + OWN_LENGTH), OWN_SIZE);
	crc = dtslot_crc32(data, OWN_CRC);
	if (crc != dtslot_id_le32(data + OWN_CRC))
		return dtslot_fail(text, -EBADMSG,
				   "the ID's CRC is 0x%08x, its bytes give 0x%08x: write it again",
				   dtslot_id_le32(data + OWN_CRC), crc);
	if (!dtslot_id_text(id->model, sizeof(id->model), data + OWN_MODEL, 32) ||
	    !dtslot_id_text(id->revision, sizeof(id->revision), data + OWN_REVISION, 16) ||
	    !dtslot_id_text(id->serial, sizeof(id->serial), data + OWN_SERIAL, 32))
		return dtslot_fail(text, -EINVAL, "the ID has characters that are not printable");
	return 0;
}

const struct dtslot_id_decoder dtslot_id_own = {
	.name = "dtslot",
	.size = OWN_SIZE,
	.magic = { 'D', 'T', 'S', 'L', 'O', 'T', 'I', 'D' },
	.magic_size = 8,
	.decode = decode,
};
