// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power and reset of an add-on: supplies or an enable line, power good, pins, reset.
 */
#include <linux/gpio/consumer.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/pinctrl/consumer.h>
#include <linux/regulator/consumer.h>
#include <linux/wait.h>

#include "connector.h"

#define MAX_SUPPLIES	8
#define SUFFIX		"-supply"

/* Time from one look at the power-good line to the next. */
#define LOOK_US		1000

/* Times where the connector's node does not say, and what they are at most. */
static const struct connector_time good_time = { "power-good-timeout-ms", 100, 1, 10000 };
static const struct connector_time post_power_time = { "post-power-on-delay-ms", 10, 0, 10000 };
static const struct connector_time reset_time = { "reset-deassert-us", 1000, 0, 1000000 };

/**
 * struct connector_power - how an add-on gets power
 * @dev: the connector
 * @supplies: its supplies, in the order in which they are enabled
 * @supply_count: how many
 * @enable: line that switches its power; NULL for none
 * @good: line that says that it has power; NULL for none
 * @reset: line that holds it in reset; NULL for none
 * @good_ms: how long power may take to be good
 * @post_power_ms: from power to the end of reset
 * @reset_us: from the end of reset until the add-on answers
 * @wait: woken when @cut or @over is set
 * @cut: the add-on is pulled: no power until it is allowed again
 * @over: the connector goes: no power any more
 * @lock: guards @users and the lines
 * @users: how many want it to be on
 * @on: whether it is on
 */
struct connector_power {
	struct device *dev;
	struct regulator *supplies[MAX_SUPPLIES];
	unsigned int supply_count;
	struct gpio_desc *enable;
	struct gpio_desc *good;
	struct gpio_desc *reset;
	u32 good_ms;
	u32 post_power_ms;
	u32 reset_us;
	wait_queue_head_t wait;
	bool cut;
	bool over;
	struct mutex lock;	/* guards @users and the lines */
	unsigned int users;
	bool on;
};

static int get_line(struct device *dev, const char *name, enum gpiod_flags flags,
		    struct gpio_desc **line)
{
	*line = devm_gpiod_get_optional(dev, name, flags);
	if (IS_ERR(*line))
		return dev_err_probe(dev, PTR_ERR(*line), "cannot get %s-gpios\n", name);
	return 0;
}

/* Each property whose name ends like that is one, in the order of the node. */
static int get_supplies(struct connector_power *p)
{
	struct property *prop;
	struct regulator *supply;
	char name[32];
	size_t len;

	for_each_property_of_node(p->dev->of_node, prop) {
		len = strlen(prop->name);
		if (len <= strlen(SUFFIX) || strcmp(prop->name + len - strlen(SUFFIX), SUFFIX))
			continue;
		len -= strlen(SUFFIX);
		if (len >= sizeof(name) || p->supply_count == MAX_SUPPLIES)
			return dev_err_probe(p->dev, -EINVAL,
					     "%s: there are more than %u supplies, or its name is too long\n",
					     prop->name, MAX_SUPPLIES);
		memcpy(name, prop->name, len);
		name[len] = '\0';
		supply = devm_regulator_get_optional(p->dev, name);
		if (IS_ERR(supply))
			return dev_err_probe(p->dev, PTR_ERR(supply), "cannot get %s\n",
					     prop->name);
		p->supplies[p->supply_count++] = supply;
	}
	return 0;
}

/**
 * connector_power_get() - find what switches an add-on's power; it stays off
 * @dev: the connector
 *
 * Return: managed by @dev, or an ERR_PTR, -EPROBE_DEFER among them; a message
 * is in the log.
 */
struct connector_power *connector_power_get(struct device *dev)
{
	struct connector_power *p;
	int ret;

