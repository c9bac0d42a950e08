// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether an add-on is there: a line with an interrupt, a line that is looked at
 * from time to time, or the ID memory, which answers or does not.
 *
 * To look for the memory, the add-on gets power for a moment. Once it was read, it
 * also has to be the same: an add-on that was swapped between two looks is first gone.
 */
#include <linux/gpio/consumer.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/property.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "connector.h"

/* Default of poll-interval-ms for a line without an interrupt. */
#define POLL_MS		500

/* What of an ID memory is compared: all formats have a serial number in there. */
#define KNOWN_SIZE	128

/* Memories of more bytes than this take two bytes of address. */
#define NARROW_SIZE	2048

/**
 * struct connector_presence - how one knows that an add-on is there
 * @dev: the connector
 * @power: its power
 * @changed: called when an add-on came or went
 * @priv: handed to it
 * @line: active while an add-on is there; NULL for none
 * @irq: its interrupt; 0 for none
 * @bus: node of the I2C bus with the ID memory, if that is looked for
 * @address: of the memory
 * @interval: between two looks, jiffies; 0 for none
 * @work: looks
 * @lock: guards what follows
 * @there: what the last look saw
 * @known: the begin of the ID that was read
 * @known_size: how much of it; 0 for none
 * @wide: the memory takes two bytes of address
 */
struct connector_presence {
	struct device *dev;
	struct connector_power *power;
	void (*changed)(void *priv);
	void *priv;
	struct gpio_desc *line;
	int irq;
	struct device_node *bus;
	u16 address;
	unsigned long interval;
	struct delayed_work work;
	struct mutex lock;	/* guards what follows */
	bool there;
	u8 known[KNOWN_SIZE];
	u16 known_size;
	bool wide;
};

/* Reads nothing that moves the memory's pointer before its width is known. */
static bool is_memory(struct connector_presence *p, struct i2c_adapter *adapter)
{
	u8 data[KNOWN_SIZE], zero[2] = {};
	struct i2c_msg msgs[] = {
		{ .addr = p->address, .len = p->wide ? 2 : 1, .buf = zero },
		{ .addr = p->address, .flags = I2C_M_RD, .len = p->known_size ?: 1, .buf = data },
	};

	if (!p->known_size)
		return i2c_transfer(adapter, &msgs[1], 1) == 1;
	return i2c_transfer(adapter, msgs, 2) == 2 && !memcmp(data, p->known, p->known_size);
}

static bool look_for_memory(struct connector_presence *p)
{
	struct i2c_adapter *adapter;
	bool found = false;

	if (connector_power_on(p->power, NULL))
		return false;
	adapter = of_find_i2c_adapter_by_node(p->bus);
	if (adapter) {
		found = is_memory(p, adapter);
		put_device(&adapter->dev);
	}
	connector_power_off(p->power);
	return found;
}

static void look(struct work_struct *work)
{
	struct connector_presence *p = container_of(work, struct connector_presence, work.work);
	bool there, changed;

	scoped_guard(mutex, &p->lock) {
		there = p->line ? gpiod_get_value_cansleep(p->line) > 0 : look_for_memory(p);
		changed = there != p->there;
		p->there = there;
		if (!there)
			p->known_size = 0;
	}
	if (changed)
		p->changed(p->priv);
	queue_delayed_work(connector_wq, &p->work, p->interval);
}

static irqreturn_t line_changed(int irq, void *data)
{
	struct connector_presence *p = data;

	p->changed(p->priv);
	return IRQ_HANDLED;
}

/* Where the ID memory is to be looked for. */
static int find_memory(struct connector_presence *p, const struct dtslot_export *exports)
{
	struct device_node *id;
	u32 address = CONNECTOR_ID_ADDRESS;

	for (; exports->label && !p->bus; exports++)
		if (!strcmp(exports->label, "i2c"))
			p->bus = exports->np;
	if (!p->bus)
		return dev_err_probe(p->dev, -EINVAL,
				     "poll-interval-ms without presence-gpios looks for an ID memory, but no bus is exported as 'i2c'\n");
	id = of_get_child_by_name(p->dev->of_node, "id");
	of_property_read_u32(id, "i2c-address", &address);
	of_node_put(id);
	if (address < 0x08 || address > 0x77)
		return dev_err_probe(p->dev, -EINVAL, "id: i2c-address 0x%x is none\n", address);
	p->address = address;
	return 0;
}

/**
 * connector_presence_get() - find what tells whether an add-on is there
 * @dev: the connector
 * @power: its power, for when its ID memory is looked for
 * @exports: what it exports; stays
 * @has_id: whether its add-ons have an ID memory
 * @changed: called when an add-on came or went, also from interrupts
 * @priv: handed to it
 *
 * Return: managed by @dev, or an ERR_PTR, -EPROBE_DEFER among them; a message
 * is in the log.
 */
