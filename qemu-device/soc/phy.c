/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An internal copper PHY of the LAN966x (looks like a LAN8804 to Linux).
 *
 * The peer can do all that the PHY can, so the link has the best mode that the
 * driver advertises, and there is none if that is none. A negotiation that the
 * driver starts takes PHY_NEGOTIATION_NS, in which there is no link; silicon
 * takes seconds. After a cable is plugged, the link is there at once.
 *
 * Extended pages are memory; the MMDs behind registers 13 and 14 read 0 (no
 * EEE).
 */

#include "qemu/osdep.h"
#include "hw/net/mii.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "phy.h"

#define PHY_ID1 0x0022
#define PHY_ID2 0x1670
#define PHY_BMSR_FIXED (MII_BMSR_100TX_FD | MII_BMSR_100TX_HD | \
                        MII_BMSR_10T_FD | MII_BMSR_10T_HD | MII_BMSR_EXTSTAT | \
                        MII_BMSR_MFPS | MII_BMSR_AUTONEG | MII_BMSR_EXTCAP)
#define PHY_NEGOTIATION_NS (50 * SCALE_MS)
#define PHY_MODES (MII_ANAR_TXFD | MII_ANAR_TX | MII_ANAR_10FD | MII_ANAR_10)
#define PHY_MODES_1000 (MII_CTRL1000_FULL | MII_CTRL1000_HALF)
#define PHY_ANLPAR_UP 0xcde1
#define PHY_ANER_UP 0x000f
#define PHY_STAT1000_PEER 0x0c00
#define PHY_STAT1000_OK 0x3000
#define PHY_ESTATUS 0x3000

/* Function of register 22: what an access to register 23 does */
#define EXT_FN_ADDRESS 0
#define EXT_FN_DATA 1
#define EXT_FN_DATA_INC 2
#define EXT_FN_DATA_INC_WRITE 3

static bool phy_negotiated(Lan966xPhy *phy)
{
    return phy->up && phy->reg[MII_BMCR] & MII_BMCR_AUTOEN;
}

static uint16_t phy_stat1000(Lan966xPhy *phy)
{
    if (!phy_negotiated(phy)) {
        return 0;
    }
    return PHY_STAT1000_PEER | (phy->reg[MII_CTRL1000] & PHY_MODES_1000
                                ? PHY_STAT1000_OK : 0);
}

/* Whether there is a mode that both ends agree on */
static bool phy_agrees(Lan966xPhy *phy)
{
    return !(phy->reg[MII_BMCR] & MII_BMCR_AUTOEN) ||
           phy->reg[MII_ANAR] & PHY_MODES ||
           phy->reg[MII_CTRL1000] & PHY_MODES_1000;
}

static void phy_negotiate(Lan966xPhy *phy)
{
    timer_mod(phy->negotiated, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                               PHY_NEGOTIATION_NS);
}

static uint16_t phy_bmsr(Lan966xPhy *phy)
{
    uint16_t val = PHY_BMSR_FIXED;

    if (phy_negotiated(phy)) {
        val |= MII_BMSR_AN_COMP;
    }
    if (phy->up && !phy->dropped) {
        val |= MII_BMSR_LINK_ST;
    }
    phy->dropped = false;
    return val;
}

static uint16_t *phy_ext(Lan966xPhy *phy)
{
    unsigned page = phy->reg[PHY_EXT_PAGE] & (PHY_EXT_PAGES - 1);

    if (phy->ext_addr >= PHY_EXT_REGS) {
        return NULL;
    }
    return &phy->ext[page * PHY_EXT_REGS + phy->ext_addr];
}

static uint16_t phy_ext_read(Lan966xPhy *phy)
{
    unsigned fn = PHY_EXT_FN(phy->reg[PHY_EXT_PAGE]);
    uint16_t *ext = phy_ext(phy);
    uint16_t val = ext ? *ext : 0;

    if (fn == EXT_FN_ADDRESS) {
        return phy->ext_addr;
    }
    if (fn == EXT_FN_DATA_INC) {
        phy->ext_addr++;
    }
    return val;
}

static void phy_ext_write(Lan966xPhy *phy, uint16_t val)
{
    unsigned fn = PHY_EXT_FN(phy->reg[PHY_EXT_PAGE]);
    uint16_t *ext = phy_ext(phy);

    if (fn == EXT_FN_ADDRESS) {
        phy->ext_addr = val;
        return;
    }
    if (ext) {
        *ext = val;
    }
    if (fn != EXT_FN_DATA) {
        phy->ext_addr++;
    }
}

