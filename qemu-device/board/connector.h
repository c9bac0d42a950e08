/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The card's connector for one add-on board: a bus, four lines, I2C and SPI. */

#ifndef LAN966X_CONNECTOR_H
#define LAN966X_CONNECTOR_H

#include "../soc.h"
#include "../compat.h"

#define TYPE_LAN966X_CONNECTOR "lan966x-connector"
OBJECT_DECLARE_SIMPLE_TYPE(Lan966xConnector, LAN966X_CONNECTOR)

struct Lan966xConnector {
    BusState parent_obj;

    Lan966xSoc *soc;
    Lan966xBlock *gpio;
};

/* GPIO lines of the chip that go to the connector, two of them out */
#define CONNECTOR_LINES_OUT  2
#define CONNECTOR_PRESENT    50     /* in, low: an add-on is there; pulled up */
#define CONNECTOR_POWER      51     /* out, high: power the add-on */
#define CONNECTOR_POWER_GOOD 52     /* in, high: it has power */
#define CONNECTOR_RESET      53     /* out, low: hold it; pulled up */

/* Blocks whose buses go to the connector */
#define CONNECTOR_I2C        "flx0"
#define CONNECTOR_SPI        "flx2" /* chip select 0 */

/* For the card's instance_init and realize. The bus goes with the card */
void lan966x_connector_init(Lan966xConnector *c, DeviceState *card,
                            Lan966xSoc *soc);
void lan966x_connector_realize(Lan966xConnector *c, DeviceState *card,
                               Lan966xSoc *soc, const char *name);

#endif /* LAN966X_CONNECTOR_H */
