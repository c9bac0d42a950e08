// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA of the devices behind a function's BARs: what they put out reaches the host as
 * the function's own. So they get the function's IOMMU domain, offset and coherence,
 * by DMA operations that hand each request on to the function.
 *
 * A host without any of these needs nothing. A SoC whose addresses are not the host's
 * has windows: the devices that its overlay calls bus masters get those (windows.c).
 */
#include <linux/dma-map-ops.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "../compat.h"
#include "pci.h"

/* A device whose node has this puts out addresses of the SoC, and is to reach the host. */
#define BUS_MASTER	"dtslot,bus-master"

static bool raw_dma;
module_param(raw_dma, bool, 0444);
MODULE_PARM_DESC(raw_dma, "lab: DMA addresses are not translated, for a model of a card that takes the host's");

/**
 * struct dtslot_pci_dma - DMA of a card's devices
 * @ops: DMA operations by which requests of the devices are handed on to the function
 * @pdev: the function
 * @nb: tells of new devices
 * @windows: the SoC's windows; NULL if it has none
 * @open: they are open: there is a bus master to use them
 * @as_function: devices get @ops
 */
struct dtslot_pci_dma {
	const struct dma_map_ops ops;
	struct pci_dev *pdev;
	struct notifier_block nb;
	struct dtslot_pci_windows *windows;
	bool open;
	bool as_function;
};

/* --- requests are handed on to the function --- */

/* Each card's devices have operations of their own, to find it by. */
static struct device *function_of(struct device *dev)
{
	return &container_of(get_dma_ops(dev), struct dtslot_pci_dma, ops)->pdev->dev;
}

static void *function_alloc(struct device *dev, size_t size, dma_addr_t *addr, gfp_t gfp,
			    unsigned long attrs)
{
	return dma_alloc_attrs(function_of(dev), size, addr, gfp, attrs);
}

static void function_free(struct device *dev, size_t size, void *cpu, dma_addr_t addr,
			  unsigned long attrs)
{
	dma_free_attrs(function_of(dev), size, cpu, addr, attrs);
}

static struct page *function_alloc_pages(struct device *dev, size_t size, dma_addr_t *addr,
					 enum dma_data_direction dir, gfp_t gfp)
{
	return dma_alloc_pages(function_of(dev), size, addr, dir, gfp);
}

static void function_free_pages(struct device *dev, size_t size, struct page *page,
				dma_addr_t addr, enum dma_data_direction dir)
{
	dma_free_pages(function_of(dev), size, page, addr, dir);
}

static int function_mmap(struct device *dev, struct vm_area_struct *vma, void *cpu,
			 dma_addr_t addr, size_t size, unsigned long attrs)
{
	return dma_mmap_attrs(function_of(dev), vma, cpu, addr, size, attrs);
}

static int function_get_sgtable(struct device *dev, struct sg_table *sgt, void *cpu,
				dma_addr_t addr, size_t size, unsigned long attrs)
{
	return dma_get_sgtable_attrs(function_of(dev), sgt, cpu, addr, size, attrs);
}

static dma_addr_t function_map(struct device *dev, phys_addr_t phys, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	return compat_dma_map_phys(function_of(dev), phys, size, dir, attrs);
}

COMPAT_DMA_MAP(function_map)

static void function_unmap(struct device *dev, dma_addr_t addr, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	compat_dma_unmap_phys(function_of(dev), addr, size, dir, attrs);
}

static int function_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
			   enum dma_data_direction dir, unsigned long attrs)
{
	return dma_map_sg_attrs(function_of(dev), sgl, nents, dir, attrs) ?: -EIO;
}

static void function_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
			      enum dma_data_direction dir, unsigned long attrs)
{
	dma_unmap_sg_attrs(function_of(dev), sgl, nents, dir, attrs);
}

static void function_sync_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
				  enum dma_data_direction dir)
{
	dma_sync_single_for_cpu(function_of(dev), addr, size, dir);
}

static void function_sync_for_device(struct device *dev, dma_addr_t addr, size_t size,
				     enum dma_data_direction dir)
{
	dma_sync_single_for_device(function_of(dev), addr, size, dir);
}

static void function_sync_sg_for_cpu(struct device *dev, struct scatterlist *sgl, int nents,
				     enum dma_data_direction dir)
{
	dma_sync_sg_for_cpu(function_of(dev), sgl, nents, dir);
}

static void function_sync_sg_for_device(struct device *dev, struct scatterlist *sgl, int nents,
					enum dma_data_direction dir)
{
	dma_sync_sg_for_device(function_of(dev), sgl, nents, dir);
}

/* The function's mask is what each of its devices can do, 32 bits to begin with. */
static int function_supported(struct device *dev, u64 mask)
{
	struct device *function = function_of(dev);

	if (mask >= dma_get_mask(function))
		return true;
	return !dma_set_mask_and_coherent(function, mask);
}

static u64 function_get_required_mask(struct device *dev)
{
	return dma_get_required_mask(function_of(dev));
}

static size_t function_max_mapping_size(struct device *dev)
{
	return dma_max_mapping_size(function_of(dev));
}

static unsigned long function_get_merge_boundary(struct device *dev)
{
	return dma_get_merge_boundary(function_of(dev));
}

