/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The buses of a flexcom, for what a board connects to them. */

#ifndef LAN966X_FLEXCOM_H
#define LAN966X_FLEXCOM_H

#include "block.h"
#include "hw/i2c/i2c.h"
#include "hw/ssi/ssi.h"

I2CBus *lan966x_flexcom_i2c(Lan966xBlock *b);
SSIBus *lan966x_flexcom_spi(Lan966xBlock *b);

/* Whoever the TWI talks to does not answer any more */
void lan966x_flexcom_i2c_cut(Lan966xBlock *b);

#endif /* LAN966X_FLEXCOM_H */
