/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The formats of ID memories; only id.c includes this.
 *
 * A new format is a file id-<name>.c with a decoder, its two lines here, its object in
 * Kbuild, and its name in dts/bindings/dtslot,connector.yaml. Tests, fuzzers and the
 * program dtslot find it by themselves.
 */
#ifndef DTSLOT_ID_FORMATS_H
#define DTSLOT_ID_FORMATS_H

#include "id.h"

extern const struct dtslot_id_decoder dtslot_id_own;
extern const struct dtslot_id_decoder dtslot_id_hat;
extern const struct dtslot_id_decoder dtslot_id_cape;
extern const struct dtslot_id_decoder dtslot_id_clickid;

static const struct dtslot_id_decoder * const decoders[] = {
	&dtslot_id_own,
	&dtslot_id_hat,
	&dtslot_id_cape,
	&dtslot_id_clickid,
};

#endif
