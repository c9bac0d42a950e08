// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flash memories in slots: who uses one keeps its slot from being emptied.
 *
 * MTD does not count the users of a device that is not a partition, and the driver
 * frees it when it goes, whoever has it open. So the calls by which MTD tells the
 * driver of a user and of the end of one pass through here, for devices in slots.
 *
 * When the hardware goes, no user is waited for. What a driver has allocated for its
 * device, the memory that users point to among it, then stays until the last one is gone,
 * who gets errors from here. A function that revokes open files, or a reference count of
 * MTD for devices that are no partitions, would make that clean.
 */
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/major.h>
#include <linux/module.h>
#include <linux/mtd/mtd.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>

#include "../compat.h"
#include "../dtslot.h"
#include "files.h"

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
 * @unbinds: the driver of its device is about to go
 * @remains: what its driver had allocated, kept for its users; NULL while it is there
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
	bool unbinds;
	struct remains *remains;
};

/**
 * struct remains - what is kept of a device that has gone
 * @dev: holds the resources that were the device's
 * @of: the device
 */
struct remains {
	struct device dev;
	struct device *of;
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
	if (flash->leaving || flash->remains)
		return -ENODEV;
	ret = flash->get ? flash->get(mtd) : 0;
	if (ret)
		return ret;
	/* A module that comes back does not know who has come meanwhile. */
	__module_get(THIS_MODULE);
	flash->users++;
	return 0;
}

static void free_remains(struct device *dev)
{
	struct remains *remains = container_of(dev, struct remains, dev);

	put_device(remains->of);
	kfree(remains);
}

static void forget_flash(struct flash *flash)
{
	list_del(&flash->list);
	kfree(flash);
}

static void put_flash(struct mtd_info *mtd)
{
	struct remains *remains;
	struct flash *flash;

	guard(mutex)(&flashes_lock);
	flash = find_flash(mtd_get_master(mtd));
	/* A user that came before this module is not counted. */
	if (flash->users) {
		flash->users--;
		module_put(THIS_MODULE);
	}
	remains = flash->remains;
	if (!remains && flash->put)
		flash->put(mtd);
	if (!remains || flash->users)
		return;
	forget_flash(flash);
	/* With the last user, who looks at nothing of it any more, the memory goes. */
	put_device(&remains->dev);
	module_put(THIS_MODULE);
}

/* What a device that has gone answers. */
static int gone_erase(struct mtd_info *mtd, struct erase_info *instr)
{
	return -ENODEV;
}

static int gone_range(struct mtd_info *mtd, loff_t at, u64 len)
{
	return -ENODEV;
}

static int gone_read(struct mtd_info *mtd, loff_t at, size_t len, size_t *done, u8 *data)
{
	return -ENODEV;
}

static int gone_write(struct mtd_info *mtd, loff_t at, size_t len, size_t *done, const u8 *data)
{
	return -ENODEV;
}

static int gone_oob(struct mtd_info *mtd, loff_t at, struct mtd_oob_ops *ops)
{
	return -ENODEV;
}

static int gone_info(struct mtd_info *mtd, size_t len, size_t *done, struct otp_info *info)
{
	return -ENODEV;
}

static int gone_otp(struct mtd_info *mtd, loff_t at, size_t len)
{
	return -ENODEV;
}

static int gone_block(struct mtd_info *mtd, loff_t at)
{
	return -ENODEV;
}

static void gone_sync(struct mtd_info *mtd)
{
}

static int gone_suspend(struct mtd_info *mtd)
{
	return 0;
}

/* From here on nothing of its driver is called. */
static void answer_gone(struct mtd_info *mtd)
{
	mtd->_erase = mtd->_erase ? gone_erase : NULL;
	mtd->_read = mtd->_read ? gone_read : NULL;
	mtd->_write = mtd->_write ? gone_write : NULL;
	mtd->_panic_write = mtd->_panic_write ? gone_write : NULL;
	mtd->_read_oob = mtd->_read_oob ? gone_oob : NULL;
	mtd->_write_oob = mtd->_write_oob ? gone_oob : NULL;
	mtd->_get_fact_prot_info = mtd->_get_fact_prot_info ? gone_info : NULL;
	mtd->_read_fact_prot_reg = mtd->_read_fact_prot_reg ? gone_read : NULL;
	mtd->_get_user_prot_info = mtd->_get_user_prot_info ? gone_info : NULL;
	mtd->_read_user_prot_reg = mtd->_read_user_prot_reg ? gone_read : NULL;
	mtd->_write_user_prot_reg = mtd->_write_user_prot_reg ? gone_write : NULL;
	mtd->_lock_user_prot_reg = mtd->_lock_user_prot_reg ? gone_otp : NULL;
	mtd->_erase_user_prot_reg = mtd->_erase_user_prot_reg ? gone_otp : NULL;
	mtd->_sync = mtd->_sync ? gone_sync : NULL;
	mtd->_lock = mtd->_lock ? gone_range : NULL;
	mtd->_unlock = mtd->_unlock ? gone_range : NULL;
	mtd->_is_locked = mtd->_is_locked ? gone_range : NULL;
	mtd->_block_isreserved = mtd->_block_isreserved ? gone_block : NULL;
	mtd->_block_isbad = mtd->_block_isbad ? gone_block : NULL;
	mtd->_block_markbad = mtd->_block_markbad ? gone_block : NULL;
	mtd->_max_bad_blocks = mtd->_max_bad_blocks ? gone_otp : NULL;
	mtd->_suspend = mtd->_suspend ? gone_suspend : NULL;
	mtd->_resume = mtd->_resume ? gone_sync : NULL;
}

