// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA by a SoC's own bus masters, through windows of its PCIe controller.
 *
 * A bus master of the SoC puts out SoC addresses. Few of them lead to the host:
 * a handful of windows, each onto one contiguous piece of memory. The drivers
 * know nothing of that. Where an IOMMU translates the function's addresses, one
 * window shows all that it can get, and a device gets these, as the SoC sees them.
 * Elsewhere pieces of memory are allocated for the function, the windows are set
 * onto them once, and a device that masters the bus gets DMA operations that answer
 * with SoC addresses in the windows and copy what a driver maps into and out of them.
 *
 * docs/design.md says why dma-ranges and swiotlb do not do.
 */
#include <linux/bitmap.h>
#include <linux/dma-map-ops.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/iopoll.h>
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
 * struct dtslot_pci_windows - windows of a card
 * @ops: DMA operations of the devices that use them
 * @pdev: the function
 * @iatu: where its iATU is
 * @regs: registers of the iATU
 * @lock: held while grains are taken and given back
 * @count: how many windows with memory of their own are open
 * @window: these windows
 * @mask: DMA mask that the function had before one window was opened onto all of its
 *	addresses; 0 if none is
 */
struct dtslot_pci_windows {
	const struct dma_map_ops ops;
	struct pci_dev *pdev;
	const struct dtslot_pci_iatu *iatu;
	void __iomem *regs;
	spinlock_t lock;	/* guards used and next of the windows */
	unsigned int count;
	struct window window[MAX_WINDOWS];
	u64 mask;
};

/* Each card's devices have operations of their own, to find it by. */
static struct dtslot_pci_windows *windows_of(struct device *dev)
{
	return container_of(get_dma_ops(dev), struct dtslot_pci_windows, ops);
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
static struct window *take(struct dtslot_pci_windows *all, size_t size, unsigned long align,
			   phys_addr_t orig, bool mapping, unsigned int *first)
{
	unsigned int count = DIV_ROUND_UP(size, GRAIN), i;
	struct window *w, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&all->lock, flags);
	for (w = all->window; w < all->window + all->count; w++) {
		if (!take_from(w, count, align, first))
			continue;
		for (i = *first; i < *first + count; i++)
			w->grains[i].first = *first;
		w->grains[*first].orig = orig;
		w->grains[*first].size = mapping ? size : 0;
		found = w;
		break;
	}
	spin_unlock_irqrestore(&all->lock, flags);
	return found;
}

static void give_back(struct dtslot_pci_windows *all, struct window *w, dma_addr_t addr,
		      size_t size)
{
	unsigned long flags;

	spin_lock_irqsave(&all->lock, flags);
	bitmap_clear(w->used, (addr - w->soc) / GRAIN, DIV_ROUND_UP(size, GRAIN));
	spin_unlock_irqrestore(&all->lock, flags);
}

static struct window *find(struct dtslot_pci_windows *all, dma_addr_t addr)
{
	struct window *w;

	for (w = all->window; w < all->window + all->count; w++)
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
	struct window *w = find(windows_of(dev), addr);
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
	struct dtslot_pci_windows *all = windows_of(dev);
	unsigned int first;
	struct window *w;

	/* Registers cannot be copied. */
	if (attrs & DMA_ATTR_MMIO)
		return DMA_MAPPING_ERROR;
	w = take(all, size, 0, phys, true, &first);
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
	struct dtslot_pci_windows *all = windows_of(dev);
	struct window *w = find(all, addr);