uint16_t lan966x_phy_read(Lan966xPhy *phy, unsigned reg)
{
    uint16_t val = phy->reg[reg];

    switch (reg) {
    case MII_BMSR:
        return phy_bmsr(phy);
    case MII_PHYID1:
        return PHY_ID1;
    case MII_PHYID2:
        return PHY_ID2;
    case MII_ANLPAR:
        return phy_negotiated(phy) ? PHY_ANLPAR_UP : 0;
    case MII_ANER:
        return phy_negotiated(phy) ? PHY_ANER_UP : 0;
    case MII_STAT1000:
        return phy_stat1000(phy);
    case MII_MDDAADR:
        return 0;
    case MII_EXTSTAT:
        return PHY_ESTATUS;
    case PHY_EXT_DATA:
        return phy_ext_read(phy);
    case PHY_INTS:
        phy->reg[PHY_INTS] = 0;
        lan966x_phy_update(phy);
        return val;
    default:
        return val;
    }
}

static void phy_write_bmcr(Lan966xPhy *phy, uint16_t val)
{
    bool was_auto = phy->reg[MII_BMCR] & MII_BMCR_AUTOEN;

    if (val & MII_BMCR_RESET) {
        lan966x_phy_reset(phy);
    } else {
        phy->reg[MII_BMCR] = val & ~MII_BMCR_ANRESTART;
        if (val & MII_BMCR_AUTOEN && (val & MII_BMCR_ANRESTART || !was_auto)) {
            phy_negotiate(phy);
        }
    }
    lan966x_phy_update(phy);
}

void lan966x_phy_write(Lan966xPhy *phy, unsigned reg, uint16_t val)
{
    switch (reg) {
    case MII_BMCR:
        phy_write_bmcr(phy, val);
        break;
    case MII_BMSR:
    case MII_PHYID1:
    case MII_PHYID2:
    case MII_ANLPAR:
    case MII_ANER:
    case MII_STAT1000:
    case MII_MDDAADR:
    case MII_EXTSTAT:
    case PHY_INTS:
        break;
    case PHY_EXT_DATA:
        phy_ext_write(phy, val);
        break;
    case PHY_INTC:
        phy->reg[reg] = val;
        lan966x_phy_update(phy);
        break;
    default:
        phy->reg[reg] = val;
    }
}

void lan966x_phy_reset(Lan966xPhy *phy)
{
    memset(phy->reg, 0, sizeof(phy->reg));
    memset(phy->ext, 0, sizeof(phy->ext));
    phy->ext_addr = 0;
    phy->up = false;
    phy->dropped = false;
    timer_del(phy->negotiated);
    phy->reg[MII_BMCR] = MII_BMCR_AUTOEN | MII_BMCR_FD | MII_BMCR_SPEED1000;
    phy->reg[MII_ANAR] = MII_ANAR_TXFD | MII_ANAR_TX | MII_ANAR_10FD |
                         MII_ANAR_10 | MII_ANAR_CSMACD;
    phy->reg[MII_CTRL1000] = MII_CTRL1000_FULL | MII_CTRL1000_HALF;
}

void lan966x_phy_update(Lan966xPhy *phy)
{
    bool up = phy->link && !phy->held && phy_agrees(phy) &&
              !timer_pending(phy->negotiated) &&
              !(phy->reg[MII_BMCR] & MII_BMCR_PDOWN);

    if (up != phy->up) {
        trace_lan966x_phy_link(phy->port, up);
        phy->up = up;
        phy->dropped |= !up;
        phy->reg[PHY_INTS] |= up ? PHY_INT_LINK_UP : PHY_INT_LINK_DOWN;
    }
    qemu_set_irq(phy->irq, !phy->held &&
                 phy->reg[PHY_INTS] & phy->reg[PHY_INTC]);
}

static void phy_link_comes(void *opaque)
{
    lan966x_phy_update(opaque);
}

void lan966x_phy_init(Lan966xPhy *phy, unsigned port)
{
    phy->port = port;
    phy->link = true;
    phy->negotiated = timer_new_ns(QEMU_CLOCK_VIRTUAL, phy_link_comes, phy);
}

void lan966x_phy_finalize(Lan966xPhy *phy)
{
    timer_free(phy->negotiated);
}

const VMStateDescription vmstate_lan966x_phy = {
    .name = "lan966x-phy",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16_ARRAY(reg, Lan966xPhy, PHY_REGS),
        VMSTATE_UINT16_ARRAY(ext, Lan966xPhy, PHY_EXT_PAGES * PHY_EXT_REGS),
        VMSTATE_UINT16(ext_addr, Lan966xPhy),
        VMSTATE_BOOL(link, Lan966xPhy),
        VMSTATE_BOOL(held, Lan966xPhy),
        VMSTATE_BOOL(up, Lan966xPhy),
        VMSTATE_BOOL(dropped, Lan966xPhy),
        VMSTATE_TIMER_PTR(negotiated, Lan966xPhy),
        VMSTATE_END_OF_LIST()
    }
};