	p = devm_kzalloc(dev, sizeof(*p), GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	p->dev = dev;
	mutex_init(&p->lock);
	init_waitqueue_head(&p->wait);
	ret = connector_read_time(dev, &good_time, &p->good_ms);
	ret = ret ?: connector_read_time(dev, &post_power_time, &p->post_power_ms);
	ret = ret ?: connector_read_time(dev, &reset_time, &p->reset_us);
	ret = ret ?: get_supplies(p);
	ret = ret ?: get_line(dev, "enable", GPIOD_OUT_LOW, &p->enable);
	ret = ret ?: get_line(dev, "power-good", GPIOD_IN, &p->good);
	ret = ret ?: get_line(dev, "reset", GPIOD_OUT_HIGH, &p->reset);
	if (ret)
		return ERR_PTR(ret);
	/* The driver core has set the default state, which is that of an add-on with power. */
	pinctrl_pm_select_idle_state(dev);
	return p;
}

static void disable_supplies(struct connector_power *p, unsigned int count)
{
	while (count)
		regulator_disable(p->supplies[--count]);
}

/* Off, in an order in which nothing outside of reset loses its power. */
static void switch_off(struct connector_power *p)
{
	WRITE_ONCE(p->on, false);
	gpiod_set_value_cansleep(p->reset, 1);
	pinctrl_pm_select_idle_state(p->dev);
	gpiod_set_value_cansleep(p->enable, 0);
	disable_supplies(p, p->supply_count);
}

static int fail_pulled(struct dtslot_text *text)
{
	return dtslot_fail(text, -ENODEV, "the add-on was pulled");
}

static bool is_refused(const struct connector_power *p)
{
	return READ_ONCE(p->cut) || READ_ONCE(p->over);
}

/* Wait for a time, or until the add-on is pulled or the connector goes. */
static int wait_us(struct connector_power *p, u64 us, struct dtslot_text *text)
{
	if (us)
		wait_event_hrtimeout(p->wait, is_refused(p), ns_to_ktime(us * NSEC_PER_USEC));
	return is_refused(p) ? fail_pulled(text) : 0;
}

static int wait_good(struct connector_power *p, struct dtslot_text *text)
{
	ktime_t end = ktime_add_ms(ktime_get(), p->good_ms);
	bool last = false;
	int ret;

	if (!p->good)
		return 0;
	while (gpiod_get_value_cansleep(p->good) <= 0) {
		if (last)
			return dtslot_fail(text, -ETIMEDOUT,
					   "the add-on's power is not good after %u ms: a short circuit, or not plugged in fully?",
					   p->good_ms);
		ret = wait_us(p, LOOK_US, text);
		if (ret)
			return ret;
		last = ktime_after(ktime_get(), end);
	}
	return 0;
}

static int enable_supplies(struct connector_power *p, struct dtslot_text *text)
{
	unsigned int i;
	int ret;

	for (i = 0; i < p->supply_count; i++) {
		ret = regulator_enable(p->supplies[i]);
		if (ret) {
			disable_supplies(p, i);
			return dtslot_fail(text, ret,
					   "cannot enable supply %u of the add-on (error %d)", i,
					   ret);
		}
	}
	return 0;
}

static int select_pins(struct connector_power *p, struct dtslot_text *text)
{
	int ret = pinctrl_pm_select_default_state(p->dev);

	return ret ? dtslot_fail(text, ret, "cannot set the connector's pins (error %d)", ret) : 0;
}

static int switch_on(struct connector_power *p, struct dtslot_text *text)
{
	int ret;

	ret = enable_supplies(p, text);
	if (ret)
		return ret;
	gpiod_set_value_cansleep(p->enable, 1);
	ret = wait_good(p, text);
	ret = ret ?: select_pins(p, text);
	ret = ret ?: wait_us(p, p->post_power_ms * (u64)USEC_PER_MSEC, text);
	if (!ret) {
		gpiod_set_value_cansleep(p->reset, 0);
		ret = wait_us(p, p->reset_us, text);
	}
	if (ret)
		switch_off(p);
	else
		WRITE_ONCE(p->on, true);
	return ret;
}

/**
 * connector_power_on() - give an add-on power and take it out of reset
 * @p: its power; if it is on already, it stays on for one user more
 * @text: receives the message on failure
 *
 * Return: 0, or a negative error; then there is no user more.
 */
int connector_power_on(struct connector_power *p, struct dtslot_text *text)
{
	int ret;

	guard(mutex)(&p->lock);
	if (READ_ONCE(p->cut))
		return fail_pulled(text);
	if (!p->on) {
		ret = READ_ONCE(p->over) ? fail_pulled(text) : switch_on(p, text);
		if (ret)
			return ret;
	}
	p->users++;
	return 0;
}

/**
 * connector_power_off() - put an add-on into reset and take its power
 * @p: its power, with a user; stays on if it has others
 */
void connector_power_off(struct connector_power *p)
{
	guard(mutex)(&p->lock);
	if (!--p->users && p->on)
		switch_off(p);
}

/**
 * connector_power_cut() - the add-on is pulled: off at once, whatever uses it
 * @p: its power; its users have to give it back nevertheless
 *
 * A wait for power ends. From here to connector_power_allow() it cannot be switched on.
 */
void connector_power_cut(struct connector_power *p)
{
	WRITE_ONCE(p->cut, true);
	wake_up_all(&p->wait);
	guard(mutex)(&p->lock);
	if (p->on)
		switch_off(p);
}

/**
 * connector_power_end() - the connector goes
 * @p: its power; what has it keeps it until it gives it back
 *
 * A wait for power ends, and what is off stays off.
 */
void connector_power_end(struct connector_power *p)
{
	WRITE_ONCE(p->over, true);
	wake_up_all(&p->wait);
}

/**
 * connector_power_allow() - from now on power can be switched on again
 * @p: the power
 */
void connector_power_allow(struct connector_power *p)
{
	guard(mutex)(&p->lock);
	WRITE_ONCE(p->cut, false);
}

/**
 * connector_powered() - whether an add-on has power and is out of reset
 * @p: its power
 */
bool connector_powered(const struct connector_power *p)
{
	return READ_ONCE(p->on);
}
