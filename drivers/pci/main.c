// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finder 1: a PCI function that is a slot. What is behind its BARs is described
 * by an overlay, embedded or from firmware, and driven by platform drivers.
 */
#include <linux/module.h>
#include <linux/of.h>
#include <linux/suspend.h>

#include "pci.h"

/**
 * struct card - a function that this driver is bound to
 * @pdev: the function
 * @soc: what is known of the SoC; NULL if it was bound by new_id or
 *	driver_override
 * @slot: its slot
 * @nodes: nodes that were made for it
 * @function: its node
 * @irq: its interrupt controller
 * @dma: how its bus masters reach the host, may be NULL
 * @sleep: told of the end of system sleep
 */
struct card {
	struct pci_dev *pdev;
	const struct dtslot_pci_soc *soc;
	struct dtslot *slot;
	struct dtslot_pci_nodes *nodes;
	struct device_node *function;
	struct dtslot_pci_irq *irq;
	struct dtslot_pci_dma *dma;
	struct notifier_block sleep;
};

/**
 * dtslot_pci_card_dma() - DMA of the devices on a card
 * @pdev: the function, with this driver and prepared
 *
 * Return: what dtslot_pci_dma_create() returned.
 */
struct dtslot_pci_dma *dtslot_pci_card_dma(struct pci_dev *pdev)
{
	struct card *card = pci_get_drvdata(pdev);

	return card->dma;
}

static int check_bars(struct card *card, struct dtslot_text *text)
{
	struct pci_dev *pdev = card->pdev;
	int bar;

	if (pci_dev_is_disconnected(pdev) || !pci_device_is_present(pdev))
		return dtslot_fail(text, -ENODEV, "the card does not answer");
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		const struct resource *res = pci_resource_n(pdev, bar);

		/* The kernel wipes what it could not place: no parent, no size. */
		if (card->soc && (card->soc->bars & BIT(bar)) && !res->parent)
			return dtslot_fail(text, -ENOSPC,
					   "BAR %d has no address: the bridge above has no room for it; boot with pci=realloc,hpmemsize=128M, or have the firmware reserve more for the slot",
					   bar);
	}
	return 0;
}

static int card_prepare(void *priv, struct dtslot_site *site, struct dtslot_text *text)
{
	struct card *card = priv;
	struct pci_dev *pdev = card->pdev;
	int ret;

	ret = check_bars(card, text);
	if (ret)
		return ret;
	ret = pci_enable_device_mem(pdev);
	if (ret)
		return dtslot_fail(text, ret, "cannot enable the function (error %d)", ret);
	/* For DMA; and an MSI is a memory write of the function's. */
	pci_set_master(pdev);

	card->nodes = dtslot_pci_nodes_get(pdev, &card->function, text);
	if (IS_ERR(card->nodes)) {
		ret = PTR_ERR(card->nodes);
		goto err_disable;
	}
	card->irq = dtslot_pci_irq_create(pdev, card->function, card->soc,
					  pci_name(pdev), text);
	if (IS_ERR(card->irq)) {
		ret = PTR_ERR(card->irq);
		goto err_nodes;
	}
	card->dma = dtslot_pci_dma_create(pdev, card->soc, text);
	if (IS_ERR(card->dma)) {
		ret = PTR_ERR(card->dma);
		goto err_irq;
	}
	site->target = card->function;
	return 0;

err_irq:
	dtslot_pci_irq_destroy(card->irq);
err_nodes:
	dtslot_pci_nodes_put(card->nodes);
err_disable:
	pci_clear_master(pdev);
	pci_disable_device(pdev);
	return ret;
}

static void card_unprepare(void *priv)
{
	struct card *card = priv;

	dtslot_pci_dma_destroy(card->dma);
	dtslot_pci_irq_destroy(card->irq);
	dtslot_pci_nodes_put(card->nodes);
	pci_clear_master(card->pdev);
	pci_disable_device(card->pdev);
}

