/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that are a part of a board, and go only with it. */

#ifndef LAN966X_PART_H
#define LAN966X_PART_H

#include "../compat.h"

/*
 * For realize and unrealize: device_del of the part alone is refused meanwhile.
 * hold belongs to the part, and is NULL outside.
 */
void lan966x_part_hold(DeviceState *part, Error **hold);
void lan966x_part_release(DeviceState *part, Error **hold);

#endif /* LAN966X_PART_H */
