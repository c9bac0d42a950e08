// SPDX-License-Identifier: GPL-2.0-only
/*
 * The overlay that a card carries in a BAR, where a vendor-specific capability names it, or
 * in an image of its expansion ROM.
 *
 * Whatever a card says, it says once: the capability, the images' headers and the overlay
 * are copied, word by word, and only the copies are looked at. docs/howto/card-blob.md is
 * the format.
 */
#include <linux/io.h>
#include <linux/moduleparam.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "../overlay/carried.h"
#include "pci.h"

/* How much is read before the card is asked whether it is still there. */
#define CHUNK	SZ_4K

static bool card_overlays;
module_param(card_overlays, bool, 0644);
MODULE_PARM_DESC(card_overlays, "take the overlay that a card carries, where no firmware file has one (default: N)");

static bool read_words(struct pci_dev *pdev, int pos, u32 *words)
{
	int i;

	for (i = 0; i < DTSLOT_CARRIED_WORDS; i++)
		if (pos + 4 * i >= pdev->cfg_size ||
		    pci_read_config_dword(pdev, pos + 4 * i, &words[i]))
			return false;
	return true;
}

/* Copy the capability that names an overlay. There may be others, and they may be a circle. */
static bool find_capability(struct pci_dev *pdev, u32 *words)
{
	int pos = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_VNDR);
	int i;

	for (i = 0; pos && i < DTSLOT_CARRIED_MOST; i++) {
		if (read_words(pdev, pos, words) && dtslot_carried_names(words))
			return true;
		pos = pci_find_next_ext_capability(pdev, pos, PCI_EXT_CAP_ID_VNDR);
	}
	return false;
}

static u64 bar_size(struct pci_dev *pdev, u32 bar)
{
	return dtslot_pci_bar_has_memory(pdev, bar) ? pci_resource_len(pdev, bar) : 0;
}

/* By words: what is behind a BAR of an FPGA may not bear other accesses. */
static int copy(struct pci_dev *pdev, void *to, const void __iomem *from, size_t size,
		struct dtslot_text *text)
{
	size_t n, done;

	for (done = 0; done < size; done += n) {
		n = min_t(size_t, size - done, CHUNK);
		__ioread32_copy(to + done, from + done, n / sizeof(u32));
		if (!pci_device_is_present(pdev))
			return dtslot_fail(text, -ENODEV,
					   "the card went while its overlay was read");
		cond_resched();
	}
	return 0;
}

static void *read_overlay(struct pci_dev *pdev, const struct dtslot_carried *c,
			  const void __iomem *from, struct dtslot_text *text)
{
	size_t size = ALIGN(c->size, sizeof(u32));
	void *data;
	int ret;

	data = kvmalloc(size, GFP_KERNEL);
	if (!data) {
		dtslot_fail(text, -ENOMEM, "no memory for the card's overlay");
		return ERR_PTR(-ENOMEM);
	}
	ret = copy(pdev, data, from, size, text) ?: dtslot_carried_check(c, data, text);
	if (!ret)
		return data;
	kvfree(data);
	return ERR_PTR(ret);
}

static void *read_bar(struct pci_dev *pdev, const struct dtslot_carried *c,
		      struct dtslot_text *text)
{
	void __iomem *from;
	void *data;

	from = ioremap(pci_resource_start(pdev, c->bar) + c->offset, ALIGN(c->size, sizeof(u32)));
	if (!from) {
		dtslot_fail(text, -ENOMEM, "cannot map BAR %u", c->bar);
		return ERR_PTR(-ENOMEM);
	}
	data = read_overlay(pdev, c, from, text);
	iounmap(from);
	return data;
}

/* --- the expansion ROM --- */

/**
 * struct rom - an expansion ROM that is open
 * @rom: for the code that looks for the image
 * @from: its registers
 */
struct rom {
	struct dtslot_carried_rom rom;
	const void __iomem *from;
};

