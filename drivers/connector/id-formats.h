/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The formats of ID memories; only id.c includes this.
 *
 * docs/howto/id-format.md has all that a new format touches.
 */
#ifndef DTSLOT_ID_FORMATS_H
#define DTSLOT_ID_FORMATS_H

#include "id.h"

static const struct dtslot_id_decoder * const decoders[] = {
	&dtslot_id_own,
	&dtslot_id_hat,
	&dtslot_id_cape,
	&dtslot_id_clickid,
};

#endif
