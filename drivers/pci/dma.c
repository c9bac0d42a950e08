// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA by the SoC's own bus masters, through windows of its PCIe controller.
 *
 * A bus master of the SoC puts out SoC addresses. Few of them lead to the host:
 * a handful of windows, each onto one contiguous piece of memory. The drivers
 * know nothing of that. So pieces of memory are allocated for the function, the
 * windows are set onto them once, and a device that masters the bus gets DMA
 * operations that answer with SoC addresses in the windows and copy what a
 * driver maps into and out of them.
 *
 * docs/design.md says why dma-ranges and swiotlb do not do.
 */
#include <linux/bitmap.h>
#include <linux/dma-map-ops.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../compat.h"
#include "pci.h"

/*
 * A region of DesignWare's iATU, outbound ones this far apart: names and offsets
 * are those of mainline pcie-designware.h, "unrolled".
 */
#define ATU_STRIDE		0x200
#define ATU_CTRL1		0x00	/* 0: memory */
#define ATU_CTRL2		0x04
#define ATU_ENABLE		BIT(31)
#define ATU_LOWER_BASE		0x08
#define ATU_UPPER_BASE		0x0c
#define ATU_LIMIT		0x10
#define ATU_LOWER_TARGET	0x14
#define ATU_UPPER_TARGET	0x18
#define ATU_WAIT_US		50000

#define MAX_WINDOWS		6
/*
 * One window is on one piece of memory: at most what the page allocator has in
 * one, and at least a few rings full of frames.
 */
#define PIECE_MAX		SZ_4M
#define PIECE_MIN		SZ_256K
/* What memory is given out in: a frame of usual length. */
#define GRAIN			SZ_2K

/*
 * The lan966x driver syncs its received frames from this far behind their start
 * (lan966x_fdma_rx_check_frame(), XDP_PACKET_HEADROOM once too often). On memory
 * that is not bounced nobody notices.
 */
#define SYNC_EARLIER		256

static bool raw_dma;
module_param(raw_dma, bool, 0444);
MODULE_PARM_DESC(raw_dma, "lab: DMA addresses are not translated, for a model of a card that takes the host's");

/**
 * struct grain - a piece of memory of size GRAIN in a window
 * @orig: what is mapped here, if this is the first of a mapping
 * @size: its bytes; 0 if this is memory for dma_alloc_coherent()
 * @first: index of the first grain of the mapping
 */
struct grain {
	phys_addr_t orig;
	u32 size;
	u32 first;
};

/**
 * struct window - a window and the memory that it shows
 * @soc: address of its start for the SoC
 * @bus: the same, for the function
 * @cpu: the same, for the host's CPU
 * @count: how many grains it has
 * @next: where to look for free ones
 * @used: which are not free
 * @grains: what they are used for
 */
struct window {
	dma_addr_t soc;
	dma_addr_t bus;
	void *cpu;
	unsigned int count;
	unsigned int next;
	unsigned long *used;
	struct grain *grains;
};

/**
 * struct dtslot_pci_dma - DMA of a card's bus masters
 * @pdev: the function
 * @soc: what is known of the SoC; has windows
 * @nb: tells of new devices
 * @regs: registers of the iATU; NULL if there is no bus master
 * @lock: held while grains are taken and given back
 * @windows: how many there are
 * @window: the windows
 */
struct dtslot_pci_dma {
	struct pci_dev *pdev;
	const struct dtslot_pci_soc *soc;
	struct notifier_block nb;
	void __iomem *regs;
	spinlock_t lock;	/* guards used and next of the windows */
	unsigned int windows;
	struct window window[MAX_WINDOWS];
};

/* The card that a device is on. */
static struct dtslot_pci_dma *dma_of(const struct device *dev)
{
	while (!dev_is_pci(dev))
		dev = dev->parent;
	return dtslot_pci_card_dma(to_pci_dev(dev));
}

/* --- grains --- */

static bool take_from(struct window *w, unsigned int count, unsigned long align,
		      unsigned int *first)
{
	unsigned long found;

	found = bitmap_find_next_zero_area(w->used, w->count, w->next, count, align);
	if (found + count > w->count)
		found = bitmap_find_next_zero_area(w->used, w->count, 0, count, align);
	if (found + count > w->count)
		return false;
	bitmap_set(w->used, found, count);
	w->next = found + count;
	*first = found;
	return true;
}

/* Room for @size bytes in one window, or NULL. */
static struct window *take(struct dtslot_pci_dma *dma, size_t size, unsigned long align,
			   phys_addr_t orig, bool mapping, unsigned int *first)
{
	unsigned int count = DIV_ROUND_UP(size, GRAIN), i;
	struct window *w, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&dma->lock, flags);
	for (w = dma->window; w < dma->window + dma->windows; w++) {
		if (!take_from(w, count, align, first))
			continue;
		for (i = *first; i < *first + count; i++)
			w->grains[i].first = *first;
		w->grains[*first].orig = orig;
		w->grains[*first].size = mapping ? size : 0;
		found = w;
		break;
	}
	spin_unlock_irqrestore(&dma->lock, flags);
	return found;
}

