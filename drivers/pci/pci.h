/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the PCI finder: shared by the files of pci/, seen by nobody else. */
#ifndef DTSLOT_PCI_H
#define DTSLOT_PCI_H

#include <linux/pci.h>

#include "../dtslot.h"

struct device_node;
struct dma_map_ops;
struct dtslot_pci_dma;
struct dtslot_pci_hold;
struct dtslot_pci_irq;
struct dtslot_pci_nodes;
struct dtslot_pci_removers;
struct dtslot_pci_windows;

/**
 * struct dtslot_pci_iatu - windows by which a SoC's bus masters reach the host
 * @bar: BAR with the registers
 * @registers: their offset in it: an unrolled iATU of DesignWare's
 * @regions: how many outbound windows it has
 * @base: the first SoC address that can be in a window
 * @size: how many there are
 */
struct dtslot_pci_iatu {
	unsigned int bar;
	u32 registers;
	unsigned int regions;
	u32 base;
	u32 size;
};

/**
 * struct dtslot_pci_otp - where a SoC has its OTP
 * @bar: BAR with the registers of the controller, one that lan9662-otpc drives
 * @registers: their offset in it
 */
struct dtslot_pci_otp {
	unsigned int bar;
	u32 registers;
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
 * @iatu: its windows to the host; NULL if its bus masters put out the function's addresses
 * @mac: compatible of the nodes that want "mac-address", NULL if none do
 * @otp: what may have the first such address; NULL if nothing does
 */
struct dtslot_pci_soc {
	const char *name;
	const u8 *overlay;
	const u8 *overlay_end;
	const struct dtslot_singleton *singletons;
	unsigned int bars;
	unsigned int pending_bar;
	u32 pending[4];
	const struct dtslot_pci_iatu *iatu;
	const char *mac;
	const struct dtslot_pci_otp *otp;
};

/* dts/overlays.S */
extern const u8 dtslot_dtbo_lan966x_begin[], dtslot_dtbo_lan966x_end[];

/* socs.c */
extern const struct pci_device_id dtslot_pci_ids[];

/* bars.c */
bool dtslot_pci_bar_has_memory(struct pci_dev *pdev, int bar);
int dtslot_pci_bars_check(struct pci_dev *pdev, unsigned int needed, struct dtslot_text *text);
bool dtslot_pci_bar_is_misplaced(struct pci_dev *pdev, int bar);
int dtslot_pci_bars_place(struct pci_dev *pdev, struct dtslot_text *text);
void dtslot_pci_bars_reach(struct pci_dev *pdev);
int dtslot_pci_regs_check(struct pci_dev *pdev, struct device_node *function,
			  struct dtslot_text *text);

/* carried.c */
int dtslot_pci_carried_read(struct pci_dev *pdev, struct dtslot_source *source,
			    struct dtslot_text *text);

/* hold.c */
struct dtslot_pci_hold *dtslot_pci_hold_create(struct pci_dev *pdev);
void dtslot_pci_hold_lift(struct dtslot_pci_hold *hold, struct pci_dev *bridge);
void dtslot_pci_hold_destroy(struct dtslot_pci_hold *hold);

/* removers.c */
struct dtslot_pci_removers *dtslot_pci_removers_create(struct pci_dev *pdev);
void dtslot_pci_removers_destroy(struct dtslot_pci_removers *removers);
int dtslot_pci_removers_start(void);
void dtslot_pci_removers_stop(void);

/* ready.c */
void dtslot_pci_enumerate_anew(struct pci_dev *pdev, const char *why);
void dtslot_pci_ready_watch(struct pci_dev *pdev);
int dtslot_pci_ready_start(void);
void dtslot_pci_ready_watch_all(void);
void dtslot_pci_ready_stop(void);
int dtslot_pci_ready_wait(struct pci_dev *pdev, struct dtslot_text *text);
bool dtslot_pci_ready_restore(struct pci_dev *pdev);

/* nodes.c */
struct dtslot_pci_nodes *dtslot_pci_nodes_get(struct pci_dev *pdev, struct device_node **function,
					      struct dtslot_text *text);
void dtslot_pci_nodes_put(struct dtslot_pci_nodes *nodes);
struct device_node *dtslot_pci_next_node(struct device_node *function, struct device_node *np);

/* irq.c */
struct dtslot_pci_irq *dtslot_pci_irq_create(struct pci_dev *pdev, struct device_node *function,
					     const struct dtslot_pci_soc *soc,
					     struct dtslot_text *text);
bool dtslot_pci_irq_has_vectors(const struct dtslot_pci_irq *card);
void dtslot_pci_irq_look(struct dtslot_pci_irq *card);
void dtslot_pci_irq_stop(struct dtslot_pci_irq *card);
void dtslot_pci_irq_destroy(struct dtslot_pci_irq *card);
void dtslot_pci_irq_forget(struct pci_dev *pdev);

/* dma.c */
bool dtslot_pci_dma_needs_function(struct pci_dev *pdev);
struct dtslot_pci_dma *dtslot_pci_dma_create(struct pci_dev *pdev,
					     const struct dtslot_pci_soc *soc,
					     struct dtslot_text *text);
bool dtslot_pci_dma_has_master(struct device_node *function);
int dtslot_pci_dma_open(struct dtslot_pci_dma *dma, struct device_node *function,
			struct dtslot_text *text);
void dtslot_pci_dma_destroy(struct dtslot_pci_dma *dma);

/* windows.c */
struct dtslot_pci_windows *dtslot_pci_windows_create(struct pci_dev *pdev,
						     const struct dtslot_pci_iatu *iatu);
const struct dma_map_ops *dtslot_pci_windows_ops(const struct dtslot_pci_windows *all);
bool dtslot_pci_windows_cover(struct dtslot_pci_windows *all, dma_addr_t *ahead);
int dtslot_pci_windows_open(struct dtslot_pci_windows *all, struct dtslot_text *text);
void dtslot_pci_windows_destroy(struct dtslot_pci_windows *all);

/* mac.c */
int dtslot_pci_mac_add(struct pci_dev *pdev, struct device_node *function,
		       const struct dtslot_pci_soc *soc, struct dtslot_text *text);

/* otp.c */
int dtslot_pci_otp_address(struct pci_dev *pdev, const struct dtslot_pci_otp *otp, u8 *address);

#endif
