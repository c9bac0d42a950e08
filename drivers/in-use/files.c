// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which process has a device of a slot open.
 *
 * Neither MTD nor i2c-dev says it: they keep no list of their users. So the files of all
 * tasks are looked through, when a detach asks and never else.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/i2c-dev.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

#include "files.h"

/**
 * dtslot_find_open() - a task that has a matching file open
 * @match: returns a positive number for a file that matches, else 0; as for iterate_fd()
 * @arg: handed to it
 * @holder: receives the task
 *
 * Return: what @match returned, 0 if no file matches.
 */
int dtslot_find_open(int (*match)(const void *arg, struct file *file, unsigned int fd),
		     const void *arg, struct dtslot_holder *holder)
{
	struct task_struct *leader, *task;
	int found = 0;

	guard(rcu)();
	for_each_process_thread(leader, task) {
		if (task->flags & PF_KTHREAD)
			continue;
		task_lock(task);
		if (task->files)
			found = iterate_fd(task->files, 0, match, arg);
		task_unlock(task);
		if (found) {
			get_task_comm(holder->comm, task);
			holder->pid = task_tgid_nr(task);
			return found;
		}
	}
	return 0;
}
EXPORT_SYMBOL_GPL(dtslot_find_open);

/**
 * dtslot_is_bus_of() - whether a file is an I2C bus of a slot
 * @slot: the slot; the caller holds its lock or that of the list of slots
 * @file: an open file
 *
 * A file of i2c-dev has a client of its own, which has the adapter.
 */
bool dtslot_is_bus_of(const struct dtslot *slot, const struct file *file)
{
	const struct inode *inode = file_inode(file);
	const struct i2c_client *client = file->private_data;
	const struct device *dev;

	if (!S_ISCHR(inode->i_mode) || imajor(inode) != I2C_MAJOR || !client)
		return false;
	for (dev = &client->adapter->dev; dev; dev = dev->parent)
		if (dev->of_node && dtslot_owns(slot, dev->of_node))
			return true;
	return false;
}

static int is_open_bus(const void *arg, struct file *file, unsigned int fd)
{
	const struct i2c_client *client = file->private_data;

	return dtslot_is_bus_of(arg, file) ? client->adapter->nr + 1 : 0;
}

/**
 * dtslot_i2c_in_use() - whether a program has an I2C bus of a slot open
 * @slot: the slot, locked
 * @text: receives the message if so
 *
 * The kernel waits for such a program when the bus goes, without end.
 *
 * Return: 0 or -EBUSY.
 */
int dtslot_i2c_in_use(const struct dtslot *slot, struct dtslot_text *text)
{
	struct dtslot_holder holder;
	int found = dtslot_find_open(is_open_bus, slot, &holder);

	return found ? dtslot_fail(text, -EBUSY, "i2c-%d is open: %s (pid %d) has it", found - 1,
				   holder.comm, holder.pid) : 0;
}
