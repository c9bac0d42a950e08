// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power and reset of an add-on: supply or enable line, power good, reset.
 */
#include <linux/delay.h>
#include <linux/gpio/consumer.h>
#include <linux/iopoll.h>
#include <linux/mutex.h>
#include <linux/property.h>
#include <linux/regulator/consumer.h>

#include "connector.h"

/* Defaults, where the connector's node does not say. */
#define POWER_GOOD_MS	100
#define POST_POWER_MS	10
#define RESET_US	1000

/**
 * struct connector_power - how an add-on gets power
 * @vcc: its supply; NULL for none
 * @enable: line that switches its power; NULL for none
 * @good: line that says that it has power; NULL for none
 * @reset: line that holds it in reset; NULL for none
 * @good_ms: how long power may take to be good
 * @post_power_ms: from power to the end of reset
 * @reset_us: from the end of reset until the add-on answers
 * @lock: guards @users and the lines
 * @users: how many want it to be on
 * @on: whether it is on
 */
struct connector_power {
	struct regulator *vcc;
	struct gpio_desc *enable;
	struct gpio_desc *good;
	struct gpio_desc *reset;
	u32 good_ms;
	u32 post_power_ms;
	u32 reset_us;
	struct mutex lock;	/* guards @users and the lines */
	unsigned int users;
	bool on;
};

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

	p = devm_kzalloc(dev, sizeof(*p), GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	mutex_init(&p->lock);
	p->vcc = devm_regulator_get_optional(dev, "vcc");
	if (PTR_ERR(p->vcc) == -ENODEV)
		p->vcc = NULL;
	if (IS_ERR(p->vcc))
		return dev_err_cast_probe(dev, p->vcc, "cannot get vcc-supply\n");
	p->enable = devm_gpiod_get_optional(dev, "enable", GPIOD_OUT_LOW);
	if (IS_ERR(p->enable))
		return dev_err_cast_probe(dev, p->enable, "cannot get enable-gpios\n");
	p->good = devm_gpiod_get_optional(dev, "power-good", GPIOD_IN);
	if (IS_ERR(p->good))
		return dev_err_cast_probe(dev, p->good, "cannot get power-good-gpios\n");
	p->reset = devm_gpiod_get_optional(dev, "reset", GPIOD_OUT_HIGH);
	if (IS_ERR(p->reset))
		return dev_err_cast_probe(dev, p->reset, "cannot get reset-gpios\n");
	p->good_ms = POWER_GOOD_MS;
	p->post_power_ms = POST_POWER_MS;
	p->reset_us = RESET_US;
	device_property_read_u32(dev, "power-good-timeout-ms", &p->good_ms);
	device_property_read_u32(dev, "post-power-on-delay-ms", &p->post_power_ms);
	device_property_read_u32(dev, "reset-deassert-us", &p->reset_us);
	return p;
}

/* Off, in an order in which nothing outside of reset loses its power. */
static void cut(struct connector_power *p)
{
	gpiod_set_value_cansleep(p->reset, 1);
	gpiod_set_value_cansleep(p->enable, 0);
	if (p->vcc)
		regulator_disable(p->vcc);
}

static int wait_good(struct connector_power *p, struct dtslot_text *text)
{
	int good, ret;

	if (!p->good)
		return 0;
	ret = read_poll_timeout(gpiod_get_value_cansleep, good, good, 1000,
				p->good_ms * USEC_PER_MSEC, false, p->good);
	if (!ret && good > 0)
		return 0;
	return dtslot_fail(text, -ETIMEDOUT,
			   "the add-on's power is not good after %u ms: a short circuit, or not plugged in fully?",
			   p->good_ms);
}

/**
 * connector_power_on() - give an add-on power and take it out of reset
 * @p: its power; if it is on already, it stays on for one user more
 * @text: receives the message on failure
 *
 * Return: 0, or a negative error; then it is off.
 */
int connector_power_on(struct connector_power *p, struct dtslot_text *text)
{
	int ret;

	guard(mutex)(&p->lock);
	if (p->users) {
		p->users++;
		return 0;
	}
	if (p->vcc) {
		ret = regulator_enable(p->vcc);
		if (ret)
			return dtslot_fail(text, ret,
					   "cannot enable the add-on's supply (error %d)", ret);
	}
	gpiod_set_value_cansleep(p->enable, 1);
	ret = wait_good(p, text);
	if (ret) {
		cut(p);
		return ret;
	}
	fsleep(p->post_power_ms * USEC_PER_MSEC);
	gpiod_set_value_cansleep(p->reset, 0);
	fsleep(p->reset_us);
	p->users = 1;
	WRITE_ONCE(p->on, true);
	return 0;
}

/**
 * connector_power_off() - put an add-on into reset and take its power
 * @p: its power, on; stays on if it has other users
 */
void connector_power_off(struct connector_power *p)
{
	guard(mutex)(&p->lock);
	if (--p->users)
		return;
	WRITE_ONCE(p->on, false);
	cut(p);
}

/**
 * connector_powered() - whether an add-on has power and is out of reset
 * @p: its power
 */
bool connector_powered(const struct connector_power *p)
{
	return READ_ONCE(p->on);
}
