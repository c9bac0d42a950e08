/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outside of the iATU, for the bus masters of the chip. */

#ifndef LAN966X_IATU_H
#define LAN966X_IATU_H

#include "block.h"

/* The host's address of len bytes at an address of the SoC, all in a window */
bool lan966x_iatu_map(Lan966xBlock *b, uint64_t addr, uint64_t len,
                      uint64_t *bus);

#endif /* LAN966X_IATU_H */