static void give_back(struct dtslot_pci_dma *dma, struct window *w, dma_addr_t addr, size_t size)
{
	unsigned long flags;

	spin_lock_irqsave(&dma->lock, flags);
	bitmap_clear(w->used, (addr - w->soc) / GRAIN, DIV_ROUND_UP(size, GRAIN));
	spin_unlock_irqrestore(&dma->lock, flags);
}

static struct window *find(struct dtslot_pci_dma *dma, dma_addr_t addr)
{
	struct window *w;

	for (w = dma->window; w < dma->window + dma->windows; w++)
		if (addr >= w->soc && addr - w->soc < (u64)w->count * GRAIN)
			return w;
	return NULL;
}

/* --- copying --- */

enum copy {
	TO_WINDOW,
	FROM_WINDOW,
};

static void copy(void *in_window, phys_addr_t orig, size_t size, enum copy way)
{
	while (size) {
		struct page *page = pfn_to_page(PHYS_PFN(orig));
		size_t n = min_t(size_t, size, PAGE_SIZE - offset_in_page(orig));

		if (way == TO_WINDOW)
			memcpy_from_page(in_window, page, offset_in_page(orig), n);
		else
			memcpy_to_page(page, offset_in_page(orig), in_window, n);
		in_window += n;
		orig += n;
		size -= n;
	}
}

/* Copy what of a mapping is in [@addr - @earlier, @addr + @size). */
static void copy_part(struct device *dev, dma_addr_t addr, size_t size, size_t earlier,
		      enum copy way)
{
	struct window *w = find(dma_of(dev), addr);
	size_t start, end, offset;
	struct grain *g;

	if (!w)
		return;
	g = &w->grains[w->grains[(addr - w->soc) / GRAIN].first];
	start = (g - w->grains) * GRAIN;
	offset = addr - w->soc - start;
	end = min_t(size_t, offset + size, g->size);
	offset -= min(offset, earlier);
	if (offset < end)
		copy(w->cpu + start + offset, g->orig + offset, end - offset, way);
}

/* --- what the DMA API calls --- */

static dma_addr_t window_map(struct device *dev, phys_addr_t phys, size_t size,
			     enum dma_data_direction dir, unsigned long attrs)
{
	struct dtslot_pci_dma *dma = dma_of(dev);
	unsigned int first;
	struct window *w;

	/* Registers cannot be copied. */
	if (attrs & DMA_ATTR_MMIO)
		return DMA_MAPPING_ERROR;
	w = take(dma, size, 0, phys, true, &first);
	if (!w) {
		if (!(attrs & DMA_ATTR_NO_WARN))
			dev_warn_ratelimited(dev, "no room for %zu bytes in the windows to the host\n",
					     size);
		return DMA_MAPPING_ERROR;
	}
	/* In any direction: what the device does not write must come back as it was. */
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		copy(w->cpu + (size_t)first * GRAIN, phys, size, TO_WINDOW);
	return w->soc + (u64)first * GRAIN;
}

COMPAT_DMA_MAP(window_map)

static void window_unmap(struct device *dev, dma_addr_t addr, size_t size,
			 enum dma_data_direction dir, unsigned long attrs)
{
	struct dtslot_pci_dma *dma = dma_of(dev);
	struct window *w = find(dma, addr);

	if (!w)
		return;
	if (dir != DMA_TO_DEVICE && !(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		copy_part(dev, addr, size, 0, FROM_WINDOW);
	give_back(dma, w, addr, size);
}

static void window_sync_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
				enum dma_data_direction dir)
{
	if (dir != DMA_TO_DEVICE)
		copy_part(dev, addr, size, SYNC_EARLIER, FROM_WINDOW);
}

static void window_sync_for_device(struct device *dev, dma_addr_t addr, size_t size,
				   enum dma_data_direction dir)
{
	if (dir != DMA_FROM_DEVICE)
		copy_part(dev, addr, size, 0, TO_WINDOW);
}

static void window_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
			    enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		window_unmap(dev, sg_dma_address(sg), sg_dma_len(sg), dir, attrs);
}

static int window_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		sg_dma_address(sg) = window_map(dev, sg_phys(sg), sg->length, dir, attrs);
		if (sg_dma_address(sg) == DMA_MAPPING_ERROR) {
			window_unmap_sg(dev, sgl, i, dir, attrs | DMA_ATTR_SKIP_CPU_SYNC);
			return -EIO;
		}
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

