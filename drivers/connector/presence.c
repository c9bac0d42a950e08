// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether an add-on is there: lines with interrupts, lines that are only looked at from
 * time to time, or the ID memory, which answers or does not.
 *
 * To look for the memory, the add-on gets power for a moment. Once it was read, it
 * also has to be the same: an add-on that was swapped between two looks is first gone.
 * An error is no news: neither a line that cannot be read nor a memory that is busy
 * takes an add-on away, see also memory.c.
 */
#include <linux/delay.h>
#include <linux/gpio/consumer.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "connector.h"

/* Period of looks at a line without an interrupt, if the node gives none. */
#define POLL_MS		500

/*
 * Period of looks at lines with interrupts. pinctrl-ocelot of mainline loses the edge of a
 * line that changes while it acknowledges another one.
 */
#define LOST_EDGE_MS	5000

#define MAX_LINES	4

/* How often a line is read that gives an error, and the pause between. */
#define LINE_TRIES	3
#define LINE_PAUSE_MS	20

static const struct connector_time poll_time = { "poll-interval-ms", 0, 10, 3600000 };

/**
 * struct connector_presence - how one knows that an add-on is there
 * @dev: the connector
 * @power: its power
 * @changed: called when an add-on came or went
 * @priv: handed to it
 * @lines: all active while an add-on is there; NULL for none
 * @irq: their interrupts
 * @irqs: how many
 * @memory: where the ID memory is looked for; NULL if it is not
 * @interval: between two looks, jiffies; 0 for none
 * @work: looks
 * @lock: guards what follows
 * @there: what the last look saw
 * @known: what was read of the ID memory
 * @known_size: how much of it; 0 for none
 * @known_offset: where in the memory
 * @known_memory: where the memory is that it was read of
 * @known_address: its address there
 */
struct connector_presence {
	struct device *dev;
	struct connector_power *power;
	void (*changed)(void *priv);
	void *priv;
	struct gpio_descs *lines;
	int irq[MAX_LINES];
	unsigned int irqs;
	const struct connector_memory *memory;
	unsigned long interval;
	struct delayed_work work;
	struct mutex lock;	/* guards what follows */
	bool there;
	u8 known[CONNECTOR_KNOWN_SIZE];
	u16 known_size;
	u32 known_offset;
	struct connector_memory known_memory;
	u16 known_address;
};

/* 1 if a line is active, 0 if not, an error if it cannot be read. */
static int line_level(struct gpio_desc *line)
{
	unsigned int tries = 0;
	int level;

	while (level = gpiod_get_value_cansleep(line), level < 0 && ++tries < LINE_TRIES)
		msleep(LINE_PAUSE_MS);
	return level;
}

/* What the lines say; as before if one of them cannot be read. */
static bool lines_active(struct connector_presence *p)
{
	unsigned int i;
	bool active = true;

	for (i = 0; i < p->lines->ndescs; i++) {
		int level = line_level(p->lines->desc[i]);

		if (level < 0) {
			dev_err_ratelimited(p->dev, "presence line %u cannot be read (error %d)\n",
					    i, level);
			return READ_ONCE(p->there);
		}
		active = active && level;
	}
	return active;
}

static bool is_known_memory(struct connector_presence *p)
{
	return connector_memory_is(&p->known_memory, p->known_address, p->known_offset, p->known,
				   p->known_size);
}

static bool look_for_memory(struct connector_presence *p)
{
	bool found;

	if (connector_power_on(p->power, NULL))
		return false;
	if (p->known_size)
		found = is_known_memory(p);
	else if (p->there && p->memory->first == p->memory->last)
		found = connector_memory_is(p->memory, p->memory->first, 0, NULL, 0);
	else
		found = connector_memory_is_there(p->memory);
	connector_power_off(p->power);
	return found;
}

static void look_later(struct connector_presence *p)
{
	queue_delayed_work(connector_wq, &p->work,
			   p->irqs ? msecs_to_jiffies(LOST_EDGE_MS) : p->interval);
}

static void look(struct work_struct *work)
{
	struct connector_presence *p = container_of(work, struct connector_presence, work.work);
	bool there, changed;

	scoped_guard(mutex, &p->lock) {
		there = p->lines ? lines_active(p) : look_for_memory(p);
		changed = there != p->there;
		WRITE_ONCE(p->there, there);
		if (!there)
			p->known_size = 0;
	}
	if (changed)
		p->changed(p->priv);
	look_later(p);
}

static irqreturn_t line_changed(int irq, void *data)
{
	struct connector_presence *p = data;

	p->changed(p->priv);
	return IRQ_HANDLED;
}

/**
 * connector_presence_get() - find what tells whether an add-on is there
 * @dev: the connector
 * @power: its power, for when its ID memory is looked for
 * @memory: where that is; stays. NULL if add-ons have none
 * @changed: called when an add-on came or went, also from interrupts
 * @priv: handed to it
 *
 * Return: managed by @dev, or an ERR_PTR, -EPROBE_DEFER among them; a message
 * is in the log.
 */
