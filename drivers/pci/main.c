// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finder 1: a PCI function that is a slot. What is behind its BARs is described
 * by an overlay, embedded or from firmware, and driven by platform drivers.
 */
#include <linux/module.h>
#include <linux/of.h>
#include <linux/pm.h>
#include <linux/pm_runtime.h>
#include <linux/suspend.h>
#include <linux/wait.h>

#include "pci.h"

/* How long a reset waits for the drivers of a card. */
#define EMPTY_TIMEOUT	(5 * HZ)

/* How long a removal waits for them: those of a card that has died poll it for minutes. */
#define DEAD_TIMEOUT	(2 * HZ)
#define ALIVE_TIMEOUT	(30 * HZ)

/**
 * struct card - a function that this driver is or was bound to
 * @users: the driver, and the slot while it was not waited for
 * @list: entry in the list of all
 * @pdev: the function
 * @removers: the reference to it
 * @soc: what is known of the SoC; NULL if it was bound by new_id or
 *	driver_override
 * @slot: its slot
 * @nodes: nodes that were made for it
 * @function: its node
 * @irq: its interrupt controller; NULL before its nodes are there
 * @dma: how its bus masters reach the host
 * @going: its removal has begun: its slot takes no requests any more
 * @lock: held while what needs the function is given back
 * @cut: the function is not used any more, though drivers are still at work
 * @hold: its addresses, if it has gone before its drivers
 * @lost: what its drivers told it did not outlast a sleep
 * @filled: it is prepared: drivers may use it. Without the hardware they get nothing
 * @emptied: woken when @filled ends
 * @again: it was filled when a reset began, and is to be filled after that
 * @mishap: why it is filled again; NULL if that is no error
 */
struct card {
	struct kref users;
	struct list_head list;
	struct pci_dev *pdev;
	struct dtslot_pci_removers *removers;
	const struct dtslot_pci_soc *soc;
	struct dtslot *slot;
	struct dtslot_pci_nodes *nodes;
	struct device_node *function;
	struct dtslot_pci_irq *irq;
	struct dtslot_pci_dma *dma;
	bool going;
	struct mutex lock;	/* guards cut, irq against the end of the slot */
	bool cut;
	struct dtslot_pci_hold *hold;
	bool lost;
	bool filled;
	wait_queue_head_t emptied;
	bool again;
	const char *mishap;
};

static LIST_HEAD(cards);
static DEFINE_MUTEX(cards_lock);	/* guards cards, and of those in it: going, cut, hold */

/* Another card at the place of this one, whose drivers are still at work, or not. */
static struct card *find_other(const struct card *card, bool cut)
{
	struct card *other;

	list_for_each_entry(other, &cards, list)
		if (other != card && other->cut == cut && other->going == cut &&
		    !strcmp(pci_name(other->pdev), pci_name(card->pdev)))
			return other;
	return NULL;
}

static int check_place(struct card *card, struct dtslot_text *text)
{
	guard(mutex)(&cards_lock);
	if (!find_other(card, true))
		return 0;
	return dtslot_fail(text, -EBUSY,
			   "drivers of the card that was here before have not let go of it yet; this one follows by itself");
}

static void card_release(struct kref *users)
{
	struct card *card = container_of(users, struct card, users);

	if (card->cut)
		dtslot_put(card->slot);
	dtslot_pci_removers_destroy(card->removers);
	mutex_destroy(&card->lock);
	kfree(card);
}

/* The function is in D0, and what it was when it was enumerated. */
static int make_ready(struct card *card, struct dtslot_text *text)
{
	struct pci_dev *pdev = card->pdev;
	int ret;

	if (pdev->is_virtfn)
		return dtslot_fail(text, -EOPNOTSUPP,
				   "a virtual function (SR-IOV) cannot be a slot: its registers say neither what it is nor where its BARs are; bind %s, its physical function",
				   pci_name(pci_physfn(pdev)));
	ret = dtslot_pci_ready_wait(pdev, text);
	if (ret)
		return ret;
	ret = dtslot_pci_bars_check(pdev, card->soc ? card->soc->bars : 0, text);
	if (ret)
		return ret;
	card->nodes = dtslot_pci_nodes_get(pdev, &card->function, text);
	return PTR_ERR_OR_ZERO(card->nodes);
}

