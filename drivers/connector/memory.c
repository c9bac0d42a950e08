// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory on I2C that says who an add-on is, as far as its place is known: it can be
 * read without a description, that is without an overlay and without a driver.
 */
#include <linux/delay.h>
#include <linux/i2c.h>
#include <linux/of.h>

#include "connector.h"

/* Bytes of one transfer: some controllers take no more. */
#define CHUNK		128

/*
 * A memory that stores what was written to it does not answer for 10 ms at most, and a
 * contact may bounce: what does not answer is asked again.
 */
#define TRIES		3
#define PAUSE_MS	20

/* Memories of more bytes than this take two bytes of address. */
#define NARROW_SIZE	2048

/**
 * connector_memory_is_wide() - whether a memory takes two bytes of address
 * @size: how many bytes it has
 */
bool connector_memory_is_wide(size_t size)
{
	return size > NARROW_SIZE;
}

static int transfer(const struct connector_memory *m, struct i2c_msg *msgs, int count)
{
	struct i2c_adapter *adapter = of_find_i2c_adapter_by_node(m->bus);
	int ret;

	if (!adapter)
		return -ENODEV;
	ret = i2c_check_functionality(adapter, I2C_FUNC_I2C) ?
	      i2c_transfer(adapter, msgs, count) : -EOPNOTSUPP;
	put_device(&adapter->dev);
	if (ret < 0)
		return ret;
	return ret == count ? 0 : -EIO;
}

static int has_address(struct device *dev, void *address)
{
	struct i2c_client *client = i2c_verify_client(dev);

	return client && client->addr == *(u16 *)address;
}

static struct i2c_adapter *parent_of(struct i2c_adapter *adapter)
{
	return adapter->dev.parent ? i2c_verify_adapter(adapter->dev.parent) : NULL;
}

/* Whether the base has a device at an address, which is no add-on's memory then. */
static bool is_taken(const struct connector_memory *m, u16 address)
{
	struct i2c_adapter *gate = of_find_i2c_adapter_by_node(m->bus), *adapter;
	bool taken = false;

	for (adapter = gate; adapter && !taken; adapter = parent_of(adapter))
		taken = device_for_each_child(&adapter->dev, &address, has_address);
	if (gate)
		put_device(&gate->dev);
	return taken;
}

/**
 * connector_memory_answers() - whether a memory is there
 * @m: where to look
 * @address: its address there
 *
 * Sends nothing: before one knows how many bytes of address a memory takes, they may be
 * a write to it.
 *
 * Return: 0, or why the transfer failed.
 */
int connector_memory_answers(const struct connector_memory *m, u16 address)
{
	u8 byte;
	struct i2c_msg msg = { .addr = address, .flags = I2C_M_RD, .len = 1, .buf = &byte };

	return transfer(m, &msg, 1);
}

/**
 * connector_memory_read() - read a memory, once
 * @m: where it is
 * @address: its address there
 * @offset: where to begin
 * @data: receives what it holds
 * @size: how many bytes
 *
 * Return: 0, or why the transfer failed.
 */
int connector_memory_read(const struct connector_memory *m, u16 address, u32 offset,
			  u8 *data, size_t size)
{
	int ret = 0;

	while (size && !ret) {
		u8 at[2] = { offset >> 8, offset };
		u16 count = min(size, CHUNK);
		struct i2c_msg msgs[] = {
			{ .addr = address, .len = m->wide ? 2 : 1, .buf = m->wide ? at : at + 1 },
			{ .addr = address, .flags = I2C_M_RD, .len = count, .buf = data },
		};

		ret = transfer(m, msgs, ARRAY_SIZE(msgs));
		offset += count;
		data += count;
		size -= count;
	}
	return ret;
}

/* Whether to ask once more after an error; pauses then. */
static bool again(int ret, unsigned int *tries)
{
	if (!ret || ret == -EOPNOTSUPP || ++*tries == TRIES)
		return false;
	msleep(PAUSE_MS);
	return true;
}

/**
 * connector_memory_is() - whether a memory still holds what was read
 * @m: where it is
 * @address: its address there
 * @offset: where @data was
 * @data: what it held, at most CONNECTOR_KNOWN_SIZE bytes
 * @size: how many bytes; with 0, it only has to answer
 *
 * What does not answer, or answers something else, is asked again.
 *
 * Return: whether it does.
 */
bool connector_memory_is(const struct connector_memory *m, u16 address, u32 offset,
			 const u8 *data, size_t size)
{
	u8 now[CONNECTOR_KNOWN_SIZE];
	unsigned int tries = 0;
	int ret;

	do {
		if (!size)
			ret = connector_memory_answers(m, address);
		else
			ret = connector_memory_read(m, address, offset, now, size);
		if (!ret && size && memcmp(now, data, size))
			ret = -ESTALE;
	} while (again(ret, &tries));
	return !ret;
}

/**
 * connector_memory_is_there() - whether a memory answers where one may be
 * @m: where it may be
 *
 * Addresses of the base's own devices are left out.
 */
bool connector_memory_is_there(const struct connector_memory *m)
{
	u16 address;

	for (address = m->first; address <= m->last; address++)
		if (!is_taken(m, address) && !connector_memory_answers(m, address))
			return true;
	return false;
}

/**
 * connector_memory_find() - find and read the memory of an add-on that has power
 * @m: where it may be
 * @offset: where to begin
 * @data: receives what it holds
 * @size: how many bytes
 * @text: receives the message on failure
 *
 * Return: its address, or a negative error.
 */
int connector_memory_find(const struct connector_memory *m, u32 offset, u8 *data,
			  size_t size, struct dtslot_text *text)
{
	unsigned int tries = 0;
	u16 address;
	int ret;

	if (!m->bus)
		return dtslot_fail(text, -EINVAL,
				   "no bus is exported as 'i2c', on which an ID memory could be: export one, or set firmware-name, model or format = \"none\" of 'id'");
	do {
		for (address = m->first; address <= m->last; address++) {
			ret = is_taken(m, address) ? -EADDRINUSE :
			      connector_memory_answers(m, address);
			ret = ret ?: connector_memory_read(m, address, offset, data, size);
			if (!ret)
				return address;
		}
	} while (again(ret, &tries));
	if (m->first == m->last)
		return dtslot_fail(text, -ENXIO,
				   "the add-on's ID memory at I2C address 0x%02x does not answer (error %d)",
				   m->first, ret);
	return dtslot_fail(text, -ENXIO,
			   "no ID memory of an add-on answers at I2C addresses 0x%02x to 0x%02x (error %d)",
			   m->first, m->last, ret);
}