/*
 * The device goes while it has users. Its resources become those of a device of ours, so
 * that the driver core frees the memory that holds @flash->mtd when we say so.
 */
static int keep_remains(struct flash *flash)
{
	struct mtd_info *mtd = flash->mtd;
	struct remains *remains;
	unsigned long flags;
	unsigned int i;

	remains = kzalloc_obj(*remains);
	if (!remains || !try_module_get(THIS_MODULE)) {
		kfree(remains);
		return -ENOMEM;
	}
	device_initialize(&remains->dev);
	remains->dev.release = free_remains;
	remains->of = get_device(mtd->dev.parent);
	answer_gone(mtd);
	spin_lock_irqsave(&remains->of->devres_lock, flags);
	list_splice_init(&remains->of->devres_head, &remains->dev.devres_head);
	spin_unlock_irqrestore(&remains->of->devres_lock, flags);
	/* What the driver holds for its users, a module for one, it can only give back now. */
	for (i = 0; flash->put && i < flash->users; i++)
		flash->put(mtd);
	flash->remains = remains;
	return 0;
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
	if (flash->users && flash->unbinds && !keep_remains(flash))
		return;
	flash->mtd->_get_device = flash->get;
	flash->mtd->_put_device = flash->put;
	for (; flash->users; flash->users--)
		module_put(THIS_MODULE);
	forget_flash(flash);
}

/* A partition that is deleted goes alone; a device takes the memory with it. */
static int bus_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct flash *flash;

	if (action != BUS_NOTIFY_UNBIND_DRIVER)
		return NOTIFY_DONE;
	guard(mutex)(&flashes_lock);
	list_for_each_entry(flash, &flashes, list)
		if (!flash->remains && flash->mtd->dev.parent == data)
			flash->unbinds = true;
	return NOTIFY_OK;
}

static struct notifier_block platform_notifier = {
	.notifier_call = bus_event,
};

static struct notifier_block spi_notifier = {
	.notifier_call = bus_event,
};

static int watch_buses(void)
{
	int ret = bus_register_notifier(&platform_bus_type, &platform_notifier);

	if (ret || !IS_REACHABLE(CONFIG_SPI))
		return ret;
	ret = bus_register_notifier(&spi_bus_type, &spi_notifier);
	if (ret)
		bus_unregister_notifier(&platform_bus_type, &platform_notifier);
	return ret;
}

static void unwatch_buses(void)
{
	if (IS_REACHABLE(CONFIG_SPI))
		bus_unregister_notifier(&spi_bus_type, &spi_notifier);
	bus_unregister_notifier(&platform_bus_type, &platform_notifier);
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

/*
 * Whether a memory is in use, and by what. A file that was opened before this module was
 * loaded is not among the users that were counted.
 */
static int check_flash(const struct flash *flash, struct dtslot_text *text)
{
	struct dtslot_holder holder;
	int found = dtslot_find_open(is_open, flash->indices, &holder);

	if (found)
		return dtslot_fail(text, -EBUSY, "mtd%d is open: %s (pid %d) has it", found - 1,
				   holder.comm, holder.pid);
	if (flash->users)
		return dtslot_fail(text, -EBUSY,
				   "mtd%lu is in use by the kernel: take off what is on it (block device, UBI, file system)",
				   find_first_bit(flash->indices, MAX_INDEX));
	return 0;
}

static bool is_of_slot(const struct flash *flash, const struct dtslot *slot)
{
	return !flash->remains && dtslot_owns(slot, flash_node(flash->mtd));
}

/* From a success on no memory of the slot gets a new user. */
static int slot_in_use(const struct dtslot *slot, struct dtslot_text *text)
{
	struct flash *flash;
	int ret;

	guard(mutex)(&flashes_lock);
	list_for_each_entry(flash, &flashes, list) {
		ret = is_of_slot(flash, slot) ? check_flash(flash, text) : 0;
		if (ret)
			return ret;
	}
	list_for_each_entry(flash, &flashes, list)
		if (is_of_slot(flash, slot))
			flash->leaving = true;
	return 0;
}

static int __init mtd_in_use_init(void)
{
	int ret = watch_buses();

	if (ret)
		return ret;
	register_mtd_user(&notifier);
	dtslot_set_in_use(slot_in_use);
	return 0;
}
module_init(mtd_in_use_init);

static void __exit mtd_in_use_exit(void)
{
	dtslot_set_in_use(NULL);
	unregister_mtd_user(&notifier);
	unwatch_buses();
}
module_exit(mtd_in_use_exit);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("Flash memories in slots are not taken away from who uses them");
MODULE_LICENSE("GPL");