static int card_prepare(void *priv, struct dtslot_site *site, struct dtslot_text *text)
{
	struct card *card = priv;
	struct device *dev = &card->pdev->dev;
	int ret;

	ret = check_place(card, text);
	if (ret)
		return ret;
	ret = pm_runtime_resume_and_get(dev);
	if (ret < 0)
		return dtslot_fail(text, ret, "the function does not wake (error %d)", ret);
	ret = make_ready(card, text);
	if (ret) {
		pm_runtime_put(dev);
		return ret;
	}
	/* A node of the kernel's goes with the function, which may be before its drivers. */
	site->target = of_node_get(card->function);
	return 0;
}

static void card_unprepare(void *priv)
{
	struct card *card = priv;

	of_node_put(card->function);
	dtslot_pci_nodes_put(card->nodes);
	pm_runtime_put(&card->pdev->dev);
}

static int card_start(void *priv, struct dtslot_text *text)
{
	struct card *card = priv;
	struct pci_dev *pdev = card->pdev;
	int ret;

	ret = pci_enable_device_mem(pdev);
	if (ret)
		return dtslot_fail(text, ret, "cannot enable the function (error %d)", ret);
	card->dma = dtslot_pci_dma_create(pdev, card->soc, text);
	if (IS_ERR(card->dma)) {
		pci_disable_device(pdev);
		return PTR_ERR(card->dma);
	}
	WRITE_ONCE(card->filled, true);
	return 0;
}

static void card_stop(void *priv)
{
	struct card *card = priv;

	scoped_guard(mutex, &card->lock) {
		if (!card->cut)
			pci_clear_master(card->pdev);
		if (card->irq)
			dtslot_pci_irq_destroy(card->irq);
		card->irq = NULL;
	}
	/* Not with the lock: it waits for the notifiers of a bus. */
	dtslot_pci_dma_destroy(card->dma);
	scoped_guard(mutex, &card->lock) {
		if (!card->cut)
			pci_disable_device(card->pdev);
		WRITE_ONCE(card->filled, false);
	}
	wake_up_all(&card->emptied);
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

static int card_carried(void *priv, struct dtslot_source *source, struct dtslot_text *text)
{
	struct card *card = priv;

	return dtslot_pci_carried_read(card->pdev, source, text);
}

/*
 * An MSI is a memory write of the function's, and what uses DMA says by an interrupt that it
 * has done. Before an overlay is let in, and without any of this, the function reaches no
 * memory. With the card's lock.
 */
static void let_master(struct card *card)
{
	if ((card->irq && dtslot_pci_irq_has_vectors(card->irq)) ||
	    dtslot_pci_dma_has_master(card->function))
		pci_set_master(card->pdev);
}

static int card_described(void *priv, struct dtslot_text *text)
{
	struct card *card = priv;
	struct dtslot_pci_irq *irq;
	int ret;

	ret = dtslot_pci_regs_check(card->pdev, card->function, text);
	if (ret)
		return ret;
	ret = dtslot_pci_mac_add(card->pdev, card->function, card->soc, text);
	if (ret)
		return ret;
	ret = dtslot_pci_dma_open(card->dma, card->function, text);
	if (ret)
		return ret;
	guard(mutex)(&card->lock);
	if (card->cut)
		return dtslot_fail(text, -ENODEV, "unplugged meanwhile");
	irq = dtslot_pci_irq_create(card->pdev, card->function, card->soc, text);
	if (IS_ERR(irq))
		return PTR_ERR(irq);
	card->irq = irq;
	let_master(card);
	return 0;
}

/* A card that is gone reads all ones; so does one that an error has cut off. */
static bool card_is_gone(void *priv)
{
	struct card *card = priv;

	return READ_ONCE(card->filled) &&
	       (pci_dev_is_disconnected(card->pdev) || pci_channel_offline(card->pdev) ||
		!pci_device_is_present(card->pdev));
}

/* Drivers leave a function that they can reach. */
static void card_leaving(void *priv)
{
	struct card *card = priv;

	guard(mutex)(&card->lock);
	if (!card->cut && !card_is_gone(card))
		dtslot_pci_bars_reach(card->pdev);
}

/* An error that was recovered from is still to be seen. */
static void card_requested(void *priv, int result)
{
	struct card *card = priv;

	if (card->mishap && !result)
		dtslot_explain(card->slot, card->mishap);
	card->mishap = NULL;
}

/*
 * Attach a card that was refused, as drivers of another were still at its place. Where
 * that one's addresses left no room, it gets its own now; returns the function then.
 */
static struct pci_dev *let_follow(struct card *card)
{
	struct dtslot_text text;

	if (card->soc && dtslot_pci_bars_check(card->pdev, card->soc->bars, &text))
		return pci_dev_get(card->pdev);
	dtslot_request_attach(card->slot);
	return NULL;
}

/* The drivers of a card that had gone before them have let go of it. */
static void card_abandoned(void *priv)
{
	struct card *card = priv, *other;
	struct pci_dev *without_room = NULL;

	scoped_guard(mutex, &cards_lock) {
		list_del(&card->list);
		dtslot_pci_hold_destroy(card->hold);
		other = find_other(card, false);
		if (other)
			without_room = let_follow(other);
	}
	if (without_room)
		dtslot_pci_enumerate_anew(without_room, "there is room now");
	pci_dev_put(without_room);
	kref_put(&card->users, card_release);
}

static const struct dtslot_ops card_ops = {
	.owner = THIS_MODULE,
	.abandoned = card_abandoned,
	.prepare = card_prepare,
	.unprepare = card_unprepare,
	.start = card_start,
	.stop = card_stop,
	.identify = card_identify,
	.carried = card_carried,
	.described = card_described,
	.leaving = card_leaving,
	.is_gone = card_is_gone,
	.requested = card_requested,
};

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

	card = kzalloc_obj(*card);
	if (!card)
		return -ENOMEM;
	card->removers = dtslot_pci_removers_create(pdev);
	if (IS_ERR(card->removers)) {
		ret = PTR_ERR(card->removers);
		kfree(card);
		return ret;
	}
	kref_init(&card->users);
	mutex_init(&card->lock);
	card->pdev = pdev;
	card->soc = (const struct dtslot_pci_soc *)id->driver_data;
	pci_set_drvdata(pdev, card);

	scnprintf(name, sizeof(name), "pci-%s", pci_name(pdev));
	init_waitqueue_head(&card->emptied);
	/* What comes after a reset is what is now. */
	pci_save_state(pdev);
	card->slot = dtslot_create(&pdev->dev, name, &card_ops, card);
	if (IS_ERR(card->slot)) {
		ret = dev_err_probe(&pdev->dev, PTR_ERR(card->slot), "cannot make a slot\n");
		goto err_put;
	}
	scoped_guard(mutex, &cards_lock)
		list_add_tail(&card->list, &cards);
	/* From now on the slot says when the function has to be awake: while it is not empty. */
	pm_runtime_put_noidle(&pdev->dev);
	dtslot_request_attach(card->slot);
	return 0;

err_put:
	kref_put(&card->users, card_release);
	return ret;
}

