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

/* Whether so many pins from first on are all multiplexed to this function */
bool lan966x_gpio_muxed(Lan966xBlock *b, unsigned first, unsigned count,
                        unsigned function);

/*
 * What PTP's pin n does: a level, or -1 if it drives nothing. It counts while
 * the pin of the chip is multiplexed to it. The block's GPIOs "sync-out" have
 * the levels of pins that are, those that drive nothing among them.
 */
void lan966x_gpio_sync(Lan966xBlock *b, unsigned n, int level);

#endif /* LAN966X_GPIO_H */
