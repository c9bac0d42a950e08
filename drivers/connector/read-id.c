// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding out who an add-on is: from an NVMEM cell of the base, from a memory whose
 * place on I2C is known, or through NVMEM while an overlay describes the memory.
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

/* Bytes of a "string" at most, as many as a model has. */
#define STRING_SIZE	63

/**
 * struct found - the NVMEM device that the ID overlay brought
 * @slot: the slot
 * @dev: the device above it; NULL if none was found
 */
struct found {
	struct dtslot *slot;
	struct device *dev;
};

static bool is_brought(struct device *dev, struct dtslot *slot)
{
	return dev->of_node && dtslot_owns(slot, dev->of_node);
}

static int match_client(struct device *dev, const void *slot)
{
	return i2c_verify_client(dev) && is_brought(dev, (struct dtslot *)slot);
}

static int match_memory(struct device *dev, const void *data)
{
	struct found *found = (struct found *)data;

	if (!is_brought(dev, found->slot))
		return 0;
	found->dev = dev->parent;
	return 1;
}

static int fail_answer(struct i2c_client *client, int ret, struct dtslot_text *text)
{
	return dtslot_fail(text, -ENXIO,
			   "the add-on's ID memory at I2C address 0x%02x does not answer (error %d)",
			   client->addr, ret);
}

/* A memory that does not answer has no driver to wait for. */
static int check_answers(struct dtslot *slot, struct dtslot_text *text)
{
	struct device *dev = bus_find_device(&i2c_bus_type, NULL, slot, match_client);
	struct connector_memory memory = {};
	struct i2c_client *client;
	int ret = 0;

	if (!dev)
		return 0;	/* on another bus */
	client = to_i2c_client(dev);
	memory.bus = client->adapter->dev.of_node;
	if (memory.bus && i2c_check_functionality(client->adapter, I2C_FUNC_I2C) &&
	    !connector_memory_is(&memory, client->addr, 0, NULL, 0))
		ret = fail_answer(client, connector_memory_answers(&memory, client->addr), text);
	put_device(dev);
	return ret;
}

/**
 * struct waiting - a wait for a memory to appear
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

static struct nvmem_device *wait_for_memory(const struct connector_reading *r, struct found *found)
{
	struct waiting w = { .nb.notifier_call = nvmem_event, .changes = r->changes };
	long left = msecs_to_jiffies(DRIVER_MS);
	struct nvmem_device *nvmem;
	int ret;

	ret = nvmem_register_notifier(&w.nb);
	if (ret)
		return ERR_PTR(ret);
	do {
		WRITE_ONCE(w.appeared, false);
		nvmem = nvmem_device_find(found, match_memory);
		if (PTR_ERR(nvmem) != -EPROBE_DEFER)
			break;
		left = wait_event_timeout(*r->changes,
					  READ_ONCE(w.appeared) || r->is_gone(r->priv), left);
	} while (left && !r->is_gone(r->priv));
	nvmem_unregister_notifier(&w.nb);
	return nvmem;
}

/* Remember what was read, where it can be read again without the overlay. */
static int note_described(const struct connector_reading *r, struct found *found,
			  const u8 *data, size_t size, size_t memory_size,
			  struct dtslot_text *text)
{
	struct i2c_client *client = found->dev ? i2c_verify_client(found->dev) : NULL;
	struct connector_memory memory = { .wide = connector_memory_is_wide(memory_size) };

	if (client && client->adapter->dev.of_node == r->node->memory.bus)
		memory.bus = r->node->memory.bus;
	if (!memory.bus && !connector_presence_by_memory(r->presence))
		return 0;
	return connector_presence_know(r->presence, &memory, client ? client->addr : 0,
				       r->node->id_offset, data, size, text);
}

static int read_described(const struct connector_reading *r, u8 *data, size_t *size,
			  struct dtslot_text *text)
{
	struct found found = { .slot = r->slot };
	struct nvmem_device *nvmem;
	size_t memory_size;
	int ret;

	ret = check_answers(r->slot, text);
	if (ret)
		return ret;
	nvmem = wait_for_memory(r, &found);
	if (PTR_ERR(nvmem) == -EPROBE_DEFER)
		return dtslot_fail(text, -EAGAIN,
				   "the add-on's ID memory has no driver yet: is its module there (at24, ...)?");
	if (IS_ERR(nvmem))
		return dtslot_fail(text, PTR_ERR(nvmem),
				   "the add-on's ID memory cannot be found (error %ld)",
				   PTR_ERR(nvmem));
	memory_size = nvmem_dev_size(nvmem);
	if (r->node->id_offset >= memory_size)
		ret = dtslot_fail(text, -EINVAL,
				  "the add-on's ID memory has %zu bytes, the ID begins at offset %u of %pOF/id",
				  memory_size, r->node->id_offset, r->node->np);
	if (!ret) {
		*size = min(memory_size - r->node->id_offset, *size);
		ret = nvmem_device_read(nvmem, r->node->id_offset, *size, data);
		if (ret < 0)
			dtslot_fail(text, ret,
				    "the add-on's ID memory cannot be read (error %d)", ret);
	}
	if (ret >= 0)
		ret = note_described(r, &found, data, *size, memory_size, text);
	nvmem_device_put(nvmem);
	return ret;
}