/*
 * How long the removal of a card may wait. Memory that its drivers have mapped as the
 * function's cannot be given back any more once that has gone: then it waits for them.
 */
static unsigned long remove_timeout(struct pci_dev *pdev)
{
	if (dtslot_pci_dma_needs_function(pdev))
		return MAX_SCHEDULE_TIMEOUT;
	return pci_dev_is_disconnected(pdev) || !pci_device_is_present(pdev) ?
	       DEAD_TIMEOUT : ALIVE_TIMEOUT;
}

/* Use the function no more; its drivers are still at work, and get no interrupts. */
static void cut_off(struct card *card)
{
	u16 command;

	guard(mutex)(&cards_lock);
	guard(mutex)(&card->lock);
	card->cut = true;
	if (!READ_ONCE(card->filled))
		return;
	if (card->irq)
		dtslot_pci_irq_stop(card->irq);
	/* If it answers again, it is not at the addresses that they know. */
	pci_read_config_word(card->pdev, PCI_COMMAND, &command);
	pci_write_config_word(card->pdev, PCI_COMMAND, command & ~PCI_COMMAND_MEMORY);
	pci_clear_master(card->pdev);
	pci_disable_device(card->pdev);
}

static void card_remove(struct pci_dev *pdev)
{
	struct card *card = pci_get_drvdata(pdev);

	scoped_guard(mutex, &cards_lock)
		card->going = true;
	kref_get(&card->users);
	if (dtslot_destroy_within(card->slot, remove_timeout(pdev))) {
		scoped_guard(mutex, &cards_lock)
			list_del(&card->list);
		kref_put(&card->users, card_release);
	} else {
		pci_warn(pdev, "drivers of the card still poll it; they end by themselves\n");
		cut_off(card);
		/* Not in a notifier: with the lock that it takes devices go, and tell notifiers. */
		dtslot_orphan(card->slot);
	}
	dtslot_pci_irq_forget(pdev);
	/* What card_probe() has put. */
	pm_runtime_get_noresume(&pdev->dev);
	kref_put(&card->users, card_release);
}

