// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt controller of a card: its function node as an irq domain with the
 * one line 0, fed by MSI if there is one that can be used, else by INTx.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/slab.h>

#include "../compat.h"
#include "pci.h"

/**
 * struct dtslot_pci_irq - interrupt of a card
 * @pdev: the function
 * @domain: domain with the one line
 * @irq: Linux interrupt number of the MSI or INTx
 * @line: line 0 while it has a consumer, else NULL: there is nobody to hand to
 * @regs: BAR with the registers of @soc->pending; NULL if it has none
 * @soc: what is known of the SoC; NULL for none
 */
struct dtslot_pci_irq {
	struct pci_dev *pdev;
	struct irq_domain *domain;
	unsigned int irq;
	struct irq_desc *line;
	void __iomem *regs;
	const struct dtslot_pci_soc *soc;
};

static void set_intx(struct pci_dev *pdev, bool on)
{
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (on)
		command &= ~PCI_COMMAND_INTX_DISABLE;
	else
		command |= PCI_COMMAND_INTX_DISABLE;
	pci_write_config_word(pdev, PCI_COMMAND, command);
}

/*
 * INTx is let out as long as line 0 has a consumer. Whatever the SoC's interrupt
 * controller still asserts from an earlier life cannot storm before its driver
 * has cleared it.
 */
static void card_mask(struct irq_data *data)
{
	struct dtslot_pci_irq *card = irq_data_get_irq_chip_data(data);

	WRITE_ONCE(card->line, NULL);
	if (!pci_dev_msi_enabled(card->pdev))
		set_intx(card->pdev, false);
}

static void card_unmask(struct irq_data *data)
{
	struct dtslot_pci_irq *card = irq_data_get_irq_chip_data(data);

	WRITE_ONCE(card->line, irq_data_to_desc(data));
	if (!pci_dev_msi_enabled(card->pdev))
		set_intx(card->pdev, true);
}

/*
 * That there is this callback, which has nothing to do, keeps a chained handler
 * from masking and unmasking line 0, that is INTx, around each interrupt.
 */
static void card_eoi(struct irq_data *data)
{
}

static struct irq_chip card_chip = {
	.name = "dtslot-pci",
	.irq_mask = card_mask,
	.irq_unmask = card_unmask,
	.irq_eoi = card_eoi,
};

static int card_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	struct dtslot_pci_irq *card = domain->host_data;

	irq_set_chip_data(virq, card);
	irq_set_chip_and_handler(virq, &card_chip, handle_simple_irq);
	return 0;
}

static const struct irq_domain_ops card_domain_ops = {
	.map = card_map,
	.xlate = irq_domain_xlate_onecell,
};

/*
 * Hand over to the consumer of line 0. Interrupts are off, also where handlers
 * are threads (threadirqs): flow handlers want it, and it keeps the descriptor,
 * which is freed by RCU, until the end.
 */
static bool handle_line(struct dtslot_pci_irq *card)
{
	struct irq_desc *line;

	guard(irqsave)();
	line = READ_ONCE(card->line);
	if (!line)
		return false;
	generic_handle_irq_desc(line);
	return true;
}

/*
 * Whether the SoC's interrupt controller asserts its output. A card that is gone
 * reads all ones; mainline's handlers believe them and loop or crash, so nobody
 * may be called then.
 */
static bool is_pending(const struct dtslot_pci_irq *card)
{
	const u32 *offset;

	if (!card->regs)
		return pci_device_is_present(card->pdev);
	for (offset = card->soc->pending; *offset; offset++) {
		u32 value = readl(card->regs + *offset);

		if (value)
			return value != U32_MAX;
	}
	return false;
}

static irqreturn_t handle_intx(int irq, void *data)
{
	struct dtslot_pci_irq *card = data;

	/* On a shared line it may be somebody else's. */
	if (!READ_ONCE(card->line) || !is_pending(card))
		return IRQ_NONE;
	return handle_line(card) ? IRQ_HANDLED : IRQ_NONE;
}

/*
 * A message is sent when the controller's output rises. What rises between the
 * controller's driver looking and the output falling sends none: so look again
 * until the output is low.
 */
static irqreturn_t handle_msi(int irq, void *data)
{
	struct dtslot_pci_irq *card = data;

	while (is_pending(card)) {
		if (!handle_line(card))
			return IRQ_NONE;
	}
	return IRQ_HANDLED;
}

/**
 * dtslot_pci_irq_create() - make a function's node an interrupt controller
 * @pdev: the function, enabled and bus master
 * @function: its node
 * @soc: what is known of the SoC; NULL for none
 * @name: name of the interrupt in /proc/interrupts
 * @text: receives the message on failure
 *
 * Return: the interrupt, or an ERR_PTR.
 */
struct dtslot_pci_irq *dtslot_pci_irq_create(struct pci_dev *pdev, struct device_node *function,
					     const struct dtslot_pci_soc *soc, const char *name,
					     struct dtslot_text *text)
{
	unsigned int types = PCI_IRQ_INTX;
	struct dtslot_pci_irq *card;
	bool msi;
	int ret;

	card = kzalloc_obj(*card);
	if (!card) {
		dtslot_fail(text, -ENOMEM, "no memory for the interrupt controller");
		return ERR_PTR(-ENOMEM);
	}
	card->pdev = pdev;
	card->soc = soc;
	if (soc && soc->pending[0]) {
		card->regs = pci_iomap(pdev, soc->pending_bar, 0);
		if (!card->regs) {
			ret = dtslot_fail(text, -ENOMEM, "cannot map BAR %u", soc->pending_bar);
			goto err_free;
		}
		types |= PCI_IRQ_MSI;
	}
	ret = pci_alloc_irq_vectors(pdev, 1, 1, types);
	if (ret < 0) {
		dtslot_fail(text, ret, "no usable interrupt: INTx %s, MSI %s (error %d)",
			    pdev->pin ? "is not routed" : "does not exist",
			    !pdev->msi_cap ? "does not exist" :
			    types & PCI_IRQ_MSI ? "is disabled" : "needs a table entry", ret);
		goto err_unmap;
	}
	card->irq = pci_irq_vector(pdev, 0);
	msi = pci_dev_msi_enabled(pdev);
	if (!msi)
		set_intx(pdev, false);
	card->domain = irq_domain_create_linear(of_fwnode_handle(function), 1,
						&card_domain_ops, card);
	if (!card->domain) {
		ret = dtslot_fail(text, -ENOMEM, "no memory for an irq domain");
		goto err_free_vectors;
	}
	ret = request_irq(card->irq, msi ? handle_msi : handle_intx, msi ? 0 : IRQF_SHARED, name,
			  card);
	if (ret) {
		dtslot_fail(text, ret, "cannot use interrupt %u (error %d)", card->irq, ret);
		goto err_remove_domain;
	}
	return card;

err_remove_domain:
	irq_domain_remove(card->domain);
err_free_vectors:
	pci_free_irq_vectors(pdev);
err_unmap:
	if (card->regs)
		pci_iounmap(pdev, card->regs);
err_free:
	kfree(card);
	return ERR_PTR(ret);
}

/**
 * dtslot_pci_irq_destroy() - undo dtslot_pci_irq_create()
 * @card: the interrupt; nobody uses its line any more
 */
void dtslot_pci_irq_destroy(struct dtslot_pci_irq *card)
{
	free_irq(card->irq, card);
	irq_dispose_mapping(irq_find_mapping(card->domain, 0));
	irq_domain_remove(card->domain);
	pci_free_irq_vectors(card->pdev);
	if (card->regs)
		pci_iounmap(card->pdev, card->regs);
	kfree(card);
}
