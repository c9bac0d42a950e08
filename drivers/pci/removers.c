// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writers of a function's file "remove" in sysfs. Such a writer gives up the protection that
 * the file gives, and waits for PCI's lock against rescans without a reference to the
 * function (mainline's remove_store()). If another removal has that lock, as that of a slot
 * which is switched off, the function is freed under the writer.
 *
 * So the reference of this driver outlives the writers. The kernel tells of them by the count
 * of active users of the file, which a writer is one of until its system call is over.
 */
#include <linux/delay.h>
#include <linux/kernfs.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "pci.h"

#define LOOK_MS		20

/**
 * struct dtslot_pci_removers - a function, and what tells of those that remove it by sysfs
 * @work: gives the function back
 * @pdev: the function; reference held
 * @file: its file "remove"; NULL for a virtual function, which has none
 * @directory: its directory, which has no active users ever
 */
struct dtslot_pci_removers {
	struct work_struct work;
	struct pci_dev *pdev;
	struct kernfs_node *file;
	struct kernfs_node *directory;
};

static struct workqueue_struct *removers_wq;

/*
 * Both counts are lowered by the same amount when file and directory are removed. The lock
 * keeps a removal from being between the two; a writer removes the file alone, and first.
 */
static bool are_gone(const struct dtslot_pci_removers *removers)
{
	bool gone;

	pci_lock_rescan_remove();
	gone = !removers->file ||
	       atomic_read(&removers->file->active) == atomic_read(&removers->directory->active);
	pci_unlock_rescan_remove();
	return gone;
}

static void give_back(struct work_struct *work)
{
	struct dtslot_pci_removers *removers =
		container_of(work, struct dtslot_pci_removers, work);

	while (!are_gone(removers))
		msleep(LOOK_MS);
	sysfs_put(removers->file);
	sysfs_put(removers->directory);
	pci_dev_put(removers->pdev);
	kfree(removers);
}

/**
 * dtslot_pci_removers_create() - hold a function, also against those that remove it by sysfs
 * @pdev: the function, registered
 *
 * Return: what to give to dtslot_pci_removers_destroy(); -ENODEV if a writer is about to
 * remove the function, or -ENOMEM.
 */
struct dtslot_pci_removers *dtslot_pci_removers_create(struct pci_dev *pdev)
{
	struct kernfs_node *directory = pdev->dev.kobj.sd;
	struct dtslot_pci_removers *removers;
	struct kernfs_node *file;

	file = sysfs_get_dirent(directory, "remove");
	if (!file && !pdev->is_virtfn)
		return ERR_PTR(-ENODEV);
	removers = kzalloc_obj(*removers);
	if (!removers) {
		sysfs_put(file);
		return ERR_PTR(-ENOMEM);
	}
	INIT_WORK(&removers->work, give_back);
	removers->pdev = pci_dev_get(pdev);
	removers->file = file;
	kernfs_get(directory);
	removers->directory = directory;
	return removers;
}

/**
 * dtslot_pci_removers_destroy() - give a function back once none removes it by sysfs
 * @removers: result of dtslot_pci_removers_create()
 *
 * Context: does not wait, and may be called with PCI's lock against rescans.
 */
void dtslot_pci_removers_destroy(struct dtslot_pci_removers *removers)
{
	queue_work(removers_wq, &removers->work);
}

/**
 * dtslot_pci_removers_start() - be able to hold functions
 *
 * Return: 0 or -ENOMEM.
 */
int dtslot_pci_removers_start(void)
{
	removers_wq = alloc_workqueue("dtslot-removers", WQ_UNBOUND, 0);
	return removers_wq ? 0 : -ENOMEM;
}

/**
 * dtslot_pci_removers_stop() - undo dtslot_pci_removers_start()
 *
 * Context: waits for the writers; without PCI's lock against rescans.
 */
void dtslot_pci_removers_stop(void)
{
	destroy_workqueue(removers_wq);
}