static void read_rom_words(const struct dtslot_carried_rom *rom, u32 offset, u32 *words,
			   unsigned int count)
{
	const struct rom *r = container_of(rom, struct rom, rom);

	for (; count--; offset += sizeof(*words))
		*words++ = readl(r->from + offset);
}

/* Where the expansion ROM is. The kernel places it only where that leaves room for BARs. */
static bool has_rom(struct pci_dev *pdev)
{
	const struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];

	return (res->flags & IORESOURCE_MEM) && resource_size(res) &&
	       !(res->flags & IORESOURCE_ROM_SHADOW) &&
	       (res->parent || !pci_assign_resource(pdev, PCI_ROM_RESOURCE));
}

/* Not by pci_map_rom(): in earlier kernels that follows the images as far as the card says. */
static void *look_into_rom(struct pci_dev *pdev, struct dtslot_carried *c,
			   struct dtslot_text *text)
{
	struct rom r = { .rom = { .read = read_rom_words } };
	void __iomem *from;
	void *data = NULL;
	int ret;

	r.rom.size = min_t(u64, pci_resource_len(pdev, PCI_ROM_RESOURCE), DTSLOT_CARRIED_ROM_MOST);
	from = ioremap(pci_resource_start(pdev, PCI_ROM_RESOURCE), r.rom.size);
	if (!from) {
		dtslot_fail(text, -ENOMEM, "cannot map the expansion ROM");
		return ERR_PTR(-ENOMEM);
	}
	r.from = from;
	ret = dtslot_carried_find(c, &r.rom, text);
	if (ret > 0)
		data = read_overlay(pdev, c, from + c->offset, text);
	iounmap(from);
	return ret < 0 ? ERR_PTR(ret) : data;
}

/*
 * A function may decode its ROM in the place of its BARs: the ROM is open only while it is
 * read, when no driver uses the BARs.
 */
static void *read_rom(struct pci_dev *pdev, struct dtslot_carried *c, struct dtslot_text *text)
{
	bool was_open = pci_resource_flags(pdev, PCI_ROM_RESOURCE) & IORESOURCE_ROM_ENABLE;
	void *data;

	if (!has_rom(pdev) || pci_enable_rom(pdev))
		return NULL;
	data = look_into_rom(pdev, c, text);
	if (!was_open)
		pci_disable_rom(pdev);
	return data;
}

/* The card has one, and may not give it. What else there is, is used. */
static int refuse(const struct dtslot_source *source, struct dtslot_text *text)
{
	if (source->data)
		return 0;
	return dtslot_fail(text, -EACCES,
			   "no overlay in /lib/firmware/%s, and the card's own is not taken: write 1 to /sys/module/dtslot_pci/parameters/card_overlays, then to 'attach'",
			   source->firmware);
}

/**
 * dtslot_pci_carried_read() - read the overlay that a card carries
 * @pdev: the function, enabled
 * @source: gets the overlay, if there is one and root lets it in
 * @text: receives the message on failure
 *
 * Return: 0 or a negative error; a card that carries none is no error.
 */
int dtslot_pci_carried_read(struct pci_dev *pdev, struct dtslot_source *source,
			    struct dtslot_text *text)
{
	u32 words[DTSLOT_CARRIED_WORDS];
	struct dtslot_carried c;
	void *data;
	int ret;

	if (find_capability(pdev, words)) {
		if (!READ_ONCE(card_overlays))
			return refuse(source, text);
		ret = dtslot_carried_parse(&c, words, text) ?:
		      dtslot_carried_place(&c, bar_size(pdev, c.bar), text);
		if (ret)
			return ret;
		data = read_bar(pdev, &c, text);
	} else {
		data = READ_ONCE(card_overlays) ? read_rom(pdev, &c, text) : NULL;
	}
	if (IS_ERR_OR_NULL(data))
		return PTR_ERR_OR_ZERO(data);
	source->data = data;
	source->owned = data;
	source->size = c.size;
	source->data_name = "card";
	source->from_outside = true;
	return 0;
}
