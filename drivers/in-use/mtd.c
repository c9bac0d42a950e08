// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flash memories in slots: who uses one keeps its slot from being emptied.
 *
 * MTD does not count the users of a device that is not a partition, and the driver
 * frees it when it goes, whoever has it open. So the calls by which MTD tells the
 * driver of a user and of the end of one pass through here, for devices in slots.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/list.h>
#include <linux/major.h>
#include <linux/module.h>
#include <linux/mtd/mtd.h>
#include <linux/of.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "../compat.h"
#include "../dtslot.h"

#define MAX_INDEX	128	/* MTDs that have a character device: two minors each */

/**
 * struct flash - a memory in a slot
 * @list: entry in the list of all
 * @mtd: the memory as a whole
 * @get: its driver's _get_device, may be NULL
 * @put: its driver's _put_device, may be NULL
 * @registered: how many MTDs it is: itself, or partitions
 * @indices: their numbers
 * @users: how many have one of them
 * @leaving: it is about to go, there are no users any more
 */
struct flash {
	struct list_head list;
	struct mtd_info *mtd;
	int (*get)(struct mtd_info *mtd);
	void (*put)(struct mtd_info *mtd);
	unsigned int registered;
	DECLARE_BITMAP(indices, MAX_INDEX);
	unsigned int users;
	bool leaving;
};

static LIST_HEAD(flashes);
static DEFINE_MUTEX(flashes_lock);	/* guards flashes; taken inside of MTD's own lock */

static struct flash *find_flash(const struct mtd_info *master)
{
	struct flash *flash;

	list_for_each_entry(flash, &flashes, list)
		if (flash->mtd == master)
			return flash;
	return NULL;
}

static int get_flash(struct mtd_info *mtd)
{
	struct flash *flash;
	int ret;

	guard(mutex)(&flashes_lock);
	flash = find_flash(mtd_get_master(mtd));
	if (flash->leaving)
		return -ENODEV;
	ret = flash->get ? flash->get(mtd) : 0;
	if (!ret)
		flash->users++;
	return ret;
}

static void put_flash(struct mtd_info *mtd)
{
	struct flash *flash;

	guard(mutex)(&flashes_lock);
	flash = find_flash(mtd_get_master(mtd));
	flash->users--;
	if (flash->put)
		flash->put(mtd);
}

static struct device_node *flash_node(struct mtd_info *master)
{
	struct device_node *np = mtd_get_of_node(master);

	return np || !master->dev.parent ? np : master->dev.parent->of_node;
}

static void flash_added(struct mtd_info *mtd)
{
	struct mtd_info *master = mtd_get_master(mtd);
	struct flash *flash;

	guard(mutex)(&flashes_lock);
	flash = find_flash(master);
	if (!flash) {
		if (!dtslot_in_slot(flash_node(master)))
			return;
		flash = kzalloc_obj(*flash);
		if (!flash) {
			dev_err(&mtd->dev, "no memory to count its users: do not detach it while it is in use\n");
			return;
		}
		flash->mtd = master;
		flash->get = master->_get_device;
		flash->put = master->_put_device;
		master->_get_device = get_flash;
		master->_put_device = put_flash;
		list_add(&flash->list, &flashes);
	}
	flash->registered++;
	if (mtd->index < MAX_INDEX)
		set_bit(mtd->index, flash->indices);
}

static void flash_removed(struct mtd_info *mtd)
{
	struct flash *flash;

	guard(mutex)(&flashes_lock);
	flash = find_flash(mtd_get_master(mtd));
	if (!flash)
		return;
	if (mtd->index < MAX_INDEX)
		clear_bit(mtd->index, flash->indices);
	if (--flash->registered)
		return;
	flash->mtd->_get_device = flash->get;
	flash->mtd->_put_device = flash->put;
	list_del(&flash->list);
	kfree(flash);
}

static struct mtd_notifier notifier = {
	.add = flash_added,
	.remove = flash_removed,
};

static int is_open(const void *indices, struct file *file, unsigned int fd)
{
	const struct inode *inode = file_inode(file);

	return S_ISCHR(inode->i_mode) && imajor(inode) == MTD_CHAR_MAJOR &&
	       test_bit(iminor(inode) / 2, indices) ? iminor(inode) / 2 + 1 : 0;
}

/* Say which process has a memory open; without one, it is the kernel itself. */
static int in_use(const struct flash *flash, struct dtslot_text *text)
{
	struct task_struct *task;
	int found = 0;

	rcu_read_lock();
	for_each_process(task) {
		task_lock(task);
		if (task->files)
			found = iterate_fd(task->files, 0, is_open, flash->indices);
		task_unlock(task);
		if (!found)
			continue;
		dtslot_fail(text, -EBUSY, "mtd%d is open: %s (pid %d) has it", found - 1,
			    task->comm, task_pid_nr(task));
		break;
	}
	rcu_read_unlock();
	if (!found)
		dtslot_fail(text, -EBUSY,
			    "mtd%lu is in use by the kernel: take off what is on it (block device, UBI, file system)",
			    find_first_bit(flash->indices, MAX_INDEX));
	return -EBUSY;
}

/* From here on nobody gets at a memory of the slot. */
static int leave(const struct dtslot *slot, struct dtslot_text *text)
{
	struct flash *flash;

	guard(mutex)(&flashes_lock);
	list_for_each_entry(flash, &flashes, list)
		if (flash->users && dtslot_owns(slot, flash_node(flash->mtd)))
			return in_use(flash, text);
	list_for_each_entry(flash, &flashes, list)
		if (dtslot_owns(slot, flash_node(flash->mtd)))
			flash->leaving = true;
	return 0;
}

static int __init mtd_guard_init(void)
{
	register_mtd_user(&notifier);
	dtslot_set_guard(leave);
	return 0;
}
module_init(mtd_guard_init);

static void __exit mtd_guard_exit(void)
{
	dtslot_set_guard(NULL);
	unregister_mtd_user(&notifier);
}
module_exit(mtd_guard_exit);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("Flash memories in slots are not taken away from who uses them");
MODULE_LICENSE("GPL");
