// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that are not ready when the kernel looks at them. For some 100 ms after
 * power-on and after a reset, until its boot ROM has set them, the registers of a SoC's PCIe
 * controller have other ids than the card's, and no BARs.
 *
 * A function that was enumerated like this is looked at again for a while; once its
 * registers say that it is a card, it is removed and enumerated anew. One that was reset
 * gets the addresses of its BARs again.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "pci.h"

/* Thirty times what is known to be needed. */
#define READY_MS	3000
#define LOOK_MS		50

/* How often a function may say that it is another one, before it is left as it is. */
#define MAX_ANEW	3

/**
 * struct late - a function that may not be ready
 * @list: entry in the list of all
 * @work: looks at it
 * @pdev: the function
 * @removers: the reference to it
 * @had_bar: it had a BAR when it was enumerated; the kernel forgets one that it has no
 *	address for
 * @looks: how often it has been looked at
 * @anew: how often it has been enumerated anew, with those at its place before
 */
struct late {
	struct list_head list;
	struct delayed_work work;
	struct pci_dev *pdev;
	struct dtslot_pci_removers *removers;
	bool had_bar;
	unsigned int looks;
	unsigned int anew;
};

/*
 * One of its own: a work item that has left the list may still run when the module goes.
 * Frozen in sleep: no function may come or go while the devices around it are suspended.
 */
static struct workqueue_struct *ready_wq;
static LIST_HEAD(lates);
static DEFINE_MUTEX(lates_lock);	/* guards lates, stopped */
static bool stopped;

static u32 enumerated_id(const struct pci_dev *pdev)
{
	return (u32)pdev->device << 16 | pdev->vendor;
}

static u32 read_id(struct pci_dev *pdev)
{
	u32 id;

	/* A read that the bus refuses sets nothing. */
	PCI_SET_ERROR_RESPONSE(&id);
	pci_read_config_dword(pdev, PCI_VENDOR_ID, &id);
	return id;
}

/* Whether an id is in the table of cards. */
static bool is_card(u32 id)
{
	const struct pci_device_id *known;

	for (known = dtslot_pci_ids; known->vendor; known++)
		if (known->driver_data && id == (known->device << 16 | known->vendor))
			return true;
	return false;
}

/* Whether the function has a BAR now. It is not in use: it had none before. */
static bool has_bar(struct pci_dev *pdev)
{
	u32 before, size;

	pci_read_config_dword(pdev, PCI_BASE_ADDRESS_0, &before);
	pci_write_config_dword(pdev, PCI_BASE_ADDRESS_0, ~0);
	pci_read_config_dword(pdev, PCI_BASE_ADDRESS_0, &size);
	pci_write_config_dword(pdev, PCI_BASE_ADDRESS_0, before);
	return size && !PCI_POSSIBLE_ERROR(size);
}

static bool is_other_now(const struct late *late)
{
	u32 id = read_id(late->pdev);

	return is_card(id) && (id != enumerated_id(late->pdev) ||
			       (!late->had_bar && has_bar(late->pdev)));
}

/**
 * dtslot_pci_enumerate_anew() - remove a function and let the kernel find it again
 * @pdev: the function; the caller holds a reference
 * @why: for the log
 *
 * Context: takes PCI's lock against rescans.
 */
void dtslot_pci_enumerate_anew(struct pci_dev *pdev, const char *why)
{
	struct pci_bus *bus = pdev->bus;

	pci_lock_rescan_remove();
	if (device_is_registered(&pdev->dev)) {
		pci_info(pdev, "%s, is enumerated anew\n", why);
		pci_stop_and_remove_bus_device(pdev);
		pci_rescan_bus(bus);
	}
	pci_unlock_rescan_remove();
}

static void free_late(struct late *late)
{
	dtslot_pci_removers_destroy(late->removers);
	kfree(late);
}

static void look(struct work_struct *work)
{
	struct late *late = container_of(to_delayed_work(work), struct late, work);
	bool done = device_is_registered(&late->pdev->dev) && is_other_now(late);

	if (done && late->anew == MAX_ANEW) {
		pci_warn(late->pdev, "says again and again that it is another card, and is left as it is\n");
	} else if (done) {
		late->anew++;
		dtslot_pci_enumerate_anew(late->pdev, "ready now");
	}
	scoped_guard(mutex, &lates_lock) {
		if (!stopped && !done && device_is_registered(&late->pdev->dev) &&
		    ++late->looks < READY_MS / LOOK_MS) {
			queue_delayed_work(ready_wq, &late->work, msecs_to_jiffies(LOOK_MS));
			return;
		}
		/* What stops the looking waits for those that are on the list. */
		if (stopped)
			return;
		list_del(&late->list);
	}
	free_late(late);
}

