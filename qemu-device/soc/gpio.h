/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outside of the GPIO block: what a board and other blocks do to pins. */

#ifndef LAN966X_GPIO_H
#define LAN966X_GPIO_H

#include "block.h"

/* Drive a pin from outside, from now on */
void lan966x_gpio_drive(Lan966xBlock *b, unsigned pin, bool level);

/* The level on the pin, whoever drives it */
bool lan966x_gpio_level(Lan966xBlock *b, unsigned pin);

/* What the pin is multiplexed to; 0 is GPIO */
unsigned lan966x_gpio_function(Lan966xBlock *b, unsigned pin);

#endif /* LAN966X_GPIO_H */
