/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outside of an MDIO master with the internal PHYs: their cables. */

#ifndef LAN966X_MIIM_H
#define LAN966X_MIIM_H

#include "block.h"

#define MIIM_PHYS 2

/* Whether the PHY has a link to show, which a driver can switch off */
bool lan966x_miim_up(Lan966xBlock *b, unsigned port);

/* The cable at the PHY */
void lan966x_miim_set_link(Lan966xBlock *b, unsigned port, bool link);

#endif /* LAN966X_MIIM_H */
