// SPDX-License-Identifier: GPL-2.0-only
/*
 * ClickID of mikroBUS add-ons: a manifest as Greybus has it, little endian, no checksum.
 *
 * A header of four bytes, the length of all and the version 0.1, is followed by
 * descriptors of a length, a type and padding. That of the interface says which strings
 * are the vendor's and the product's name; others describe devices, which an overlay
 * does better.
 */
#include "id.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#endif

#define CLICK_ROOM	4096
#define CLICK_HEADER	4
#define CLICK_VERSION	2

#define DESC_HEADER	4
#define DESC_TYPE	2
#define DESC_INTERFACE	1
#define DESC_STRING	2

/* Inside of an interface's descriptor. */
#define INTERFACE_SIZE		6
#define INTERFACE_VENDOR	4
#define INTERFACE_PRODUCT	5

/* Inside of a string's. */
#define STRING_LENGTH	4
#define STRING_NUMBER	5
#define STRING_TEXT	6

/**
 * struct manifest - a manifest whose descriptors are known to be inside it
 * @data: its bytes
 * @size: how many
 */
struct manifest {
	const u8 *data;
	u32 size;
};

/*
 * The next descriptor of a type from @at on, which is advanced behind it; NULL if there
 * is none.
 */
static const u8 *next(const struct manifest *m, u32 *at, u8 type)
{
	const u8 *d;

	while (*at < m->size) {
		d = m->data + *at;
		*at += dtslot_id_le16(d);
		if (d[DESC_TYPE] == type)
			return d;
	}
	return NULL;
}

/* That each descriptor, and the text of each string, is inside what it is part of. */
static int check_descriptors(const struct manifest *m, struct dtslot_text *text)
{
	u32 at, n;

	for (at = CLICK_HEADER; at < m->size; at += n) {
		const u8 *d = m->data + at;

		n = m->size - at < DESC_HEADER ? 0 : dtslot_id_le16(d);
		if (n < DESC_HEADER || n > m->size - at)
			return dtslot_fail(text, -EINVAL,
					   "the Click's descriptor at byte %u is cut off: it says it has %u bytes, there are %u",
					   at, n, m->size - at);
		if (d[DESC_TYPE] == DESC_INTERFACE && n < INTERFACE_SIZE)
			return dtslot_fail(text, -EINVAL,
					   "the Click's interface at byte %u has %u bytes, less than %u",
					   at, n, INTERFACE_SIZE);
		if (d[DESC_TYPE] == DESC_STRING &&
		    (n < STRING_TEXT || d[STRING_LENGTH] > n - STRING_TEXT))
			return dtslot_fail(text, -EINVAL,
					   "the Click's string at byte %u is cut off", at);
	}
	return 0;
}

/* The string of a number; one that is not there is empty. */
static int read_string(const struct manifest *m, u8 number, char *to, size_t room,
		       const char *what, struct dtslot_text *text)
{
	u32 at = CLICK_HEADER;
	const u8 *d;

	to[0] = '\0';
	while ((d = next(m, &at, DESC_STRING)))
		if (d[STRING_NUMBER] == number)
			return dtslot_id_name(to, room, d + STRING_TEXT, d[STRING_LENGTH], what,
					      text);
	return 0;
}

static int decode(const u8 *data, size_t size, struct dtslot_id *id, struct dtslot_text *text)
{
	struct manifest m = { .data = data };
	char vendor[256], product[256];
	u32 at = CLICK_HEADER;
	const u8 *interface;
	int ret;

	if (!dtslot_id_has_magic(&dtslot_id_clickid, data, size))
		return dtslot_id_no_magic(data, size, "a ClickID", text);
	m.size = dtslot_id_le16(data);
	if (m.size < CLICK_HEADER || m.size > size)
		return dtslot_fail(text, -EINVAL, "the ClickID says it has %u bytes, there are %zu",
				   m.size, size);
	ret = check_descriptors(&m, text);
	if (ret)
		return ret;
	interface = next(&m, &at, DESC_INTERFACE);
	if (!interface)
		return dtslot_fail(text, -EINVAL, "the ClickID has no descriptor of an interface");
	ret = read_string(&m, interface[INTERFACE_VENDOR], vendor, sizeof(vendor),
			  "the Click's vendor", text);
	if (!ret)
		ret = read_string(&m, interface[INTERFACE_PRODUCT], product, sizeof(product),
				  "the Click's product", text);
	if (ret)
		return ret;
	if (!dtslot_id_model(id, vendor, product))
		return dtslot_fail(text, -EINVAL, "the Click's product has no name");
	return 0;
}

const struct dtslot_id_decoder dtslot_id_clickid = {
	.name = "mikroe,clickid",
	.size = CLICK_ROOM,
	.magic = { 0, 1 },
	.magic_at = CLICK_VERSION,
	.magic_size = 2,
	.decode = decode,
};
