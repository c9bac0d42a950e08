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
#include <linux/iommu-dma.h>
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
 * struct handed_on - DMA operations that hand each request on to a function
 * @ops: the operations; the devices of each function have their own, to find it by
 * @function: the function's device
 * @ahead: how far addresses of the devices are ahead of the function's
 * @keeps: coherent memory stays until the slot is emptied
 * @lock: held while @pieces are looked at
 * @pieces: that memory
 */
struct handed_on {
	const struct dma_map_ops ops;
	struct device *function;
	dma_addr_t ahead;
	bool keeps;
	spinlock_t lock;	/* guards pieces */
	struct list_head pieces;
};

/**
 * struct piece - coherent memory that is kept
 * @list: entry in the list of all
 * @size: its bytes
 * @cpu: its address for the CPU
 * @addr: its address for the function
 * @used: a driver has it
 */
struct piece {
	struct list_head list;
	size_t size;
	void *cpu;
	dma_addr_t addr;
	bool used;
};

/**
 * struct dtslot_pci_dma - DMA of a card's devices
 * @pdev: the function
 * @nb: tells of new devices
 * @windows: the SoC's windows; NULL if it has none
 * @bus_master: for the devices that use windows; NULL before they are open
 * @covered: behind @bus_master, if one window shows all addresses of the function's
 * @as_function: for all other devices; NULL if they need nothing
 */
struct dtslot_pci_dma {
	struct pci_dev *pdev;
	struct notifier_block nb;
	struct dtslot_pci_windows *windows;
	const struct dma_map_ops *bus_master;
	struct handed_on *covered;
	struct handed_on *as_function;
};

/* --- requests are handed on to the function --- */

static struct handed_on *handed_on(struct device *dev)
{
	return container_of(get_dma_ops(dev), struct handed_on, ops);
}

static struct device *function_of(struct device *dev)
{
	return handed_on(dev)->function;
}

/* The function's address of one of a device's. */
static dma_addr_t of_function(struct device *dev, dma_addr_t addr)
{
	return addr - handed_on(dev)->ahead;
}

/* The device's address of one of the function's. */
static dma_addr_t of_device(struct device *dev, dma_addr_t addr)
{
	return addr == DMA_MAPPING_ERROR ? addr : addr + handed_on(dev)->ahead;
}

/* Make addresses of a list the device's, by @ahead, or the function's, by its negative. */
static void shift(struct scatterlist *sgl, int nents, dma_addr_t ahead)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		/* Fewer pieces may have been made of it. */
		if (!sg_dma_len(sg))
			return;
		sg_dma_address(sg) += ahead;
	}
}

/*
 * The driver of the LAN966x frees its rings before its network devices have gone: a frame
 * that is sent meanwhile is entered into them. An IOMMU's memory is not even mapped then.
 * So it stays, and is given out again for the same size.
 */
static struct piece *take_unused(struct handed_on *handed_on, size_t size)
{
	struct piece *piece;

	guard(spinlock_irqsave)(&handed_on->lock);
	list_for_each_entry(piece, &handed_on->pieces, list) {
		if (piece->used || piece->size != size)
			continue;
		piece->used = true;
		return piece;
	}
	return NULL;
}

static struct piece *add_piece(struct handed_on *handed_on, size_t size, gfp_t gfp)
{
	static const struct piece taken = { .used = true };
	struct piece *piece;

	piece = kmemdup(&taken, sizeof(taken),
			gfpflags_allow_blocking(gfp) ? GFP_KERNEL : GFP_ATOMIC);
	if (!piece)
		return NULL;
	piece->cpu = dma_alloc_coherent(handed_on->function, size, &piece->addr, gfp);
	if (!piece->cpu) {
		kfree(piece);
		return NULL;
	}
	piece->size = size;
	guard(spinlock_irqsave)(&handed_on->lock);
	list_add(&piece->list, &handed_on->pieces);
	return piece;
}

static void *take_piece(struct handed_on *handed_on, size_t size, dma_addr_t *addr, gfp_t gfp)
{
	struct piece *piece = take_unused(handed_on, size) ?: add_piece(handed_on, size, gfp);

	if (!piece)
		return NULL;
	memset(piece->cpu, 0, size);
	*addr = piece->addr + handed_on->ahead;
	return piece->cpu;
}

static void give_piece_back(struct handed_on *handed_on, const void *cpu)
{
	struct piece *piece;

	guard(spinlock_irqsave)(&handed_on->lock);
	list_for_each_entry(piece, &handed_on->pieces, list)
		if (piece->cpu == cpu)
			piece->used = false;
}