static void window_sync_sg_for_cpu(struct device *dev, struct scatterlist *sgl, int nents,
				   enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		window_sync_for_cpu(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
}

static void window_sync_sg_for_device(struct device *dev, struct scatterlist *sgl, int nents,
				      enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		window_sync_for_device(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
}

static void *window_alloc(struct device *dev, size_t size, dma_addr_t *addr, gfp_t gfp,
			  unsigned long attrs)
{
	/* Aligned to its own size, as the API promises. */
	unsigned long align = roundup_pow_of_two(DIV_ROUND_UP(size, GRAIN)) - 1;
	unsigned int first;
	struct window *w;
	void *cpu;

	w = take(dma_of(dev), size, align, 0, false, &first);
	if (!w)
		return NULL;
	cpu = w->cpu + (size_t)first * GRAIN;
	memset(cpu, 0, size);
	*addr = w->soc + (u64)first * GRAIN;
	return cpu;
}

static void window_free(struct device *dev, size_t size, void *cpu, dma_addr_t addr,
			unsigned long attrs)
{
	struct dtslot_pci_dma *dma = dma_of(dev);
	struct window *w = find(dma, addr);

	if (w)
		give_back(dma, w, addr, size);
}

static int window_supported(struct device *dev, u64 mask)
{
	const struct dtslot_pci_windows *windows = dma_of(dev)->soc->windows;

	return mask >= (u64)windows->base + windows->size - 1;
}

static size_t window_max_mapping_size(struct device *dev)
{
	return (size_t)dma_of(dev)->window[0].count * GRAIN;
}

static const struct dma_map_ops window_ops = {
	.alloc = window_alloc,
	.free = window_free,
	COMPAT_DMA_MAP_OPS(window_map, window_unmap),
	.map_sg = window_map_sg,
	.unmap_sg = window_unmap_sg,
	.sync_single_for_cpu = window_sync_for_cpu,
	.sync_single_for_device = window_sync_for_device,
	.sync_sg_for_cpu = window_sync_sg_for_cpu,
	.sync_sg_for_device = window_sync_sg_for_device,
	.dma_supported = window_supported,
	.max_mapping_size = window_max_mapping_size,
};

/* --- windows --- */

static void close_windows(struct dtslot_pci_dma *dma)
{
	unsigned int i;

	if (!dma->regs)
		return;
	for (i = 0; i < dma->windows; i++) {
		struct window *w = &dma->window[i];

		writel(0, dma->regs + i * ATU_STRIDE + ATU_CTRL2);
		/* Posted: it must be there before the memory is somebody else's. */
		readl(dma->regs + i * ATU_STRIDE + ATU_CTRL2);
		dma_free_coherent(&dma->pdev->dev, (size_t)w->count * GRAIN, w->cpu, w->bus);
		kvfree(w->grains);
		bitmap_free(w->used);
	}
	dma->windows = 0;
	iounmap(dma->regs);
	dma->regs = NULL;
}

/* Memory for one window, of @size bytes. */
static bool fill_window(struct dtslot_pci_dma *dma, struct window *w, size_t size, u32 soc)
{
	w->soc = soc;
	w->count = size / GRAIN;
	w->next = 0;
	w->used = bitmap_zalloc(w->count, GFP_KERNEL);
	w->grains = kvcalloc(w->count, sizeof(*w->grains), GFP_KERNEL);
	if (w->used && w->grains) {
		w->cpu = dma_alloc_coherent(&dma->pdev->dev, size, &w->bus,
					    GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
		if (w->cpu)
			return true;
	}
	kvfree(w->grains);
	bitmap_free(w->used);
	return false;
}

static int set_window(struct dtslot_pci_dma *dma, unsigned int i)
{
	void __iomem *regs = dma->regs + i * ATU_STRIDE;
	const struct window *w = &dma->window[i];
	u32 last = w->soc + w->count * GRAIN - 1, value;

	writel(0, regs + ATU_CTRL2);
	writel(0, regs + ATU_CTRL1);
	writel(w->soc, regs + ATU_LOWER_BASE);
	writel(0, regs + ATU_UPPER_BASE);
	writel(last, regs + ATU_LIMIT);
	writel(lower_32_bits(w->bus), regs + ATU_LOWER_TARGET);
	writel(upper_32_bits(w->bus), regs + ATU_UPPER_TARGET);
	writel(ATU_ENABLE, regs + ATU_CTRL2);
	if (readl_poll_timeout(regs + ATU_CTRL2, value, value & ATU_ENABLE, 10, ATU_WAIT_US))
		return -EIO;
	return readl(regs + ATU_LIMIT) == last ? 0 : -EIO;
}

/*
 * As many windows as there are, each with the largest piece that is to be had:
 * pages stay mapped as long as sockets hold what they brought.
 */
static int open_windows(struct dtslot_pci_dma *dma, struct dtslot_text *text)
{
	const struct dtslot_pci_windows *windows = dma->soc->windows;
	size_t piece = PIECE_MAX, total = 0;
	int ret;

	dma->regs = ioremap(pci_resource_start(dma->pdev, windows->bar) + windows->registers,
			    windows->regions * ATU_STRIDE);
	if (!dma->regs)
		return dtslot_fail(text, -ENOMEM, "cannot map the registers of the DMA windows");
	while (dma->windows < min(windows->regions, MAX_WINDOWS) && piece >= PIECE_MIN) {
		struct window *w = &dma->window[dma->windows];

		if (total + piece > windows->size ||
		    !fill_window(dma, w, piece, windows->base + total)) {
			piece /= 2;
			continue;
		}
		ret = set_window(dma, dma->windows++);
		if (ret)
			return dtslot_fail(text, ret,
					   "the DMA window at %#x of the SoC does not open",
					   windows->base + (u32)total);
		total += piece;
	}
	if (!dma->windows)
		return dtslot_fail(text, -ENOMEM, "no contiguous %u KiB for a DMA window",
				   PIECE_MIN / SZ_1K);
	pci_dbg(dma->pdev, "%zu KiB in %u windows for DMA\n", total / SZ_1K, dma->windows);
	return 0;
}

static bool masters_bus(const struct dtslot_pci_dma *dma, const struct device_node *np)
{
	return of_property_match_string(np, "interrupt-names", dma->soc->windows->master) >= 0;
}

/* A node below @top that describes a bus master; reference held. */
static struct device_node *find_master(const struct dtslot_pci_dma *dma,
				       const struct device_node *top)
{
	struct device_node *np, *parent;

	for_each_node_with_property(np, "interrupt-names") {
		for (parent = np->parent; parent && parent != top; parent = parent->parent)
			;
		if (parent && masters_bus(dma, np))
			return np;
	}
	return NULL;
}

static int device_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct dtslot_pci_dma *dma = container_of(nb, struct dtslot_pci_dma, nb);
	struct device *dev = data, *parent;

	if (action != BUS_NOTIFY_ADD_DEVICE && action != BUS_NOTIFY_REMOVED_DEVICE)
		return NOTIFY_DONE;
	for (parent = dev->parent; parent && parent != &dma->pdev->dev; parent = parent->parent)
		;
	if (!parent || !dma->windows || !dev->of_node || !masters_bus(dma, dev->of_node))
		return NOTIFY_DONE;
	set_dma_ops(dev, action == BUS_NOTIFY_ADD_DEVICE ? &window_ops : NULL);
	return NOTIFY_OK;
}

/**
 * dtslot_pci_dma_create() - let the devices of a card reach the host's memory
 * @pdev: the function, enabled and bus master
 * @soc: what is known of the SoC; NULL for none
 * @text: receives the message on failure
 *
 * Return: what to give to dtslot_pci_dma_destroy(), NULL if the SoC has no
 * windows, or an ERR_PTR.
 */
struct dtslot_pci_dma *dtslot_pci_dma_create(struct pci_dev *pdev,
					     const struct dtslot_pci_soc *soc,
					     struct dtslot_text *text)
{
	struct dtslot_pci_dma *dma;

	if (!soc || !soc->windows)
		return NULL;
	dma = kzalloc_obj(*dma);
	if (!dma) {
		dtslot_fail(text, -ENOMEM, "no memory for the windows");
		return ERR_PTR(-ENOMEM);
	}
	dma->pdev = pdev;
	dma->soc = soc;
	spin_lock_init(&dma->lock);
	dma->nb.notifier_call = device_event;
	bus_register_notifier(&platform_bus_type, &dma->nb);
	return dma;
}

/**
 * dtslot_pci_dma_open() - open the windows, if there is a bus master to use them
 * @dma: what dtslot_pci_dma_create() returned, may be NULL
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

	if (!dma || raw_dma)
		return 0;
	master = find_master(dma, function);
	if (!master)
		return 0;
	if (IS_ENABLED(CONFIG_ARCH_HAS_DMA_OPS))
		ret = open_windows(dma, text);
	else
		ret = dtslot_fail(text, -EOPNOTSUPP,
				  "%pOFn uses DMA (interrupt \"%s\"): to translate its addresses the kernel needs ARCH_HAS_DMA_OPS, which GART_IOMMU or XEN select on x86",
				  master, dma->soc->windows->master);
	of_node_put(master);
	return ret;
}

/**
 * dtslot_pci_dma_destroy() - undo dtslot_pci_dma_create()
 * @dma: what that returned, may be NULL; the devices of the card are gone
 */
void dtslot_pci_dma_destroy(struct dtslot_pci_dma *dma)
{
	if (!dma)
		return;
	bus_unregister_notifier(&platform_bus_type, &dma->nb);
	close_windows(dma);
	kfree(dma);
}
