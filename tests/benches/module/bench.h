/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the bench's module share. */
#ifndef DTSLOT_BENCH_H
#define DTSLOT_BENCH_H

#include <linux/io.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/timex.h>

struct dentry;

/* The card's registers, by BAR: SoC address 0xe2000000 and 0xe0000000. */
#define BENCH_BAR_SWITCH	0
#define BENCH_BAR_CPU		1

/**
 * bench_stamp() - the time, as QEMU's -icount counts it
 *
 * Return: nanoseconds of virtual time, which are 2^shift for each instruction
 * that the guest has executed.
 */
static inline u64 bench_stamp(void)
{
	return get_cycles();
}

/**
 * bench_card() - the first card that there is
 *
 * Return: the function, with a reference, or NULL.
 */
static inline struct pci_dev *bench_card(void)
{
	return pci_get_device(PCI_VENDOR_ID_EFAR, 0x9660, NULL);
}

int bench_cost_init(struct dentry *dir);
void bench_cost_exit(void);
int bench_interrupts_init(struct dentry *dir);
void bench_interrupts_exit(void);
void bench_overlay_init(struct dentry *dir);
int bench_registers_init(struct dentry *dir);
void bench_registers_exit(void);

#endif
