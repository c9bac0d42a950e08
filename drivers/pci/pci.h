/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the PCI finder: shared by the files of pci/, seen by nobody else. */
#ifndef DTSLOT_PCI_H
#define DTSLOT_PCI_H

#include <linux/pci.h>

#include "../dtslot.h"

struct device_node;
struct dtslot_pci_dma;
struct dtslot_pci_irq;
struct dtslot_pci_nodes;

/**
 * struct dtslot_pci_windows - where a SoC's bus masters reach the host
 * @master: a device masters the bus if its node names this interrupt
 * @bar: BAR with the registers
 * @registers: their offset in it: an unrolled iATU of DesignWare's
 * @regions: how many outbound windows it has
 * @base: the first SoC address that can be in a window
 * @size: how many there are
 */
struct dtslot_pci_windows {
	const char *master;
	unsigned int bar;
	u32 registers;
	unsigned int regions;
	u32 base;
	u32 size;
};

/**
 * struct dtslot_pci_soc - what must be known of a SoC that its overlay cannot say
 * @name: name of the SoC, for people
 * @overlay: embedded overlay
 * @overlay_end: just behind it
 * @singletons: see struct dtslot_source
 * @bars: mask of the BARs that the overlay's ranges use
 * @pending_bar: BAR with the registers of @pending
 * @pending: offsets of the registers that are non-zero as long as the SoC's
 *	interrupt controller asserts its output towards PCI, ended by 0. Without
 *	any, MSI is not used: a message is sent when the output rises, so that
 *	what rises while it is high is seen by reading these registers only
 * @windows: how its bus masters reach the host; NULL if they do not
 * @mac: compatible of the nodes that want "mac-address", NULL if none do
 */
struct dtslot_pci_soc {
	const char *name;
	const u8 *overlay;
	const u8 *overlay_end;
	const struct dtslot_singleton *singletons;
	unsigned int bars;
	unsigned int pending_bar;
	u32 pending[4];
	const struct dtslot_pci_windows *windows;
	const char *mac;
};

/* main.c */
struct dtslot_pci_dma *dtslot_pci_card_dma(struct pci_dev *pdev);

/* socs.c */
extern const struct pci_device_id dtslot_pci_ids[];

/* nodes.c */
struct dtslot_pci_nodes *dtslot_pci_nodes_get(struct pci_dev *pdev, struct device_node **function,
					      struct dtslot_text *text);
void dtslot_pci_nodes_put(struct dtslot_pci_nodes *nodes);

/* irq.c */
struct dtslot_pci_irq *dtslot_pci_irq_create(struct pci_dev *pdev, struct device_node *function,
					     const struct dtslot_pci_soc *soc, const char *name,
					     struct dtslot_text *text);
void dtslot_pci_irq_destroy(struct dtslot_pci_irq *irq);

/* dma.c */
struct dtslot_pci_dma *dtslot_pci_dma_create(struct pci_dev *pdev,
					     const struct dtslot_pci_soc *soc,
					     struct dtslot_text *text);
int dtslot_pci_dma_open(struct dtslot_pci_dma *dma, struct device_node *function,
			struct dtslot_text *text);
void dtslot_pci_dma_destroy(struct dtslot_pci_dma *dma);

/* mac.c */
int dtslot_pci_mac_add(struct pci_dev *pdev, struct device_node *function, const char *compatible,
		       struct dtslot_text *text);

#endif