static void *function_alloc(struct device *dev, size_t size, dma_addr_t *addr, gfp_t gfp,
			    unsigned long attrs)
{
	void *cpu;

	if (handed_on(dev)->keeps)
		return take_piece(handed_on(dev), size, addr, gfp);
	cpu = dma_alloc_attrs(function_of(dev), size, addr, gfp, attrs);
	if (cpu)
		*addr = of_device(dev, *addr);
	return cpu;
}

static void function_free(struct device *dev, size_t size, void *cpu, dma_addr_t addr,
			  unsigned long attrs)
{
	if (handed_on(dev)->keeps)
		give_piece_back(handed_on(dev), cpu);
	else
		dma_free_attrs(function_of(dev), size, cpu, of_function(dev, addr), attrs);
}

static struct page *function_alloc_pages(struct device *dev, size_t size, dma_addr_t *addr,
					 enum dma_data_direction dir, gfp_t gfp)
{
	struct page *page = dma_alloc_pages(function_of(dev), size, addr, dir, gfp);

	if (page)
		*addr = of_device(dev, *addr);
	return page;
}

static void function_free_pages(struct device *dev, size_t size, struct page *page,
				dma_addr_t addr, enum dma_data_direction dir)
{
	dma_free_pages(function_of(dev), size, page, of_function(dev, addr), dir);
}

static int function_mmap(struct device *dev, struct vm_area_struct *vma, void *cpu,
			 dma_addr_t addr, size_t size, unsigned long attrs)
{
	return dma_mmap_attrs(function_of(dev), vma, cpu, of_function(dev, addr), size, attrs);
}

static int function_get_sgtable(struct device *dev, struct sg_table *sgt, void *cpu,
				dma_addr_t addr, size_t size, unsigned long attrs)
{
	return dma_get_sgtable_attrs(function_of(dev), sgt, cpu, of_function(dev, addr), size,
				     attrs);
}

static dma_addr_t function_map(struct device *dev, phys_addr_t phys, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	return of_device(dev, compat_dma_map_phys(function_of(dev), phys, size, dir, attrs));
}

COMPAT_DMA_MAP(function_map)

static void function_unmap(struct device *dev, dma_addr_t addr, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	compat_dma_unmap_phys(function_of(dev), of_function(dev, addr), size, dir, attrs);
}

static int function_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
			   enum dma_data_direction dir, unsigned long attrs)
{
	int mapped = dma_map_sg_attrs(function_of(dev), sgl, nents, dir, attrs);

	shift(sgl, mapped, handed_on(dev)->ahead);
	return mapped ?: -EIO;
}

static void function_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
			      enum dma_data_direction dir, unsigned long attrs)
{
	shift(sgl, nents, -handed_on(dev)->ahead);
	dma_unmap_sg_attrs(function_of(dev), sgl, nents, dir, attrs);
}

static void function_sync_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
				  enum dma_data_direction dir)
{
	dma_sync_single_for_cpu(function_of(dev), of_function(dev, addr), size, dir);
}

static void function_sync_for_device(struct device *dev, dma_addr_t addr, size_t size,
				     enum dma_data_direction dir)
{
	dma_sync_single_for_device(function_of(dev), of_function(dev, addr), size, dir);
}

static void function_sync_sg_for_cpu(struct device *dev, struct scatterlist *sgl, int nents,
				     enum dma_data_direction dir)
{
	shift(sgl, nents, -handed_on(dev)->ahead);
	dma_sync_sg_for_cpu(function_of(dev), sgl, nents, dir);
	shift(sgl, nents, handed_on(dev)->ahead);
}

static void function_sync_sg_for_device(struct device *dev, struct scatterlist *sgl, int nents,
					enum dma_data_direction dir)
{
	shift(sgl, nents, -handed_on(dev)->ahead);
	dma_sync_sg_for_device(function_of(dev), sgl, nents, dir);
	shift(sgl, nents, handed_on(dev)->ahead);
}

/* The function's mask is what each of its devices can do, 32 bits to begin with. */
static int function_supported(struct device *dev, u64 mask)
{
	struct device *function = function_of(dev);
	dma_addr_t ahead = handed_on(dev)->ahead;

	if (mask >= ahead + dma_get_mask(function))
		return true;
	return !ahead && !dma_set_mask_and_coherent(function, mask);
}

static u64 function_get_required_mask(struct device *dev)
{
	return handed_on(dev)->ahead + dma_get_required_mask(function_of(dev));
}

static size_t function_max_mapping_size(struct device *dev)
{
	return dma_max_mapping_size(function_of(dev));
}

static unsigned long function_get_merge_boundary(struct device *dev)
{
	return dma_get_merge_boundary(function_of(dev));
}

