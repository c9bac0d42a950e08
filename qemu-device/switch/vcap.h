/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lookup in a VCAP's rules. */

#ifndef LAN966X_VCAP_H
#define LAN966X_VCAP_H

#include "../soc/block.h"

#define VCAP_SUBWORD 3          /* 32-bit words of a key or rule */

/*
 * The rule that a key of so many subwords matches; of several that at the
 * highest address, where the driver has the one that goes first. Counts the
 * hit; action receives what the first subword of the rule says.
 */
bool lan966x_vcap_find(Lan966xBlock *b, const uint32_t *key, unsigned subwords,
                       uint32_t *action);

#endif /* LAN966X_VCAP_H */
