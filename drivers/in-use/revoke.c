// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that have an I2C bus open whose hardware is removed.
 *
 * i2c_del_adapter() waits until each of them has closed it. The thread that removes a card
 * holds PCI's lock against rescans, so one program would stop all hot-plug of the machine.
 * And it cannot be left waiting elsewhere: the driver of the bus would keep its mapping
 * of registers that the next card gets. So the files are led to an adapter that is dead.
 *
 * An export of i2c-dev that ends the files of an adapter would make this clean.
 */
#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/i2c-dev.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "../compat.h"
#include "../slot/slot.h"
#include "files.h"

#define MAX_REVOKED	16	/* files in one pass */

/**
 * struct revoking - files that are led away from the buses of a slot
 * @slot: the slot
 * @dead: an adapter that does nothing, with a reference for each file
 * @old: the adapters of the files, each with the reference of its file
 * @count: how many
 */
struct revoking {
	const struct dtslot *slot;
	struct i2c_adapter *dead;
	struct i2c_adapter *old[MAX_REVOKED];
	unsigned int count;
};

static int dead_transfer(struct i2c_adapter *adapter, struct i2c_msg *msgs, int count)
{
	return -ENODEV;
}

/* What all have: or i2c-dev would say that the bus cannot do it, not that it has gone. */
static u32 dead_functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm dead_algorithm = {
	.master_xfer = dead_transfer,
	.functionality = dead_functionality,
};

static void dead_lock(struct i2c_adapter *adapter, unsigned int flags)
{
}

static int dead_trylock(struct i2c_adapter *adapter, unsigned int flags)
{
	return 1;
}

static const struct i2c_lock_operations dead_lock_ops = {
	.lock_bus = dead_lock,
	.trylock_bus = dead_trylock,
	.unlock_bus = dead_lock,
};

static void dead_release(struct device *dev)
{
	kfree(to_i2c_adapter(dev));
}

static struct i2c_adapter *dead_create(void)
{
	struct i2c_adapter *dead = kzalloc_obj(*dead);

	if (!dead)
		return NULL;
	dead->owner = THIS_MODULE;
	dead->algo = &dead_algorithm;
	dead->lock_ops = &dead_lock_ops;
	strscpy(dead->name, "removed", sizeof(dead->name));
	device_initialize(&dead->dev);
	dead->dev.release = dead_release;
	return dead;
}

/* Lead one file away; goes on with the next one. */
static int revoke_file(const void *arg, struct file *file, unsigned int fd)
{
	struct revoking *r = *(struct revoking * const *)arg;
	struct i2c_client *client = file->private_data;

	if (r->count == MAX_REVOKED || !dtslot_is_bus_of(r->slot, file))
		return 0;
	r->old[r->count++] = client->adapter;
	__module_get(THIS_MODULE);
	get_device(&r->dead->dev);
	WRITE_ONCE(client->adapter, r->dead);
	return 0;
}

/*
 * Give back what a file had, once no task is in a transfer that it began by the file. A
 * task that has read the old pointer does not sleep before it waits for the bus, which is
 * given to those that wait in their order.
 */
static void put_old(struct i2c_adapter *old)
{
	i2c_lock_bus(old, I2C_LOCK_ROOT_ADAPTER);
	i2c_unlock_bus(old, I2C_LOCK_ROOT_ADAPTER);
	module_put(old->owner);
	put_device(&old->dev);
}

/**
 * dtslot_i2c_revoke() - end what programs can do by the I2C buses of a slot
 * @slot: the slot; its hardware is removed
 *
 * Their transfers fail with -ENODEV from here on. A file that no task has open by a
 * number, but in a message on its way, is not found.
 */
void dtslot_i2c_revoke(const struct dtslot *slot)
{
	struct revoking r = { .slot = slot }, *pass = &r;
	struct dtslot_holder holder;
	unsigned int i;

	r.dead = dead_create();
	if (!r.dead)
		return;
	do {
		r.count = 0;
		dtslot_registry_lock();
		dtslot_find_open(revoke_file, &pass, &holder);
		dtslot_registry_unlock();
		if (r.count)
			synchronize_rcu_tasks();
		for (i = 0; i < r.count; i++)
			put_old(r.old[i]);
	} while (r.count == MAX_REVOKED);
	put_device(&r.dead->dev);
}
