/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An internal copper PHY as its MDIO master sees it. */

#ifndef LAN966X_PHY_H
#define LAN966X_PHY_H

#include "migration/vmstate.h"
#include "qemu/timer.h"
#include "../compat.h"

#define PHY_REGS 32
#define PHY_EXT_PAGES 32
#define PHY_EXT_REGS 256

typedef struct Lan966xPhy {
    uint16_t reg[PHY_REGS];
    uint16_t ext[PHY_EXT_PAGES * PHY_EXT_REGS];
    uint16_t ext_addr;
    uint32_t port;
    bool link;              /* of the cable: the peer is there */
    bool held;              /* in reset by CUPHY_COMMON_CFG */
    bool up;
    bool dropped;           /* since BMSR was read */
    QEMUTimer *negotiated;  /* pending: no link yet */
    qemu_irq irq;
} Lan966xPhy;

extern const VMStateDescription vmstate_lan966x_phy;

uint16_t lan966x_phy_read(Lan966xPhy *phy, unsigned reg);
void lan966x_phy_write(Lan966xPhy *phy, unsigned reg, uint16_t val);

/* For instance_init and finalize */
void lan966x_phy_init(Lan966xPhy *phy, unsigned port);
void lan966x_phy_finalize(Lan966xPhy *phy);

/* Registers to their defaults; touches no other device */
void lan966x_phy_reset(Lan966xPhy *phy);

/* Bring link, status and interrupt in line after any change */
void lan966x_phy_update(Lan966xPhy *phy);

#endif /* LAN966X_PHY_H */