static const struct handed_on as_is = {
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

static struct handed_on *handed_on_create(struct pci_dev *pdev)
{
	struct handed_on *handed_on;

	handed_on = kmemdup(&as_is, sizeof(as_is), GFP_KERNEL);
	if (!handed_on)
		return NULL;
	handed_on->function = &pdev->dev;
	spin_lock_init(&handed_on->lock);
	INIT_LIST_HEAD(&handed_on->pieces);
	return handed_on;
}

static void handed_on_destroy(struct handed_on *handed_on)
{
	struct piece *piece, *next;

	if (!handed_on)
		return;
	list_for_each_entry_safe(piece, next, &handed_on->pieces, list) {
		dma_free_coherent(handed_on->function, piece->size, piece->cpu, piece->addr);
		kfree(piece);
	}
	kfree(handed_on);
}

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

/**
 * dtslot_pci_dma_has_master() - whether an overlay says that it has a bus master
 * @function: node of the function, those of the overlay below it
 *
 * Return: true if a node has the property dtslot,bus-master.
 */
bool dtslot_pci_dma_has_master(struct device_node *function)
{
	struct device_node *master = find_master(function);

	of_node_put(master);
	return master;
}

static const struct dma_map_ops *ops_for(const struct dtslot_pci_dma *dma,
					 const struct device *dev)
{
	if (dma->bus_master && of_property_present(dev->of_node, BUS_MASTER))
		return dma->bus_master;
	return dma->as_function ? &dma->as_function->ops : NULL;
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

	dma = kzalloc_obj(*dma);
	if (!dma)
		goto err;
	dma->pdev = pdev;
	if (soc && soc->iatu) {
		dma->windows = dtslot_pci_windows_create(pdev, soc->iatu);
		if (!dma->windows)
			goto err_free;
	}
	if (dtslot_pci_dma_needs_function(pdev)) {
		if (IS_ENABLED(CONFIG_ARCH_HAS_DMA_OPS)) {
			dma->as_function = handed_on_create(pdev);
			if (!dma->as_function)
				goto err_windows;
		} else {
			pci_warn(pdev, "devices behind it cannot use DMA: its addresses go through an IOMMU or an offset, and the kernel lacks ARCH_HAS_DMA_OPS\n");
		}
	}
	dma->nb.notifier_call = device_event;
	bus_register_notifier(&platform_bus_type, &dma->nb);
	return dma;

err_windows:
	dtslot_pci_windows_destroy(dma->windows);
err_free:
	kfree(dma);
err:
	dtslot_fail(text, -ENOMEM, "no memory for DMA");
	return ERR_PTR(-ENOMEM);
}

/*
 * An IOMMU gives out addresses that are the kernel's choice, so that one window shows them all
 * and nothing is copied. Not without coherence: the driver of the LAN966x syncs other bytes
 * than its frames have, which is to reach no cache.
 */
static bool try_to_cover(struct dtslot_pci_dma *dma)
{
	if (!use_dma_iommu(&dma->pdev->dev) || !dev_is_dma_coherent(&dma->pdev->dev))
		return false;
	dma->covered = handed_on_create(dma->pdev);
	if (!dma->covered)
		return false;
	dma->covered->keeps = true;
	return dtslot_pci_windows_cover(dma->windows, &dma->covered->ahead);
}

static int open_windows(struct dtslot_pci_dma *dma, struct dtslot_text *text)
{
	int ret;

	if (try_to_cover(dma)) {
		dma->bus_master = &dma->covered->ops;
		return 0;
	}
	ret = dtslot_pci_windows_open(dma->windows, text);
	if (!ret)
		dma->bus_master = dtslot_pci_windows_ops(dma->windows);
	return ret;
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
		ret = open_windows(dma, text);
	else
		ret = dtslot_fail(text, -EOPNOTSUPP,
				  "%pOFn uses DMA (dtslot,bus-master): to translate its addresses the kernel needs ARCH_HAS_DMA_OPS, which GART_IOMMU or XEN select on x86",
				  master);
	of_node_put(master);
	return ret;
}

/**
 * dtslot_pci_dma_destroy() - undo dtslot_pci_dma_create()
 * @dma: what that returned; the devices of the card are gone
 */
void dtslot_pci_dma_destroy(struct dtslot_pci_dma *dma)
{
	bus_unregister_notifier(&platform_bus_type, &dma->nb);
	/* First: no window shows memory that is another's. */
	dtslot_pci_windows_destroy(dma->windows);
	handed_on_destroy(dma->covered);
	handed_on_destroy(dma->as_function);
	kfree(dma);
}
