/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board that goes into the card's connector. */

#ifndef LAN966X_ADDON_H
#define LAN966X_ADDON_H

#include "../compat.h"

#define TYPE_LAN966X_ADDON "lan966x-addon"

/* What the connector's lines say from now on */
void lan966x_addon_set_lines(DeviceState *dev, bool power, bool reset);

/* Id of the card that it wants to be on, or NULL */
const char *lan966x_addon_card(DeviceState *dev);

#endif /* LAN966X_ADDON_H */
