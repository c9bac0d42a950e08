/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SoC behind the PCI function: its bus, its address space, its blocks.
 *
 * To add a block: a file of its own with a subtype of TYPE_LAN966X_BLOCK, its
 * type name in soc/types.h, one line in the table in soc.c, one in meson.build,
 * and its registers in soc/lan966x_regs.h or switch/switch_regs.h.
 */

#ifndef LAN966X_SOC_H
#define LAN966X_SOC_H

#include "soc/block.h"
#include "soc/types.h"
#include "switch/switch.h"

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
    Lan966xChip chip;
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

/* The machine runs, perhaps from a migration on */
void lan966x_soc_resume(Lan966xSoc *soc);

/* The block with this name of the table in soc.c */
Lan966xBlock *lan966x_soc_block(Lan966xSoc *soc, const char *name);

#endif /* LAN966X_SOC_H */
