/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SoC behind the PCI function: its bus, its address space, its blocks.
 *
 * To add a block: a file of its own with a subtype of TYPE_LAN966X_BLOCK, its
 * type name below, and one line in the table in soc.c.
 */

#ifndef LAN966X_SOC_H
#define LAN966X_SOC_H

#include "soc/block.h"
#include "switch/switch.h"

#define TYPE_LAN966X_OIC "lan966x-oic"
#define TYPE_LAN966X_CPU "lan966x-cpu"
#define TYPE_LAN966X_GCK "lan966x-gck"
#define TYPE_LAN966X_GCB "lan966x-gcb"
#define TYPE_LAN966X_GPIO "lan966x-gpio"
#define TYPE_LAN966X_MIIM "lan966x-miim"
#define TYPE_LAN966X_SERDES "lan966x-serdes"
#define TYPE_LAN966X_FLEXCOM "lan966x-flexcom"
#define TYPE_LAN966X_SGPIO "lan966x-sgpio"
#define TYPE_LAN966X_HWMON "lan966x-hwmon"
#define TYPE_LAN966X_OTP "lan966x-otp"
#define TYPE_LAN966X_AFI "lan966x-afi"
#define TYPE_LAN966X_ANA "lan966x-ana"
#define TYPE_LAN966X_FDMA "lan966x-fdma"
#define TYPE_LAN966X_IATU "lan966x-iatu"
#define TYPE_LAN966X_PORT "lan966x-port"
#define TYPE_LAN966X_PTP "lan966x-ptp"
#define TYPE_LAN966X_QS "lan966x-qs"
#define TYPE_LAN966X_QSYS "lan966x-qsys"
#define TYPE_LAN966X_REW "lan966x-rew"
#define TYPE_LAN966X_SYS "lan966x-sys"
#define TYPE_LAN966X_VCAP "lan966x-vcap"

/* What a soft reset reaches */
typedef enum Lan966xDomain {
    DOMAIN_CPU,                 /* only a reset of the chip */
    DOMAIN_SWC,                 /* a reset of the switch core too */
} Lan966xDomain;

#define LAN966X_MAX_BLOCKS 64
#define LAN966X_MAX_LINES 2

typedef struct Lan966xSoc {
    DeviceState *card;
    DeviceState *cages;         /* of the board around it */
    MemoryRegion space;         /* all SoC addresses; holes are logged */
    MemoryRegion sram;
    BusState bus;
    Lan966xBlock *block[LAN966X_MAX_BLOCKS];
    Lan966xStats stats;
    Lan966xSwitch sw;
} Lan966xSoc;

/* Create the blocks as children of card; for its instance_init */
void lan966x_soc_init(Lan966xSoc *soc, DeviceState *card);

/*
 * Realize, map and wire the blocks. name is the prefix of the buses and of
 * messages. irq is the OIC's level to the host, event is pulsed whenever a
 * message has to be sent (oic.c says when).
 */
bool lan966x_soc_realize(Lan966xSoc *soc, const char *name, qemu_irq irq,
                         qemu_irq event, Error **errp);
void lan966x_soc_unrealize(Lan966xSoc *soc);

/* The block with this name of the table in soc.c */
Lan966xBlock *lan966x_soc_block(Lan966xSoc *soc, const char *name);

#endif /* LAN966X_SOC_H */
