// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of a function that has gone while drivers still use them: they are held, so
 * that no other function gets them. Whatever those drivers then read is all ones, and
 * what they write is lost.
 */
#include <linux/ioport.h>
#include <linux/slab.h>

#include "../compat.h"
#include "pci.h"

/**
 * struct dtslot_pci_hold - the addresses that a function had
 * @bars: what takes the place of its BARs; without a parent if there is none
 */
struct dtslot_pci_hold {
	struct resource bars[PCI_STD_NUM_BARS];
};

/*
 * Put @held where @res is; what is within @res, as regions that drivers have requested, is
 * within @held then. The PCI core does not release what has no parent.
 */
static int take_place(struct resource *held, struct resource *res)
{
	int ret;

	*held = (struct resource){
		.name = "dtslot: drivers still let go",
		.start = res->start,
		.end = res->end,
		.flags = res->flags,
	};
	ret = insert_resource(res->parent, held);
	return ret ?: remove_resource(res);
}

/**
 * dtslot_pci_hold_create() - hold the addresses of a function that is removed
 * @pdev: the function; its BARs have no addresses any more on return
 *
 * Context: holds PCI's lock against rescans.
 * Return: what to give to dtslot_pci_hold_destroy(), or NULL: no memory.
 */
struct dtslot_pci_hold *dtslot_pci_hold_create(struct pci_dev *pdev)
{
	struct dtslot_pci_hold *hold;
	int bar;

	hold = kzalloc_obj(*hold);
	if (!hold)
		return NULL;
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		struct resource *res = &pdev->resource[bar];

		if (res->parent && take_place(&hold->bars[bar], res))
			pci_err(pdev, "cannot hold BAR %d\n", bar);
	}
	return hold;
}

/**
 * dtslot_pci_hold_lift() - hold addresses whose bridge is removed, too
 * @hold: the addresses
 * @bridge: the bridge; its windows have no addresses any more on return, if any of
 *	them is among those of @bridge
 *
 * Context: holds PCI's lock against rescans.
 */
void dtslot_pci_hold_lift(struct dtslot_pci_hold *hold, struct pci_dev *bridge)
{
	int bar, i;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		for (i = PCI_BRIDGE_RESOURCES; i <= PCI_BRIDGE_RESOURCE_END; i++)
			if (hold->bars[bar].parent &&
			    hold->bars[bar].parent == &bridge->resource[i] &&
			    bridge->resource[i].parent)
				remove_resource(&bridge->resource[i]);
}

/**
 * dtslot_pci_hold_destroy() - let the addresses go
 * @hold: the addresses, may be NULL; no driver uses them any more
 */
void dtslot_pci_hold_destroy(struct dtslot_pci_hold *hold)
{
	int bar;

	if (!hold)
		return;
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (hold->bars[bar].parent)
			release_resource(&hold->bars[bar]);
	kfree(hold);
}
