/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The card's properties by which a monitor plays the board around the chip. */

#ifndef LAN966X_CONTROLS_H
#define LAN966X_CONTROLS_H

#include "soc.h"

/* For the card's instance_init, after lan966x_soc_init() */
void lan966x_controls_init(DeviceState *card, Lan966xSoc *soc);

#endif /* LAN966X_CONTROLS_H */