/* --- functions that come before they are ready, and go before their drivers --- */

/* Those above a function or bridge that is removed stay until it has gone. */
static int pci_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct pci_dev *pdev = to_pci_dev((struct device *)data);
	struct card *card;

	if (action == BUS_NOTIFY_ADD_DEVICE)
		dtslot_pci_ready_watch(pdev);
	if (action != BUS_NOTIFY_DEL_DEVICE)
		return NOTIFY_DONE;
	guard(mutex)(&cards_lock);
	list_for_each_entry(card, &cards, list) {
		if (!card->cut)
			continue;
		if (card->pdev == pdev)
			card->hold = dtslot_pci_hold_create(pdev);
		else if (card->hold && pci_is_bridge(pdev))
			dtslot_pci_hold_lift(card->hold, pdev);
	}
	return NOTIFY_OK;
}

static struct notifier_block pci_notifier = {
	.notifier_call = pci_event,
};

/*
 * Empty the slot, whose "error" then says @why, if there is something to say. A card that
 * does not answer may keep its drivers for minutes: they get a while only.
 */
static void empty(struct card *card, const char *why)
{
	dtslot_request_lose(card->slot, why);
	wait_event_timeout(card->emptied, !READ_ONCE(card->filled), EMPTY_TIMEOUT);
}

/*
 * Before a reset the drivers let go of the card, which forgets all that they told it.
 * Those that have not by then find a card that answers again.
 */
static void empty_before_reset(struct card *card, const char *why)
{
	if (!READ_ONCE(card->filled))
		return;
	card->again = true;
	empty(card, why);
}

/*
 * What root has detached stays detached. An attach that was under way, or that began since
 * the reset was prepared, has told the card what it has forgotten again, or has failed.
 */
static void fill_after_reset(struct card *card)
{
	if (READ_ONCE(card->filled))
		dtslot_request_detach(card->slot, DTSLOT_RENEWED);
	if (card->again)
		dtslot_request_attach(card->slot);
	else
		dtslot_request_retry(card->slot);
	card->again = false;
}

static void card_reset_prepare(struct pci_dev *pdev)
{
	empty_before_reset(pci_get_drvdata(pdev), NULL);
}

static void card_reset_done(struct pci_dev *pdev)
{
	fill_after_reset(pci_get_drvdata(pdev));
}

/*
 * After an error no transaction of before is sure to have reached the card, fatal or not:
 * so it is reset, as far as the kernel does that.
 */
static pci_ers_result_t card_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct card *card = pci_get_drvdata(pdev);

	if (state == pci_channel_io_perm_failure) {
		card->again = false;
		card->mishap = NULL;
		empty(card, "detached: a PCI error was not recovered from; plug the card in again");
		return PCI_ERS_RESULT_DISCONNECT;
	}
	if (READ_ONCE(card->filled))
		card->mishap = state == pci_channel_io_frozen ?
			"attached anew after a fatal PCI error; the kernel log says which" :
			"attached anew after a non-fatal PCI error; the kernel log says which";
	/* 6.12 tells no driver that it gives up: then this stays. */
	empty_before_reset(card,
			   "detached: a PCI error is recovered from; if this stays, plug the card in again");
	return PCI_ERS_RESULT_NEED_RESET;
}

/*
 * A card that does not answer says so in its own slot. To report it here would end the
 * recovery of all other functions below the port, too.
 */