struct connector_presence *connector_presence_get(struct device *dev,
						  struct connector_power *power,
						  const struct connector_memory *memory,
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
	p->lines = devm_gpiod_get_array_optional(dev, "presence", GPIOD_IN);
	if (IS_ERR(p->lines))
		return dev_err_cast_probe(dev, p->lines, "cannot get presence-gpios\n");
	if (p->lines && p->lines->ndescs > MAX_LINES)
		return dev_err_ptr_probe(dev, -EINVAL, "presence-gpios are more than %u lines\n",
					 MAX_LINES);
	if (of_property_present(dev->of_node, poll_time.name)) {
		ret = connector_read_time(dev, &poll_time, &interval);
		if (ret)
			return ERR_PTR(ret);
	}
	p->interval = msecs_to_jiffies(interval);
	if (p->lines || !p->interval)
		return p;
	if (!memory)
		return dev_err_ptr_probe(dev, -EINVAL,
					 "poll-interval-ms without presence-gpios looks for an ID memory, but add-ons have none\n");
	if (!memory->bus)
		return dev_err_ptr_probe(dev, -EINVAL,
					 "poll-interval-ms without presence-gpios looks for an ID memory, but no bus is exported as 'i2c'\n");
	p->memory = memory;
	return p;
}

static void free_irqs(struct connector_presence *p)
{
	while (p->irqs)
		free_irq(p->irq[--p->irqs], p);
}

/* Both edges of each line; -EOPNOTSUPP if its controller cannot report them. */
static int request_irqs(struct connector_presence *p)
{
	unsigned int i;
	int irq, ret;

	for (i = 0; i < p->lines->ndescs; i++) {
		irq = gpiod_to_irq(p->lines->desc[i]);
		if (irq == -EPROBE_DEFER)
			return dev_err_probe(p->dev, irq,
					     "presence-gpios has no interrupt yet\n");
		if (irq < 0)
			return -EOPNOTSUPP;
		ret = request_any_context_irq(irq, line_changed,
					      IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
					      dev_name(p->dev), p);
		if (ret < 0) {
			dev_info(p->dev,
				 "presence line %u has no interrupt for both edges (error %d), it is looked at each %u ms\n",
				 i, ret, POLL_MS);
			return -EOPNOTSUPP;
		}
		p->irq[p->irqs++] = irq;
	}
	return 0;
}

/* Interrupts of the lines, or else looks at them. */
static int watch_lines(struct connector_presence *p)
{
	int ret = p->interval ? -EOPNOTSUPP : request_irqs(p);

	if (!ret)
		return 0;
	free_irqs(p);
	if (ret != -EOPNOTSUPP)
		return ret;
	if (!p->interval)
		p->interval = msecs_to_jiffies(POLL_MS);
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
	int ret = p->lines ? watch_lines(p) : 0;

	if (ret)
		return ret;
	if (p->irqs) {
		p->changed(p->priv);
		look_later(p);
	} else if (p->interval) {
		queue_delayed_work(connector_wq, &p->work, 0);
	}
	return 0;
}

/**
 * connector_presence_stop() - say nothing any more
 * @p: the presence, started or not
 */
void connector_presence_stop(struct connector_presence *p)
{
	cancel_delayed_work_sync(&p->work);
	free_irqs(p);
}

/**
 * connector_presence_is_same() - whether it is still the add-on of before
 * @p: the presence, started
 *
 * For when the connector was not watched for a while. An add-on with power is known by
 * its ID memory, if that was read.
 *
 * Return: false if it came, went, or is another one.
 */
bool connector_presence_is_same(struct connector_presence *p)
{
	guard(mutex)(&p->lock);
	if (p->lines && lines_active(p) != p->there)
		return false;
	if (!p->lines && p->interval)
		return look_for_memory(p) == p->there;
	return !p->there || !p->known_size || !connector_powered(p->power) || is_known_memory(p);
}

/**
 * connector_is_present() - whether an add-on is there
 * @p: the presence; if nothing tells, one is
 */
bool connector_is_present(struct connector_presence *p)
{
	bool there;

	if (!p->lines)
		return !p->interval || READ_ONCE(p->there);
	guard(mutex)(&p->lock);
	there = lines_active(p);
	if (p->irqs) {
		WRITE_ONCE(p->there, there);
		if (!there)
			p->known_size = 0;
	}
	return there;
}

/**
 * connector_presence_may_attach() - whether it makes sense to look who is there
 * @p: the presence
 *
 * Return: as connector_is_present(), but true if only a look at the ID can tell.
 */
bool connector_presence_may_attach(struct connector_presence *p)
{
	return !p->lines || connector_is_present(p);
}

/**
 * connector_presence_forget() - what is there is another add-on than before
 * @p: the presence
 */
void connector_presence_forget(struct connector_presence *p)
{
	guard(mutex)(&p->lock);
	p->known_size = 0;
}

/**
 * connector_presence_know() - remember who is there
 * @p: the presence
 * @memory: where the ID memory is
 * @address: its address there
 * @offset: where in it @data was
 * @data: what was read of it
 * @size: bytes at @data
 * @text: receives the message on failure
 *
 * Return: 0, or -EINVAL if the ID memory is not where it is looked for.
 */
int connector_presence_know(struct connector_presence *p, const struct connector_memory *memory,
			    u16 address, u32 offset, const u8 *data, size_t size,
			    struct dtslot_text *text)
{
	const struct connector_memory *m = p->memory;

	if (m && (memory->bus != m->bus || address < m->first || address > m->last))
		return dtslot_fail(text, -EINVAL,
				   "the ID memory is not at I2C address 0x%02x of 'i2c', where poll-interval-ms looks for it: set i2c-address of %pOF/id",
				   m->first, p->dev->of_node);
	guard(mutex)(&p->lock);
	WRITE_ONCE(p->there, true);
	p->known_memory = *memory;
	p->known_address = address;
	p->known_offset = offset;
	p->known_size = min(size, CONNECTOR_KNOWN_SIZE);
	memcpy(p->known, data, p->known_size);
	return 0;
}

/**
 * connector_presence_by_memory() - whether only the ID memory tells that an add-on is there
 * @p: the presence
 */
bool connector_presence_by_memory(const struct connector_presence *p)
{
	return p->memory;
}
