/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of frames, and their lookup in a VCAP's rules. */

#ifndef LAN966X_VCAP_H
#define LAN966X_VCAP_H

#include "../soc/block.h"

#define VCAP_SUBWORD 3          /* 32-bit words of a key or rule */
#define VCAP_MAX_SUBWORDS 4
#define VCAP_ACTIONS 4          /* 32-bit words of an action that count */

/*
 * Fields one after the other, from bit 0 on. Each subword starts with a type
 * group, by which rules of one size do not match keys of another; keys of one
 * subword, which are ES0's, have none.
 */
typedef struct VcapKey {
    uint32_t words[VCAP_MAX_SUBWORDS * VCAP_SUBWORD];
    unsigned subwords;
    unsigned bits;              /* there so far */
} VcapKey;

/* Append a field */
void lan966x_vcap_put(VcapKey *k, uint32_t val, unsigned width);

/* Bytes: words, before which is what remains of a number that is not of 4 */
void lan966x_vcap_put_bytes(VcapKey *k, const uint8_t *data, size_t len);

/*
 * The action of the rule that a key matches, VCAP_ACTIONS words, or NULL; of
 * several rules that at the highest address, where the driver has the one that
 * goes first. Counts the hit.
 */
const uint32_t *lan966x_vcap_find(Lan966xBlock *b, const VcapKey *key);

#endif /* LAN966X_VCAP_H */
