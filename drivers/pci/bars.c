// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs of a function, and what an overlay may reach through them: each register
 * that it describes must be in memory of the function's own.
 */
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/string_helpers.h>

#include "pci.h"

static bool is_placed(struct pci_dev *pdev, int bar)
{
	const struct resource *res = pci_resource_n(pdev, bar);

	/* The kernel wipes what it could not place: no parent. */
	return resource_size(res) && res->parent;
}

/**
 * dtslot_pci_bar_has_memory() - whether a BAR leads to memory that drivers can map
 * @pdev: the function
 * @bar: number of the BAR
 *
 * Return: true if so.
 */
bool dtslot_pci_bar_has_memory(struct pci_dev *pdev, int bar)
{
	return (pci_resource_flags(pdev, bar) & IORESOURCE_MEM) && is_placed(pdev, bar);
}

/**
 * dtslot_pci_bars_check() - check that a function has the BARs that are needed
 * @pdev: the function
 * @needed: mask of the BARs
 * @text: receives the message on failure
 *
 * Return: 0 or a negative error.
 */
int dtslot_pci_bars_check(struct pci_dev *pdev, unsigned int needed, struct dtslot_text *text)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if ((needed & BIT(bar)) && !is_placed(pdev, bar))
			return dtslot_fail(text, -ENOSPC,
					   "BAR %d has no address: the bridge above has no room for it; boot with pci=realloc,hpmemsize=128M, or have the firmware reserve more for the slot",
					   bar);
	return 0;
}

/* What each BAR is, for a message: "BAR 0: 16 KiB, BAR 4: I/O ports, which ...". */
static void describe(struct pci_dev *pdev, char *s, size_t size)
{
	char bytes[16];
	size_t n = 0;
	int bar;

	strscpy(s, "it has no BAR", size);
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		unsigned long flags = pci_resource_flags(pdev, bar);

		if (!(flags & (IORESOURCE_MEM | IORESOURCE_IO)))
			continue;
		string_get_size(pci_resource_len(pdev, bar), 1, STRING_UNITS_2, bytes,
				sizeof(bytes));
		n += scnprintf(s + n, size - n, "%sBAR %d: %s", n ? ", " : "", bar,
			       flags & IORESOURCE_IO ? "I/O ports, which no overlay can use" :
			       is_placed(pdev, bar) ? bytes : "without an address");
	}
}

static bool in_bar(struct pci_dev *pdev, const struct resource *reg)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (dtslot_pci_bar_has_memory(pdev, bar) &&
		    reg->start >= pci_resource_start(pdev, bar) &&
		    reg->end <= pci_resource_end(pdev, bar) && reg->start <= reg->end)
			return true;
	return false;
}

/* Whether a node has registers: all that is above it up to the function are plain buses. */
static bool has_registers(const struct device_node *np, const struct device_node *function)
{
	if (!of_property_present(np, "compatible") || !of_device_is_available(np))
		return false;
	for (np = np->parent; np && np != function; np = np->parent)
		if (!of_device_is_compatible(np, "simple-bus"))
			return false;
	return np;
}

static int check_node(struct pci_dev *pdev, struct device_node *np, struct dtslot_text *text)
{
	struct resource reg;
	char bars[160];
	int i;

	for (i = 0; of_get_address(np, i, NULL, NULL); i++) {
		if (!of_address_to_resource(np, i, &reg) && in_bar(pdev, &reg))
			continue;
		describe(pdev, bars, sizeof(bars));
		return dtslot_fail(text, -EINVAL,
				   "%pOF: 'reg', entry %d, is not within a BAR that has memory (%s); the 'ranges' above it begin with the number of the BAR, then two cells of offset",
				   np, i, bars);
	}
	return 0;
}

/**
 * dtslot_pci_regs_check() - check that registers of an overlay's devices are in BARs
 * @pdev: the function, enabled
 * @function: its node, those of the overlay below it
 * @text: receives the message on failure
 *
 * Return: 0 or a negative error.
 */
int dtslot_pci_regs_check(struct pci_dev *pdev, struct device_node *function,
			  struct dtslot_text *text)
{
	struct device_node *np = NULL;
	int ret;

	while ((np = dtslot_pci_next_node(function, np))) {
		if (!of_property_present(np, "reg") || !has_registers(np, function))
			continue;
		ret = check_node(pdev, np, text);
		if (ret) {
			of_node_put(np);
			return ret;
		}
	}
	return 0;
}
