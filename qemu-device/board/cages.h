/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two SFP cages of the board, on ports 2 and 3. */

#ifndef LAN966X_CAGES_H
#define LAN966X_CAGES_H

#include "../soc.h"

#define TYPE_LAN966X_CAGES "lan966x-cages"
#define TYPE_LAN966X_SFP "lan966x-sfp"

/* Create them as a child of the card; for its instance_init */
void lan966x_cages_init(Lan966xSoc *soc);

/* After the blocks, with buses <name>.sfp2 and <name>.sfp3 */
bool lan966x_cages_realize(Lan966xSoc *soc, const char *name, Error **errp);

#endif /* LAN966X_CAGES_H */
