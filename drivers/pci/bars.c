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

/* The address that a function's registers have for a BAR. */
static u64 read_bar(struct pci_dev *pdev, int bar)
{
	u32 low = 0, high = 0;

	pci_read_config_dword(pdev, PCI_BASE_ADDRESS_0 + 4 * bar, &low);
	if (pci_resource_flags(pdev, bar) & IORESOURCE_MEM_64)
		pci_read_config_dword(pdev, PCI_BASE_ADDRESS_0 + 4 * bar + 4, &high);
	return (u64)high << 32 | (low & PCI_BASE_ADDRESS_MEM_MASK);
}

static void write_bar(struct pci_dev *pdev, int bar, u64 address)
{
	pci_write_config_dword(pdev, PCI_BASE_ADDRESS_0 + 4 * bar, lower_32_bits(address));
	if (pci_resource_flags(pdev, bar) & IORESOURCE_MEM_64)
		pci_write_config_dword(pdev, PCI_BASE_ADDRESS_0 + 4 * bar + 4,
				       upper_32_bits(address));
}

/**
 * dtslot_pci_bar_is_misplaced() - whether a BAR is not where the kernel has placed it
 * @pdev: the function
 * @bar: number of the BAR
 *
 * Return: true if so; false for one that leads to no memory.
 */
bool dtslot_pci_bar_is_misplaced(struct pci_dev *pdev, int bar)
{
	return dtslot_pci_bar_has_memory(pdev, bar) &&
	       read_bar(pdev, bar) != pci_bus_address(pdev, bar);
}

/**
 * dtslot_pci_bars_place() - have a function's BARs where the kernel has placed them
 * @pdev: the function
 * @text: receives the message on failure
 *
 * Return: 0, how many were elsewhere, or a negative error: one does not go there.
 */
int dtslot_pci_bars_place(struct pci_dev *pdev, struct dtslot_text *text)
{
	int bar, moved = 0;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		u64 address = pci_bus_address(pdev, bar);

		if (!dtslot_pci_bar_is_misplaced(pdev, bar))
			continue;
		write_bar(pdev, bar, address);
		if (read_bar(pdev, bar) != address)
			return dtslot_fail(text, -EIO,
					   "BAR %d stays at %#llx, it is to be at %#llx: the card does not take its address; reset it, or plug it in again",
					   bar, read_bar(pdev, bar), address);
		moved++;
	}
	return moved;
}

/**
 * dtslot_pci_bars_reach() - have drivers reach the registers of a function that they leave
 * @pdev: the function, enabled
 *
 * The kernel looks at no BAR again: drivers of a function whose BARs were moved under them,
 * or closed, read all ones, and some of them poll these for minutes.
 */
void dtslot_pci_bars_reach(struct pci_dev *pdev)
{
	struct dtslot_text text;
	u16 command = U16_MAX;
	int moved;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	moved = dtslot_pci_bars_place(pdev, &text);
	if (moved < 0)
		pci_warn(pdev, "%s\n", text.s);
	if (moved > 0)
		pci_warn(pdev, "BARs were moved under their drivers, and are put back: %d\n",
			 moved);
	if (command & PCI_COMMAND_MEMORY)
		return;
	pci_warn(pdev, "BARs were closed under their drivers, and are opened: memory decoding was off\n");
	pci_write_config_word(pdev, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
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

/* Whether the registers of a node are memory for sure: all that is above it is plain buses. */
static bool is_on_bus(const struct device_node *np, const struct device_node *function)
{
	if (!of_property_present(np, "compatible"))
		return false;
	for (np = np->parent; np && np != function; np = np->parent)
		if (!of_device_is_compatible(np, "simple-bus"))
			return false;
	return np;
}

/*
 * What translates is memory, whatever is above the node and makes a device of it: the kernel
 * looks where registers begin, and not where they end.
 */
static int check_node(struct pci_dev *pdev, struct device_node *np, bool on_bus,
		      struct dtslot_text *text)
{
	struct resource reg;
	char bars[160];
	int i;

	for (i = 0; of_get_address(np, i, NULL, NULL); i++) {
		if (of_address_to_resource(np, i, &reg) ? !on_bus : in_bar(pdev, &reg))
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
		if (!of_property_present(np, "reg") || !of_device_is_available(np))
			continue;
		ret = check_node(pdev, np, is_on_bus(np, function), text);
		if (ret) {
			of_node_put(np);
			return ret;
		}
	}
	return 0;
}