/* What takes the place of a function is enumerated while that is still on the list. */
static unsigned int count_anew(const struct pci_dev *pdev)
{
	const struct late *late;
	unsigned int count = 0;

	list_for_each_entry(late, &lates, list)
		if (late->pdev->bus == pdev->bus && late->pdev->devfn == pdev->devfn)
			count = max(count, late->anew);
	return count;
}

/**
 * dtslot_pci_ready_watch() - look at a function again for a while
 * @pdev: the function, just enumerated
 */
void dtslot_pci_ready_watch(struct pci_dev *pdev)
{
	struct late *late;

	/* The ids of a virtual function read as all ones for good. */
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL || pdev->is_virtfn)
		return;
	guard(mutex)(&lates_lock);
	if (stopped)
		return;
	late = kzalloc_obj(*late);
	if (!late)
		return;
	late->removers = dtslot_pci_removers_create(pdev);
	if (IS_ERR(late->removers)) {
		kfree(late);
		return;
	}
	late->pdev = pdev;
	late->had_bar = pci_resource_flags(pdev, 0);
	late->anew = count_anew(pdev);
	INIT_DELAYED_WORK(&late->work, look);
	list_add_tail(&late->list, &lates);
	queue_delayed_work(ready_wq, &late->work, msecs_to_jiffies(LOOK_MS));
}

/**
 * dtslot_pci_ready_start() - be able to look at functions
 *
 * Return: 0 or -ENOMEM.
 */
int dtslot_pci_ready_start(void)
{
	ready_wq = alloc_workqueue("dtslot-ready", WQ_UNBOUND | WQ_FREEZABLE, 0);
	return ready_wq ? 0 : -ENOMEM;
}

/**
 * dtslot_pci_ready_watch_all() - look at the functions that there are
 *
 * Context: takes PCI's lock against rescans.
 */
void dtslot_pci_ready_watch_all(void)
{
	struct pci_dev *pdev = NULL;

	/* None is removed meanwhile. */
	pci_lock_rescan_remove();
	for_each_pci_dev(pdev)
		if (read_id(pdev) != enumerated_id(pdev))
			dtslot_pci_ready_watch(pdev);
	pci_unlock_rescan_remove();
}

/**
 * dtslot_pci_ready_stop() - undo dtslot_pci_ready_start(); look at no function any more
 */
void dtslot_pci_ready_stop(void)
{
	struct late *late, *next;

	scoped_guard(mutex, &lates_lock)
		stopped = true;
	list_for_each_entry_safe(late, next, &lates, list) {
		cancel_delayed_work_sync(&late->work);
		free_late(late);
	}
	destroy_workqueue(ready_wq);
}

/**
 * dtslot_pci_ready_wait() - wait until a function is what it was when it was enumerated
 * @pdev: the function, not enabled
 * @text: receives the message on failure
 *
 * Context: sleeps.
 * Return: 0 or a negative error.
 */
int dtslot_pci_ready_wait(struct pci_dev *pdev, struct dtslot_text *text)
{
	unsigned long end = jiffies + msecs_to_jiffies(READY_MS);
	u32 id;

	while ((id = read_id(pdev)) != enumerated_id(pdev)) {
		if (PCI_POSSIBLE_ERROR(id))
			return dtslot_fail(text, -ENODEV, "the card does not answer");
		if (time_after(jiffies, end))
			return dtslot_fail(text, -ENODEV,
					   "the card answers as %04x:%04x and not as %04x:%04x: its boot ROM has not set its registers",
					   id & U16_MAX, id >> 16, pdev->vendor, pdev->device);
		msleep(LOOK_MS);
	}
	/* A reset of before may have come to its end after the kernel has set the BARs. */
	return min(dtslot_pci_bars_place(pdev, text), 0);
}

/**
 * dtslot_pci_ready_restore() - have a function that woke be what it was before
 * @pdev: the function; its state was saved
 *
 * Context: sleeps, up to READY_MS; interrupts of devices may be off.
 * Return: whether its registers were not as they were left, so that what is behind it is not, too.
 */
bool dtslot_pci_ready_restore(struct pci_dev *pdev)
{
	bool lost = false;
	int bar, looks;
	u32 id;

	for (looks = 0; looks < READY_MS / LOOK_MS; looks++) {
		id = read_id(pdev);
		if (id == enumerated_id(pdev) || PCI_POSSIBLE_ERROR(id))
			break;
		lost = true;
		msleep(LOOK_MS);
	}
	/* It has gone, and its removal follows. */
	if (PCI_POSSIBLE_ERROR(id))
		return false;
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		lost |= dtslot_pci_bar_is_misplaced(pdev, bar);
	if (lost) {
		/* The core takes it for used up once it has restored it. */
		pdev->state_saved = true;
		pci_restore_state(pdev);
	}
	return lost;
}
