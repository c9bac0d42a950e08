// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading an add-on's ID through NVMEM, while the overlay is in place that
 * describes the memory it is in.
 */
#include <linux/i2c.h>
#include <linux/nvmem-consumer.h>
#include <linux/nvmem-provider.h>
#include <linux/of.h>
#include <linux/slab.h>

#include "../compat.h"
#include "connector.h"

/* How long the memory's driver may take to bind once the memory is described. */
#define DRIVER_MS	1000

static int match_brought(struct device *dev, const void *slot)
{
	return dev->of_node && dtslot_owns(slot, dev->of_node);
}

/* The I2C device that the ID overlay brought, to be put; NULL if it is on another bus. */
static struct i2c_client *find_client(struct dtslot *slot)
{
	struct device *dev = bus_find_device(&i2c_bus_type, NULL, slot, match_brought);

	return dev ? to_i2c_client(dev) : NULL;
}

/* Whoever does not answer now has no driver to wait for. */
static int check_answers(struct dtslot *slot, struct dtslot_text *text)
{
	struct i2c_client *client = find_client(slot);
	u8 byte;
	struct i2c_msg msg = { .flags = I2C_M_RD, .len = 1, .buf = &byte };
	int ret = 1;

	if (!client)
		return 0;
	msg.addr = client->addr;
	if (i2c_check_functionality(client->adapter, I2C_FUNC_I2C))
		ret = i2c_transfer(client->adapter, &msg, 1);
	if (ret != 1)
		dtslot_fail(text, -ENXIO,
			    "the add-on's ID memory at I2C address 0x%02x does not answer (error %d)",
			    client->addr, ret);
	put_device(&client->dev);
	return ret == 1 ? 0 : -ENXIO;
}

/**
 * struct waiting - somebody waits for a memory to appear
 * @nb: called for each that does
 * @changes: woken by it
 * @appeared: one has
 */
struct waiting {
	struct notifier_block nb;
	wait_queue_head_t *changes;
	bool appeared;
};

static int nvmem_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct waiting *w = container_of(nb, struct waiting, nb);

	if (action == NVMEM_ADD) {
		WRITE_ONCE(w->appeared, true);
		wake_up_all(w->changes);
	}
	return NOTIFY_DONE;
}

static struct nvmem_device *wait_for_memory(struct dtslot *slot, wait_queue_head_t *changes,
					    bool (*is_gone)(void *priv), void *priv)
{
	struct waiting w = { .nb.notifier_call = nvmem_event, .changes = changes };
	long left = msecs_to_jiffies(DRIVER_MS);
	struct nvmem_device *nvmem;
	int ret;

	ret = nvmem_register_notifier(&w.nb);
	if (ret)
		return ERR_PTR(ret);
	do {
		WRITE_ONCE(w.appeared, false);
		nvmem = nvmem_device_find(slot, match_brought);
		if (PTR_ERR(nvmem) != -EPROBE_DEFER)
			break;
		left = wait_event_timeout(*changes, READ_ONCE(w.appeared) || is_gone(priv), left);
	} while (left && !is_gone(priv));
	nvmem_unregister_notifier(&w.nb);
	return nvmem;
}

static int note_who(struct dtslot *slot, struct connector_presence *presence, const u8 *data,
		    size_t size, size_t memory_size, struct dtslot_text *text)
{
	struct i2c_client *client = find_client(slot);
	int ret;

	ret = connector_presence_know(presence, client, data, size, memory_size, text);
	if (client)
		put_device(&client->dev);
	return ret;
}

/**
 * connector_read_id() - find out who an add-on is
 * @slot: its slot, with the ID overlay in place
 * @presence: is told what was read
 * @changes: woken when is_gone() may have changed
 * @is_gone: whether the add-on was pulled meanwhile
 * @priv: handed to @is_gone
 * @format: name of the ID's format
 * @id: filled on success
 * @text: receives the message on failure
 *
 * Return: 0; -EPROBE_DEFER if the memory has no driver yet; else what is wrong
 * with the memory or the ID.
 */
int connector_read_id(struct dtslot *slot, struct connector_presence *presence,
		      wait_queue_head_t *changes,
		      bool (*is_gone)(void *priv), void *priv, const char *format,
		      struct dtslot_id *id, struct dtslot_text *text)
{
	struct nvmem_device *nvmem;
	size_t size;
	u8 *data;
	int ret;

	ret = check_answers(slot, text);
	if (ret)
		return ret;
	nvmem = wait_for_memory(slot, changes, is_gone, priv);
	if (IS_ERR(nvmem))
		return dtslot_fail(text, PTR_ERR(nvmem),
				   "the add-on's ID memory has no driver yet: is its module there (at24, ...)?");
	size = min(nvmem_dev_size(nvmem), dtslot_id_size(format));
	data = kzalloc(size, GFP_KERNEL);
	if (!data)
		ret = dtslot_fail(text, -ENOMEM, "no memory for the add-on's ID");
	else
		ret = nvmem_device_read(nvmem, 0, size, data);
	if (data && ret < 0)
		dtslot_fail(text, ret, "the add-on's ID memory cannot be read (error %d)", ret);
	if (ret >= 0)
		ret = note_who(slot, presence, data, size, nvmem_dev_size(nvmem), text);
	if (!ret)
		ret = dtslot_id_decode(format, data, size, id, text);
	kfree(data);
	nvmem_device_put(nvmem);
	return ret;
}