static int read_cell(const struct connector_reading *r, u8 *data, size_t *size,
		     struct dtslot_text *text)
{
	struct device_node *id = of_get_child_by_name(r->node->np, "id");
	struct nvmem_cell *cell = of_nvmem_cell_get(id, NULL);
	void *content;
	size_t len;

	of_node_put(id);
	if (PTR_ERR(cell) == -EPROBE_DEFER)
		return dtslot_fail(text, -EAGAIN,
				   "the memory of %pOF/id's nvmem-cells has no driver yet",
				   r->node->np);
	if (IS_ERR(cell))
		return dtslot_fail(text, PTR_ERR(cell),
				   "the nvmem-cells of %pOF/id are no cell (error %ld)",
				   r->node->np, PTR_ERR(cell));
	content = nvmem_cell_read(cell, &len);
	nvmem_cell_put(cell);
	if (IS_ERR(content))
		return dtslot_fail(text, PTR_ERR(content),
				   "the nvmem-cells of %pOF/id cannot be read (error %ld)",
				   r->node->np, PTR_ERR(content));
	*size = min(len, *size);
	memcpy(data, content, *size);
	kfree(content);
	return 0;
}

/* The first bytes say how long the ID is: a memory on a slow bus has more than that. */
static int read_in_place(const struct connector_reading *r, u8 *data, size_t *size,
			 struct dtslot_text *text)
{
	const struct connector_node *node = r->node;
	struct connector_memory memory = node->memory;
	size_t first = min(*size, CONNECTOR_KNOWN_SIZE);
	int ret;

	ret = connector_i2c_id_is_unique(r->i2c, text);
	if (ret)
		return ret;
	ret = connector_memory_find(&memory, node->id_offset, data, first, text);
	if (ret < 0)
		return ret;
	memory.first = ret;
	memory.last = ret;
	if (node->id == CONNECTOR_ID_FORMAT)
		*size = dtslot_id_length(node->format, data, first);
	if (*size > first)
		ret = connector_memory_find(&memory, node->id_offset + first, data + first,
					    *size - first, text);
	if (ret < 0)
		return ret;
	return connector_presence_know(r->presence, &node->memory, memory.first, node->id_offset,
				       data, *size, text);
}

/**
 * connector_id_size() - how many bytes of a memory an ID may take
 * @node: what the connector's node says
 *
 * Return: bytes at most; 0 for a format that is unknown.
 */
size_t connector_id_size(const struct connector_node *node)
{
	if (node->id == CONNECTOR_ID_BYTE)
		return 1;
	if (node->id == CONNECTOR_ID_STRING)
		return STRING_SIZE;
	return dtslot_id_size(node->format);
}

/* A model that is only a number or a word: with the connector's prefix it names a file. */
static int decode_plain(const struct connector_node *node, const u8 *data, size_t size,
			struct dtslot_id *id, struct dtslot_text *text)
{
	char word[STRING_SIZE + 1];
	struct dtslot_id slug;
	size_t len = 0;

	memset(id, 0, sizeof(*id));
	if (node->id == CONNECTOR_ID_BYTE) {
		scnprintf(id->model, sizeof(id->model), "%s%02x", node->prefix, data[0]);
		return 0;
	}
	/* What was never written, and what is padding, ends a string. */
	while (len < size && data[len] != 0xff)
		len++;
	if (!len || !dtslot_id_text(word, sizeof(word), data, len))
		return dtslot_fail(text, len ? -EINVAL : -ENODATA,
				   "the ID begins with %*ph, which is no string: is it erased, or of another format?",
				   (int)min(size, 8), data);
	if (!dtslot_id_model(&slug, "", word))
		return dtslot_fail(text, -EINVAL, "the ID '%s' cannot name a file", word);
	if (strlen(node->prefix) + strlen(slug.model) >= sizeof(id->model))
		return dtslot_fail(text, -EINVAL, "the ID '%s%s' is too long for a model",
				   node->prefix, slug.model);
	scnprintf(id->model, sizeof(id->model), "%s%s", node->prefix, slug.model);
	return 0;
}

/**
 * connector_read_id() - find out who an add-on is
 * @r: how to read its ID; with an ID overlay, that is in place
 * @id: filled on success
 * @blob: set to a copy of the overlay that is in the memory, to be freed; left alone if
 *	there is none, or no memory for it
 * @text: receives the message on failure
 *
 * Return: 0; -EAGAIN if the memory has no driver yet; else what is wrong with the
 * memory or the ID.
 */
int connector_read_id(const struct connector_reading *r, struct dtslot_id *id, void **blob,
		      struct dtslot_text *text)
{
	size_t size = connector_id_size(r->node);
	u8 *data;
	int ret;

	data = kzalloc(size, GFP_KERNEL);
	if (!data)
		return dtslot_fail(text, -ENOMEM, "no memory for the add-on's ID");
	if (r->node->id_cell)
		ret = read_cell(r, data, &size, text);
	else if (r->node->id_firmware)
		ret = read_described(r, data, &size, text);
	else
		ret = read_in_place(r, data, &size, text);
	if (!ret && r->node->id == CONNECTOR_ID_FORMAT)
		ret = dtslot_id_decode(r->node->format, data, size, id, text);
	else if (!ret)
		ret = decode_plain(r->node, data, size, id, text);
	if (!ret && id->blob_size)
		*blob = kvmemdup(data + id->blob, id->blob_size, GFP_KERNEL);
	kfree(data);
	return ret;
}
