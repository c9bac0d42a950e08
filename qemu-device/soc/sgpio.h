/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outside of the serial GPIO block: its shift registers' lines. */

#ifndef LAN966X_SGPIO_H
#define LAN966X_SGPIO_H

#include "block.h"
#include "lan966x_regs.h"

/* Line n is bit n % 4 of port n / 4 */
#define SGPIO_LINES (SGPIO_PORTS * SGPIO_BITS)

bool lan966x_sgpio_in(Lan966xBlock *b, unsigned n);
void lan966x_sgpio_drive(Lan966xBlock *b, unsigned n, bool level);
bool lan966x_sgpio_out(Lan966xBlock *b, unsigned n);

#endif /* LAN966X_SGPIO_H */
