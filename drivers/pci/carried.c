// SPDX-License-Identifier: GPL-2.0-only
/*
 * The overlay that a card carries in a BAR. A vendor-specific capability names it.
 *
 * Whatever a card says, it says once: the capability and the overlay are copied, word by
 * word, and only the copies are looked at. docs/howto/card-blob.md is the format.
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

static int read_overlay(struct pci_dev *pdev, const struct dtslot_carried *c, void *to,
			struct dtslot_text *text)
{
	size_t size = ALIGN(c->size, sizeof(u32));
	void __iomem *from;
	int ret;

	from = ioremap(pci_resource_start(pdev, c->bar) + c->offset, size);
	if (!from)
		return dtslot_fail(text, -ENOMEM, "cannot map BAR %u", c->bar);
	ret = copy(pdev, to, from, size, text);
	iounmap(from);
	return ret ?: dtslot_carried_check(c, to, text);
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

	if (!find_capability(pdev, words))
		return 0;
	if (!READ_ONCE(card_overlays))
		return refuse(source, text);
	ret = dtslot_carried_parse(&c, words, text) ?:
	      dtslot_carried_place(&c, bar_size(pdev, c.bar), text);
	if (ret)
		return ret;
	data = kvmalloc(ALIGN(c.size, sizeof(u32)), GFP_KERNEL);
	if (!data)
		return dtslot_fail(text, -ENOMEM, "no memory for the card's overlay");
	ret = read_overlay(pdev, &c, data, text);
	if (ret) {
		kvfree(data);
		return ret;
	}
	source->data = data;
	source->owned = data;
	source->size = c.size;
	source->data_name = "card";
	source->from_outside = true;
	return 0;
}
