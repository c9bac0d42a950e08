/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cores of the FPGA card: models that QEMU has, behind one BAR. */

#ifndef FPGA_CORES_H
#define FPGA_CORES_H

#include "../compat.h"
#include "hw/sysbus.h"

#define TYPE_FPGA_BUS "fpga-bus"

/* Line n of the cores is vector n of the card */
enum {
    FPGA_UART,
    FPGA_TIMER,
    FPGA_SPI,
    FPGA_ETHERNET,
    FPGA_CORES
};

/* Where they are in the BAR; dts/fpga-card.dtso has the same */
#define FPGA_CORE_SPACE    0x10000
#define FPGA_CORE_BASE(n)  ((n) * FPGA_CORE_SPACE)

typedef struct FpgaCores {
    BusState *bus;
    DeviceState *core[FPGA_CORES];
    MemoryRegion *regs[FPGA_CORES];     /* as the models have them */
    MemoryRegion guard[FPGA_CORES];     /* over those of SPI and timer */
    MemoryRegion *bar;
} FpgaCores;

/*
 * Make the cores and put their registers into a BAR. @irq are FPGA_CORES lines,
 * @cs the line of the flash's chip select, @name the prefix of buses. @chardev
 * and @netdev are backends, NULL for none.
 */
bool fpga_cores_realize(FpgaCores *s, DeviceState *card, const char *name,
                        MemoryRegion *bar, qemu_irq *irq, qemu_irq cs,
                        const char *chardev, const char *netdev,
                        Error **errp);

/* Nothing of the cores acts any more when this returns */
void fpga_cores_unrealize(FpgaCores *s);

/* After a reset of the card */
void fpga_cores_reset(FpgaCores *s);

/* Level of the chip select of SPI: to the flash that is there now */
void fpga_cores_select(FpgaCores *s, bool level);

#endif /* FPGA_CORES_H */