	if (!w)
		return;
	if (dir != DMA_TO_DEVICE && !(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		copy_part(dev, addr, size, 0, FROM_WINDOW);
	give_back(all, w, addr, size);
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

	w = take(windows_of(dev), size, align, 0, false, &first);
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
	struct dtslot_pci_windows *all = windows_of(dev);
	struct window *w = find(all, addr);

	if (w)
		give_back(all, w, addr, size);
}

static int window_supported(struct device *dev, u64 mask)
{
	const struct dtslot_pci_iatu *iatu = windows_of(dev)->iatu;

	return mask >= (u64)iatu->base + iatu->size - 1;
}

static size_t window_max_mapping_size(struct device *dev)
{
	return (size_t)windows_of(dev)->window[0].count * GRAIN;
}

/* What each card's windows begin as. */
static const struct dtslot_pci_windows closed = {
	.ops = {
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
	},
};

/* --- windows --- */

static void disable_region(struct dtslot_pci_windows *all, unsigned int i)
{
	writel(0, all->regs + i * ATU_STRIDE + ATU_CTRL2);
	/* Posted: it must be there before the memory is another's. */
	readl(all->regs + i * ATU_STRIDE + ATU_CTRL2);
}

/**
 * dtslot_pci_windows_create() - find a SoC's windows, and close them all
 * @pdev: the function, enabled, no bus master yet: windows may be open onto memory of
 *	an earlier kernel
 * @iatu: where they are
 *
 * Return: the windows, or NULL: no memory.
 */
struct dtslot_pci_windows *dtslot_pci_windows_create(struct pci_dev *pdev,
						     const struct dtslot_pci_iatu *iatu)
{
	struct dtslot_pci_windows *all;
	unsigned int i;

	all = kmemdup(&closed, sizeof(closed), GFP_KERNEL);
	if (!all)
		return NULL;
	all->pdev = pdev;
	all->iatu = iatu;
	spin_lock_init(&all->lock);
	all->regs = ioremap(pci_resource_start(pdev, iatu->bar) + iatu->registers,
			    iatu->regions * ATU_STRIDE);
	if (!all->regs) {
		kfree(all);
		return NULL;
	}
	for (i = 0; i < iatu->regions; i++)
		disable_region(all, i);
	return all;
}

/* Memory for one window, of @size bytes. */
static bool fill_window(struct dtslot_pci_windows *all, struct window *w, size_t size, u32 soc)
{
	w->soc = soc;
	w->count = size / GRAIN;
	w->next = 0;
	w->used = bitmap_zalloc(w->count, GFP_KERNEL);
	w->grains = kvcalloc(w->count, sizeof(*w->grains), GFP_KERNEL);
	if (w->used && w->grains) {
		w->cpu = dma_alloc_coherent(&all->pdev->dev, size, &w->bus,
					    GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
		if (w->cpu)
			return true;
	}
	kvfree(w->grains);
	bitmap_free(w->used);
	return false;
}

static int set_region(struct dtslot_pci_windows *all, unsigned int i, u32 soc, dma_addr_t bus,
		      u32 size)
{
	void __iomem *regs = all->regs + i * ATU_STRIDE;
	u32 last = soc + size - 1, value;

	writel(0, regs + ATU_CTRL2);
	writel(0, regs + ATU_CTRL1);
	writel(soc, regs + ATU_LOWER_BASE);
	writel(0, regs + ATU_UPPER_BASE);
	writel(last, regs + ATU_LIMIT);
	writel(lower_32_bits(bus), regs + ATU_LOWER_TARGET);
	writel(upper_32_bits(bus), regs + ATU_UPPER_TARGET);
	writel(ATU_ENABLE, regs + ATU_CTRL2);
	if (readl_poll_timeout(regs + ATU_CTRL2, value, value & ATU_ENABLE, 10, ATU_WAIT_US))
		return -EIO;
	return readl(regs + ATU_LIMIT) == last ? 0 : -EIO;
}

static int set_window(struct dtslot_pci_windows *all, unsigned int i)
{
	const struct window *w = &all->window[i];

	return set_region(all, i, w->soc, w->bus, w->count * GRAIN);
}

/**
 * dtslot_pci_windows_open() - open the windows onto memory of the host
 * @all: the windows, closed
 * @text: receives the message on failure
 *
 * As many windows as there are, each with the largest piece that is to be had:
 * pages stay mapped as long as sockets hold what they brought.
 *
 * Return: 0 or a negative error; dtslot_pci_windows_destroy() closes what is open.
 */
int dtslot_pci_windows_open(struct dtslot_pci_windows *all, struct dtslot_text *text)
{
	const struct dtslot_pci_iatu *iatu = all->iatu;
	size_t piece = PIECE_MAX, total = 0;
	int ret;

	while (all->count < min(iatu->regions, MAX_WINDOWS) && piece >= PIECE_MIN) {
		struct window *w = &all->window[all->count];

		if (total + piece > iatu->size ||
		    !fill_window(all, w, piece, iatu->base + total)) {
			piece /= 2;
			continue;
		}
		ret = set_window(all, all->count++);
		if (ret)
			return dtslot_fail(text, ret,
					   "the DMA window at %#x of the SoC does not open",
					   iatu->base + (u32)total);
		total += piece;
	}
	if (!all->count)
		return dtslot_fail(text, -ENOMEM, "no contiguous %u KiB for a DMA window",
				   PIECE_MIN / SZ_1K);
	pci_dbg(all->pdev, "%zu KiB in %u windows for DMA\n", total / SZ_1K, all->count);
	return 0;
}

/* Whether the function gets addresses, which another rule of the host's may keep it from. */
static bool gets_addresses(struct device *dev)
{
	dma_addr_t addr;
	void *cpu;

	cpu = dma_alloc_coherent(dev, PAGE_SIZE, &addr, GFP_KERNEL | __GFP_NOWARN);
	if (cpu)
		dma_free_coherent(dev, PAGE_SIZE, cpu, addr);
	return cpu;
}

static void uncover(struct dtslot_pci_windows *all)
{
	disable_region(all, 0);
	dma_set_mask_and_coherent(&all->pdev->dev, all->mask);
	all->mask = 0;
}

/**
 * dtslot_pci_windows_cover() - open one window onto all addresses of the function
 * @all: the windows, closed
 * @ahead: set to how far the SoC's addresses are ahead of the function's
 *
 * For a function whose addresses an IOMMU translates: it gets none that the window does
 * not show from then on. What it was not given, the IOMMU refuses.
 *
 * Return: true, or false with the windows closed: one does not show enough.
 */
bool dtslot_pci_windows_cover(struct dtslot_pci_windows *all, dma_addr_t *ahead)
{
	const struct dtslot_pci_iatu *iatu = all->iatu;
	struct device *dev = &all->pdev->dev;
	u64 mask = dma_get_mask(dev);

	/* A mask has all bits set. */
	if (!is_power_of_2(iatu->size) || dma_set_mask_and_coherent(dev, iatu->size - 1))
		return false;
	all->mask = mask;
	if (set_region(all, 0, iatu->base, 0, iatu->size) || !gets_addresses(dev)) {
		uncover(all);
		return false;
	}
	*ahead = iatu->base;
	pci_dbg(all->pdev, "all addresses of the IOMMU in one window for DMA\n");
	return true;
}

/**
 * dtslot_pci_windows_ops() - DMA operations of the devices that use windows
 * @all: the windows, open
 *
 * Return: the operations, there as long as the windows are.
 */
const struct dma_map_ops *dtslot_pci_windows_ops(const struct dtslot_pci_windows *all)
{
	return &all->ops;
}

/**
 * dtslot_pci_windows_destroy() - close the windows and free their memory
 * @all: the windows, may be NULL; no device uses them any more
 */
void dtslot_pci_windows_destroy(struct dtslot_pci_windows *all)
{
	unsigned int i;

	if (!all)
		return;
	if (all->mask)
		uncover(all);
	for (i = 0; i < all->count; i++) {
		struct window *w = &all->window[i];

		disable_region(all, i);
		dma_free_coherent(&all->pdev->dev, (size_t)w->count * GRAIN, w->cpu, w->bus);
		kvfree(w->grains);
		bitmap_free(w->used);
	}
	iounmap(all->regs);
	kfree(all);
}
