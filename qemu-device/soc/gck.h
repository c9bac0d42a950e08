/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outside of the clock controller, for blocks that need a clock. */

#ifndef LAN966X_GCK_H
#define LAN966X_GCK_H

#include "block.h"

/* Whether a generic clock, numbered as in GCK_*, runs */
bool lan966x_gck_runs(Lan966xBlock *b, unsigned clock);

#endif /* LAN966X_GCK_H */