struct connector_presence *connector_presence_get(struct device *dev,
						  struct connector_power *power,
						  const struct dtslot_export *exports, bool has_id,
						  void (*changed)(void *priv), void *priv)
{
	struct connector_presence *p;
	u32 interval = 0;
	int ret;

	p = devm_kzalloc(dev, sizeof(*p), GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	p->dev = dev;
	p->power = power;
	p->changed = changed;
	p->priv = priv;
	INIT_DELAYED_WORK(&p->work, look);
	mutex_init(&p->lock);
	p->line = devm_gpiod_get_optional(dev, "presence", GPIOD_IN);
	if (IS_ERR(p->line))
		return dev_err_cast_probe(dev, p->line, "cannot get presence-gpios\n");
	if (!device_property_read_u32(dev, "poll-interval-ms", &interval) && !interval)
		return dev_err_ptr_probe(dev, -EINVAL, "poll-interval-ms is 0\n");
	p->interval = msecs_to_jiffies(interval);
	if (p->line || !p->interval)
		return p;
	if (!has_id)
		return dev_err_ptr_probe(dev, -EINVAL,
					 "poll-interval-ms without presence-gpios looks for an ID memory, but add-ons have none\n");
	ret = find_memory(p, exports);
	return ret ? ERR_PTR(ret) : p;
}

/* Interrupts of the line, or else looks at it. */
static int watch_line(struct connector_presence *p)
{
	int irq, ret;

	irq = p->interval ? -ENXIO : gpiod_to_irq(p->line);
	if (irq == -EPROBE_DEFER)
		return dev_err_probe(p->dev, irq, "presence-gpios has no interrupt yet\n");
	if (irq < 0) {
		if (!p->interval)
			p->interval = msecs_to_jiffies(POLL_MS);
		return 0;
	}
	ret = request_any_context_irq(irq, line_changed,
				      IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
				      dev_name(p->dev), p);
	if (ret < 0)
		return dev_err_probe(p->dev, ret,
				     "cannot request the interrupt of presence-gpios\n");
	p->irq = irq;
	return 0;
}

/**
 * connector_presence_start() - say from now on when an add-on comes or goes
 * @p: the presence
 *
 * Also says so if one is there already.
 *
 * Return: 0 or a negative error; a message is in the log then.
 */
int connector_presence_start(struct connector_presence *p)
{
	int ret = p->line ? watch_line(p) : 0;

	if (ret)
		return ret;
	if (p->irq)
		p->changed(p->priv);
	else if (p->interval)
		queue_delayed_work(connector_wq, &p->work, 0);
	return 0;
}

/**
 * connector_presence_stop() - say nothing any more
 * @p: the presence, started or not
 */
void connector_presence_stop(struct connector_presence *p)
{
	if (p->irq)
		free_irq(p->irq, p);
	p->irq = 0;
	cancel_delayed_work_sync(&p->work);
}

/**
 * connector_presence_again() - take what is there for something new
 * @p: the presence, started
 */
void connector_presence_again(struct connector_presence *p)
{
	if (!p->line && !p->interval)
		return;
	scoped_guard(mutex, &p->lock) {
		p->there = p->line && gpiod_get_value_cansleep(p->line) > 0;
		p->known_size = 0;
	}
	p->changed(p->priv);
	if (p->interval)
		mod_delayed_work(connector_wq, &p->work, 0);
}

/**
 * connector_is_present() - whether an add-on is there
 * @p: the presence; if nothing tells, one is
 */
bool connector_is_present(struct connector_presence *p)
{
	if (p->line)
		return gpiod_get_value_cansleep(p->line) > 0;
	return !p->interval || READ_ONCE(p->there);
}

/**
 * connector_presence_may_attach() - whether it makes sense to look who is there
 * @p: the presence
 *
 * Return: as connector_is_present(), but true if only a look at the ID can tell.
 */
bool connector_presence_may_attach(struct connector_presence *p)
{
	return !p->line || connector_is_present(p);
}

/**
 * connector_presence_know() - remember who is there
 * @p: the presence
 * @client: the ID memory; NULL if it is not on I2C
 * @data: what was read of it, from its start
 * @size: bytes at @data
 * @memory_size: how many bytes the memory has
 * @text: receives the message on failure
 *
 * Return: 0, or -EINVAL if the ID memory is not where it is looked for.
 */
int connector_presence_know(struct connector_presence *p, const struct i2c_client *client,
			    const u8 *data, size_t size, size_t memory_size,
			    struct dtslot_text *text)
{
	if (!p->bus)
		return 0;
	if (!client || client->adapter->dev.of_node != p->bus || client->addr != p->address)
		return dtslot_fail(text, -EINVAL,
				   "the ID memory is not at I2C address 0x%02x of 'i2c', where poll-interval-ms looks for it: set i2c-address of %pOF/id",
				   p->address, p->dev->of_node);
	guard(mutex)(&p->lock);
	p->there = true;
	p->known_size = min(size, KNOWN_SIZE);
	memcpy(p->known, data, p->known_size);
	p->wide = memory_size > NARROW_SIZE;
	return 0;
}
