// SPDX-License-Identifier: GPL-2.0-only
/*
 * I2C through a connector: an adapter of its own for each bus, with the
 * connector's node for it, so that the I2C core makes the add-on's devices.
 *
 * The adapters stay while add-ons come and go: one that goes waits for every
 * program that has it open. Without power they refuse.
 */
#include <linux/i2c.h>
#include <linux/i2c-mux.h>
#include <linux/of.h>
#include <linux/slab.h>

#include "../compat.h"
#include "connector.h"

#define MAX_BUSES	4

/**
 * struct connector_i2c - the I2C buses of a connector
 * @dev: the connector
 * @power: what decides whether they pass anything on
 * @bus: the gates
 * @count: how many
 */
struct connector_i2c {
	struct device *dev;
	const struct connector_power *power;
	struct i2c_mux_core *bus[MAX_BUSES];
	unsigned int count;
};

static int select_bus(struct i2c_mux_core *muxc, u32 channel)
{
	const struct connector_power **power = i2c_mux_priv(muxc);

	return connector_powered(*power) ? 0 : -ENODEV;
}

/* The adapter's driver must not go before the connector's. */
static void link_adapter(struct connector_i2c *i2c, struct i2c_adapter *parent)
{
	struct device *dev = &parent->dev;

	/* Adapters have no driver, and those of muxes hang below other adapters. */
	while (dev && !dev->driver)
		dev = dev->parent;
	if (dev && dev != i2c->dev &&
	    !device_link_add(i2c->dev, dev, DL_FLAG_AUTOREMOVE_CONSUMER))
		dev_dbg(i2c->dev, "no link to %s\n", dev_name(dev));
}

static int add_bus(struct connector_i2c *i2c, struct device_node *np)
{
	struct device_node *parent_np = of_parse_phandle(np, "i2c-parent", 0);
	const struct connector_power **power;
	struct i2c_adapter *parent;
	struct i2c_mux_core *muxc;
	u32 reg;
	int ret;

	if (!parent_np)
		return 0;
	if (of_property_read_u32(np, "reg", &reg) || i2c->count == MAX_BUSES) {
		of_node_put(parent_np);
		return dev_err_probe(i2c->dev, -EINVAL,
				     "%pOF has no 'reg', or there are more than %u buses\n", np,
				     MAX_BUSES);
	}
	parent = of_find_i2c_adapter_by_node(parent_np);
	if (!parent)
		ret = dev_err_probe(i2c->dev, -EPROBE_DEFER, "no I2C adapter %pOF yet\n",
				    parent_np);
	of_node_put(parent_np);
	if (!parent)
		return ret;
	muxc = i2c_mux_alloc(parent, i2c->dev, 1, sizeof(*power), I2C_MUX_LOCKED, select_bus,
			     NULL);
	if (!muxc) {
		put_device(&parent->dev);
		return -ENOMEM;
	}
	power = i2c_mux_priv(muxc);
	*power = i2c->power;
	link_adapter(i2c, parent);
	ret = i2c_mux_add_adapter(muxc, 0, reg);
	if (ret) {
		put_device(&parent->dev);
		return ret;
	}
	i2c->bus[i2c->count++] = muxc;
	return 0;
}

/**
 * connector_i2c_create() - make the adapters of a connector
 * @dev: the connector; its child nodes with "i2c-parent" are buses
 * @power: whether they pass anything on
 *
 * Return: to be destroyed by connector_i2c_destroy(), or an ERR_PTR.
 */
struct connector_i2c *connector_i2c_create(struct device *dev,
					   const struct connector_power *power)
{
	struct connector_i2c *i2c;
	int ret;

	i2c = devm_kzalloc(dev, sizeof(*i2c), GFP_KERNEL);
	if (!i2c)
		return ERR_PTR(-ENOMEM);
	i2c->dev = dev;
	i2c->power = power;
	for_each_available_child_of_node_scoped(dev->of_node, child) {
		ret = add_bus(i2c, child);
		if (ret) {
			connector_i2c_destroy(i2c);
			return ERR_PTR(ret);
		}
	}
	return i2c;
}

/**
 * connector_i2c_destroy() - take the adapters away
 * @i2c: the buses; no add-on uses them any more
 */
void connector_i2c_destroy(struct connector_i2c *i2c)
{
	while (i2c->count) {
		struct i2c_mux_core *muxc = i2c->bus[--i2c->count];
		struct i2c_adapter *parent = muxc->parent;

		i2c_mux_del_adapters(muxc);
		put_device(&parent->dev);
	}
}