static int card_identify(void *priv, struct dtslot_source *source, struct dtslot_text *text)
{
	struct card *card = priv;
	struct pci_dev *pdev = card->pdev;

	scnprintf(source->firmware, sizeof(source->firmware),
		  "dtslot/pci-%04x-%04x-%04x-%04x.dtbo", pdev->vendor, pdev->device,
		  pdev->subsystem_vendor, pdev->subsystem_device);
	if (!card->soc) {
		scnprintf(source->model, sizeof(source->model), "pci%04x,%04x",
			  pdev->vendor, pdev->device);
		return 0;
	}
	strscpy(source->model, card->soc->name, sizeof(source->model));
	source->data = card->soc->overlay;
	source->size = card->soc->overlay_end - card->soc->overlay;
	source->data_name = "embedded";
	source->singletons = card->soc->singletons;
	return 0;
}

static int card_described(void *priv, struct dtslot_text *text)
{
	struct card *card = priv;
	int ret;

	ret = dtslot_pci_mac_add(card->pdev, card->function, card->soc ? card->soc->mac : NULL,
				 text);
	return ret ?: dtslot_pci_dma_open(card->dma, card->function, text);
}

static const struct dtslot_ops card_ops = {
	.prepare = card_prepare,
	.unprepare = card_unprepare,
	.identify = card_identify,
	.described = card_described,
};

/*
 * The firmware that wakes a system has reset the slots: the card has forgotten all
 * that its drivers told it, and they do not tell it again. In suspend to idle the card
 * stays in D0, as its driver has nothing to do there, and forgets nothing. Not
 * done here: drivers that go may want to leave the list of notifiers.
 */
static int card_woken(struct notifier_block *sleep, unsigned long event, void *data)
{
	struct card *card = container_of(sleep, struct card, sleep);

	if (event == PM_POST_HIBERNATION ||
	    (event == PM_POST_SUSPEND && pm_resume_via_firmware()))
		dtslot_request_detach(card->slot, DTSLOT_RENEWED);
	return NOTIFY_DONE;
}

/*
 * The attach is only requested here: the caller may hold PCI's lock against rescans.
 * A slot that fails to attach stays, "failed", and the driver stays bound: who
 * mends the cause (firmware file, window of the bridge) writes to "attach".
 */
static int card_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct card *card;
	char name[32];
	int ret;

	card = devm_kzalloc(&pdev->dev, sizeof(*card), GFP_KERNEL);
	if (!card)
		return -ENOMEM;
	card->pdev = pdev;
	card->soc = (const struct dtslot_pci_soc *)id->driver_data;
	pci_set_drvdata(pdev, card);

	scnprintf(name, sizeof(name), "pci-%s", pci_name(pdev));
	card->slot = dtslot_create(&pdev->dev, name, &card_ops, card);
	if (IS_ERR(card->slot))
		return dev_err_probe(&pdev->dev, PTR_ERR(card->slot), "cannot make a slot\n");
	card->sleep.notifier_call = card_woken;
	ret = register_pm_notifier(&card->sleep);
	if (ret) {
		dtslot_destroy(card->slot);
		return ret;
	}
	dtslot_request_attach(card->slot);
	return 0;
}

static void card_remove(struct pci_dev *pdev)
{
	struct card *card = pci_get_drvdata(pdev);

	unregister_pm_notifier(&card->sleep);
	dtslot_destroy(card->slot);
}

/* Root had the function reset: the card has forgotten as much as after sleep. */
static void card_reset_done(struct pci_dev *pdev)
{
	struct card *card = pci_get_drvdata(pdev);

	dtslot_request_detach(card->slot, DTSLOT_RENEWED);
}

static const struct pci_error_handlers card_err_handler = {
	.reset_done = card_reset_done,
};

static struct pci_driver card_driver = {
	.name = "dtslot-pci",
	.id_table = dtslot_pci_ids,
	.probe = card_probe,
	.remove = card_remove,
	.err_handler = &card_err_handler,
};

module_pci_driver(card_driver);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("PCI functions as device-tree slots");
MODULE_LICENSE("GPL");
