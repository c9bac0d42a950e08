/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels that are supported (6.12 to 7.3), by feature. */
#ifndef DTSLOT_COMPAT_H
#define DTSLOT_COMPAT_H

#include <linux/dma-mapping.h>
#include <linux/fwnode.h>
#include <linux/slab.h>

/* kzalloc() of one object by its type, with GFP_KERNEL: 7.0 and later have it. */
#ifndef kzalloc_obj
#define kzalloc_obj(object)	kzalloc(sizeof(object), GFP_KERNEL)
#endif

/* Firmware that is part of the kernel's image, of a kernel that has a loader for firmware. */
#ifdef CONFIG_EXTRA_FIRMWARE
#define COMPAT_HAS_BUILTIN_FIRMWARE	(sizeof(CONFIG_EXTRA_FIRMWARE) > sizeof(""))
#else
#define COMPAT_HAS_BUILTIN_FIRMWARE	false
#endif

/* Mapping of what is not memory has an attribute since 6.18, and an operation of its own before. */
#ifndef DMA_ATTR_MMIO
#define DMA_ATTR_MMIO	0
#endif

/*
 * dma_map_ops map physical addresses or, in older kernels, pages: Kbuild looks which.
 * COMPAT_DMA_MAP() stands behind the function that maps, COMPAT_DMA_MAP_OPS() among
 * the operations.
 */
#ifdef COMPAT_DMA_OPS_MAP_PHYS
#define COMPAT_DMA_MAP(map)
#define COMPAT_DMA_MAP_OPS(map, unmap)	.map_phys = map, .unmap_phys = unmap
#define compat_dma_map_phys	dma_map_phys
#define compat_dma_unmap_phys	dma_unmap_phys
#else
static inline dma_addr_t compat_dma_map_phys(struct device *dev, phys_addr_t phys, size_t size,
					     enum dma_data_direction dir, unsigned long attrs)
{
	return dma_map_page_attrs(dev, pfn_to_page(PHYS_PFN(phys)), offset_in_page(phys), size,
				  dir, attrs);
}

#define compat_dma_unmap_phys	dma_unmap_page_attrs
#define COMPAT_DMA_MAP(map)								\
	static dma_addr_t map##_page(struct device *dev, struct page *page,		\
				     unsigned long offset, size_t size,			\
				     enum dma_data_direction dir, unsigned long attrs)	\
	{										\
		return map(dev, page_to_phys(page) + offset, size, dir, attrs);		\
	}
#define COMPAT_DMA_MAP_OPS(map, unmap)	.map_page = map##_page, .unmap_page = unmap
#endif

/* Flags of a firmware node are numbers of bits in 7.0 and late 6.12.y, masks before. */
#ifndef COMPAT_FWNODE_SET_FLAG
static inline void fwnode_set_flag(struct fwnode_handle *fwnode, unsigned int flag)
{
	fwnode->flags |= flag;
}
#endif

/* of_map_id() asks how many cells an ID has at its target, or takes one: Kbuild looks. */
#ifdef COMPAT_MAPS_BY_CELLS
#define COMPAT_MAPS_OF_FOUR	false
#else
#define COMPAT_MAPS_OF_FOUR	true
#endif

/* Lets the affinity of an interrupt be set at once; newer kernels do unless told otherwise. */
#ifdef COMPAT_HAS_IRQ_MOVE_PCNTXT
#define COMPAT_IRQ_MOVE_PCNTXT	IRQ_MOVE_PCNTXT
#else
#define COMPAT_IRQ_MOVE_PCNTXT	0
#endif

#endif