static pci_ers_result_t card_slot_reset(struct pci_dev *pdev)
{
	pci_restore_state(pdev);
	/* What was saved may be from a sleep with drivers; the slot is empty now. */
	pci_clear_master(pdev);
	pci_save_state(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void card_resume(struct pci_dev *pdev)
{
	fill_after_reset(pci_get_drvdata(pdev));
}

static const struct pci_error_handlers card_err_handler = {
	.error_detected = card_error_detected,
	.slot_reset = card_slot_reset,
	.resume = card_resume,
	.reset_prepare = card_reset_prepare,
	.reset_done = card_reset_done,
};

/* --- sleep --- */

/*
 * A card that drivers use stays in D0, and with it the ports above it: the PCI core leaves
 * both alone if the driver has saved the function's state. In D3 a port may take
 * the power from its slot. A card without drivers has nothing to lose, and may go to D3.
 */
static int card_suspend(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	struct card *card = pci_get_drvdata(pdev);

	return READ_ONCE(card->filled) ? pci_save_state(pdev) : 0;
}

/*
 * Before the devices behind the function: they shall find its registers. The PCI core leaves
 * those of a function that stayed in D0 alone; if they are not what they were, another card
 * is there, or this one was off.
 */
static int card_resume_noirq(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	struct card *card = pci_get_drvdata(pdev);

	card->lost = dtslot_pci_ready_restore(pdev);
	return 0;
}

/* The card has forgotten what its drivers told it, and they do not tell it again. */
static int card_restore(struct device *dev)
{
	struct card *card = pci_get_drvdata(to_pci_dev(dev));

	scoped_guard(mutex, &card->lock)
		if (READ_ONCE(card->filled))
			let_master(card);
	dtslot_request_detach(card->slot, DTSLOT_RENEWED);
	return 0;
}

/* Firmware that wakes the system has reset the slots. */
static int card_resume_system(struct device *dev)
{
	struct card *card = pci_get_drvdata(to_pci_dev(dev));

	return card->lost || pm_resume_via_firmware() ? card_restore(dev) : 0;
}

/*
 * An image of the memory is made, or is about to take its place: drivers of the card that
 * know nothing of sleep go on, so that what they told it to write has to end here.
 */
static int card_freeze(struct device *dev)
{
	struct card *card = pci_get_drvdata(to_pci_dev(dev));

	if (READ_ONCE(card->filled))
		pci_clear_master(card->pdev);
	return 0;
}

/* Messages are writes, too: what was to be sent meanwhile is looked for. */
static int card_thaw(struct device *dev)
{
	struct card *card = pci_get_drvdata(to_pci_dev(dev));

	guard(mutex)(&card->lock);
	if (!READ_ONCE(card->filled))
		return 0;
	let_master(card);
	if (card->irq)
		dtslot_pci_irq_look(card->irq);
	return 0;
}

static const struct dev_pm_ops card_pm = {
	.suspend = pm_sleep_ptr(card_suspend),
	.resume_noirq = pm_sleep_ptr(card_resume_noirq),
	.resume = pm_sleep_ptr(card_resume_system),
	.freeze = pm_sleep_ptr(card_freeze),
	.thaw = pm_sleep_ptr(card_thaw),
	.restore_noirq = pm_sleep_ptr(card_resume_noirq),
	.restore = pm_sleep_ptr(card_restore),
};

static struct pci_driver card_driver = {
	.name = "dtslot-pci",
	.id_table = dtslot_pci_ids,
	.probe = card_probe,
	.remove = card_remove,
	.err_handler = &card_err_handler,
	.driver.pm = pm_sleep_ptr(&card_pm),
};

static int __init card_init(void)
{
	int ret = dtslot_pci_removers_start();

	if (ret)
		return ret;
	ret = dtslot_pci_ready_start();
	if (ret)
		goto err_removers;
	ret = bus_register_notifier(&pci_bus_type, &pci_notifier);
	if (ret)
		goto err_ready;
	ret = pci_register_driver(&card_driver);
	if (ret)
		goto err_notifier;
	dtslot_pci_ready_watch_all();
	return 0;

err_notifier:
	bus_unregister_notifier(&pci_bus_type, &pci_notifier);
err_ready:
	dtslot_pci_ready_stop();
err_removers:
	dtslot_pci_removers_stop();
	return ret;
}
module_init(card_init);

static void __exit card_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &pci_notifier);
	dtslot_pci_ready_stop();
	pci_unregister_driver(&card_driver);
	dtslot_pci_removers_stop();
}
module_exit(card_exit);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("PCI functions as device-tree slots");
MODULE_LICENSE("GPL");
