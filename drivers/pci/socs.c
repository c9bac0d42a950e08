// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SoCs that are known. A new one is an overlay in dts/ and an entry here;
 * a board with a known SoC needs neither: its firmware file replaces the
 * embedded overlay.
 */
#include <linux/module.h>

#include "pci.h"

static const struct dtslot_singleton lan966x_singletons[] = {
	/* Fixed names of clocks; drivers/clk/lan966x-gck.c has the details. */
	{ "microchip,lan966x-gck", "dtslot,lan966x-gck" },
	/* A fixed name in /sys/bus/nvmem; there is no stand-in for the driver. */
	{ "microchip,lan9662-otpc", "dtslot,lan9662-otpc" },
	{ }
};

/*
 * The switch's FDMA is the one bus master with a driver. The iATU is at 0xe0700000,
 * and 0x10000000 to 0x1fffffff is the PCIe controller's: from Microchip's series
 * "FDMA PCI support" for the lan966x driver, not in mainline yet.
 */
static const struct dtslot_pci_iatu lan966x_iatu = {
	.bar = 1,
	.registers = 0x700000,
	.regions = 6,
	.base = 0x10000000,
	.size = 0x10000000,
};

static const struct dtslot_pci_otp lan966x_otp = {
	.bar = 1,
	.registers = 0x21000,
};

/*
 * Microchip LAN966x as a PCIe endpoint, its CPUs off. BAR 0 is 0xe2000000 (switch
 * core), BAR 1 is 0xe0000000 (CPU subsystem). Its outbound interrupt controller
 * (CPU:INTR at 0xe00c0120) drives destination 0 towards PCI: DST_INTR_IDENT(0)
 * of the three words of sources is at +0xe4, +0x108, +0x12c, as in mainline
 * irq-lan966x-oic.c.
 */
static const struct dtslot_pci_soc lan966x = {
	.name = "lan966x",
	.overlay = dtslot_dtbo_lan966x_begin,
	.overlay_end = dtslot_dtbo_lan966x_end,
	.singletons = lan966x_singletons,
	.bars = BIT(0) | BIT(1),
	.pending_bar = 1,
	.pending = { 0xc0120 + 0xe4, 0xc0120 + 0x108, 0xc0120 + 0x12c },
	.iatu = &lan966x_iatu,
	.mac = "microchip,lan966x-switch",
	.otp = &lan966x_otp,
};

/*
 * No function has the last id. It is there as "new_id" only takes driver data that an
 * entry has, and functions that it names are to have none.
 */
const struct pci_device_id dtslot_pci_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_EFAR, 0x9660), .driver_data = (kernel_ulong_t)&lan966x },
	{ PCI_DEVICE_SUB(0xffff, 0xffff, 0xffff, 0xffff) },
	{ }
};
MODULE_DEVICE_TABLE(pci, dtslot_pci_ids);