/* What each card's DMA begins as. */
static const struct dtslot_pci_dma closed = {
	.ops = {
		.alloc = function_alloc,
		.free = function_free,
		.alloc_pages_op = function_alloc_pages,
		.free_pages = function_free_pages,
		.mmap = function_mmap,
		.get_sgtable = function_get_sgtable,
		COMPAT_DMA_MAP_OPS(function_map, function_unmap),
		.map_sg = function_map_sg,
		.unmap_sg = function_unmap_sg,
		.sync_single_for_cpu = function_sync_for_cpu,
		.sync_single_for_device = function_sync_for_device,
		.sync_sg_for_cpu = function_sync_sg_for_cpu,
		.sync_sg_for_device = function_sync_sg_for_device,
		.dma_supported = function_supported,
		.get_required_mask = function_get_required_mask,
		.max_mapping_size = function_max_mapping_size,
		.get_merge_boundary = function_get_merge_boundary,
	},
};

/* --- who gets which operations --- */

/**
 * dtslot_pci_dma_needs_function() - whether DMA of a function's devices is its own
 * @pdev: the function
 *
 * Return: true if addresses of the function's are others than those of any device of
 * this host.
 */
bool dtslot_pci_dma_needs_function(struct pci_dev *pdev)
{
	return device_iommu_mapped(&pdev->dev) || pdev->dev.dma_range_map ||
	       pdev->dev.bus_dma_limit || !dev_is_dma_coherent(&pdev->dev);
}

/* A node below @top that describes a bus master; reference held. */
static struct device_node *find_master(struct device_node *top)
{
	struct device_node *np = NULL;

	while ((np = dtslot_pci_next_node(top, np)))
		if (of_property_present(np, BUS_MASTER) && of_device_is_available(np))
			return np;
	return NULL;
}

static const struct dma_map_ops *ops_for(const struct dtslot_pci_dma *dma,
					 const struct device *dev)
{
	if (dma->open && of_property_present(dev->of_node, BUS_MASTER))
		return dtslot_pci_windows_ops(dma->windows);
	return dma->as_function ? &dma->ops : NULL;
}

static int device_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct dtslot_pci_dma *dma = container_of(nb, struct dtslot_pci_dma, nb);
	struct device *dev = data, *parent;
	const struct dma_map_ops *ops;

	if (action != BUS_NOTIFY_ADD_DEVICE && action != BUS_NOTIFY_REMOVED_DEVICE)
		return NOTIFY_DONE;
	for (parent = dev->parent; parent && parent != &dma->pdev->dev; parent = parent->parent)
		;
	ops = parent ? ops_for(dma, dev) : NULL;
	if (!ops)
		return NOTIFY_DONE;
	set_dma_ops(dev, action == BUS_NOTIFY_ADD_DEVICE ? ops : NULL);
	return NOTIFY_OK;
}

/**
 * dtslot_pci_dma_create() - let the devices of a card reach the host's memory
 * @pdev: the function, enabled, no bus master yet
 * @soc: what is known of the SoC; NULL for none
 * @text: receives the message on failure
 *
 * Return: what to give to dtslot_pci_dma_destroy(), or an ERR_PTR.
 */
struct dtslot_pci_dma *dtslot_pci_dma_create(struct pci_dev *pdev,
					     const struct dtslot_pci_soc *soc,
					     struct dtslot_text *text)
{
	struct dtslot_pci_dma *dma;

	dma = kmemdup(&closed, sizeof(closed), GFP_KERNEL);
	if (!dma)
		goto err;
	dma->pdev = pdev;
	if (soc && soc->iatu) {
		dma->windows = dtslot_pci_windows_create(pdev, soc->iatu);
		if (!dma->windows)
			goto err_free;
	}
	dma->as_function = dtslot_pci_dma_needs_function(pdev);
	if (dma->as_function && !IS_ENABLED(CONFIG_ARCH_HAS_DMA_OPS)) {
		pci_warn(pdev, "devices behind it cannot use DMA: its addresses go through an IOMMU or an offset, and the kernel lacks ARCH_HAS_DMA_OPS\n");
		dma->as_function = false;
	}
	dma->nb.notifier_call = device_event;
	bus_register_notifier(&platform_bus_type, &dma->nb);
	return dma;

err_free:
	kfree(dma);
err:
	dtslot_fail(text, -ENOMEM, "no memory for DMA");
	return ERR_PTR(-ENOMEM);
}

/**
 * dtslot_pci_dma_open() - open the windows, if there is a bus master to use them
 * @dma: what dtslot_pci_dma_create() returned
 * @function: node of the function, those of the SoC's devices below it
 * @text: receives the message on failure
 *
 * Return: 0 or a negative error: the addresses that the kernel would give to the
 * bus master's driver mean something else to the SoC.
 */
int dtslot_pci_dma_open(struct dtslot_pci_dma *dma, struct device_node *function,
			struct dtslot_text *text)
{
	struct device_node *master;
	int ret;

	if (!dma->windows || raw_dma)
		return 0;
	master = find_master(function);
	if (!master)
		return 0;
	if (IS_ENABLED(CONFIG_ARCH_HAS_DMA_OPS))
		ret = dtslot_pci_windows_open(dma->windows, text);
	else
		ret = dtslot_fail(text, -EOPNOTSUPP,
				  "%pOFn uses DMA (dtslot,bus-master): to translate its addresses the kernel needs ARCH_HAS_DMA_OPS, which GART_IOMMU or XEN select on x86",
				  master);
	of_node_put(master);
	dma->open = !ret;
	return ret;
}

/**
 * dtslot_pci_dma_destroy() - undo dtslot_pci_dma_create()
 * @dma: what that returned; the devices of the card are gone
 */
void dtslot_pci_dma_destroy(struct dtslot_pci_dma *dma)
{
	bus_unregister_notifier(&platform_bus_type, &dma->nb);
	dtslot_pci_windows_destroy(dma->windows);
	kfree(dma);
}
