// SPDX-License-Identifier: GPL-2.0-only
/*
 * Serial ports that a connector exports. The kernel looks for devices on a port once,
 * when the port comes. It keeps the port for devices that come later if the port's node
 * has a graph port, as it does for M.2 slots; those devices are made here.
 */
#include <linux/of.h>
#include <linux/serdev.h>
#include <linux/slab.h>

#include "../compat.h"
#include "connector.h"

#define MAX_PORTS	2

/**
 * struct connector_serial - devices of an add-on on serial ports
 * @exports: what the connector exports
 * @devices: the devices
 * @count: how many
 */
struct connector_serial {
	const struct dtslot_export *exports;
	struct serdev_device *devices[MAX_PORTS];
	unsigned int count;
};

/**
 * connector_serial_get() - prepare for devices on serial ports
 * @dev: the connector
 * @exports: what it exports; stays
 *
 * Return: managed by @dev, or NULL without memory.
 */
struct connector_serial *connector_serial_get(struct device *dev,
					      const struct dtslot_export *exports)
{
	struct connector_serial *serial = devm_kzalloc(dev, sizeof(*serial), GFP_KERNEL);

	if (serial)
		serial->exports = exports;
	return serial;
}

/**
 * struct adding - devices that are made
 * @serial: receives them
 * @text: receives the message on failure
 */
struct adding {
	struct connector_serial *serial;
	struct dtslot_text *text;
};

#ifdef COMPAT_SERDEV_BY_NODE
static int make_device(struct serdev_controller *ctrl, struct device_node *np,
		       struct serdev_device **made)
{
	struct serdev_device *device = serdev_device_alloc(ctrl);
	int ret;

	if (!device)
		return -ENOMEM;
	device_set_node(&device->dev, of_fwnode_handle(of_node_get(np)));
	/* A bus that is a module may go before the core does: its devices are not counted. */
	ret = IS_BUILTIN(CONFIG_SERIAL_DEV_BUS) ? dtslot_watch_bus(device->dev.bus) : 0;
	ret = ret ?: serdev_device_add(device);
	if (ret) {
		of_node_put(np);
		serdev_device_put(device);
		return ret;
	}
	*made = device;
	return 0;
}

static int add_device(const struct dtslot_export *port, struct device_node *np, void *arg)
{
	struct adding *a = arg;
	struct connector_serial *serial = a->serial;
	struct dtslot_text *text = a->text;
	struct serdev_controller *ctrl;
	int ret;

	if (serial->count == MAX_PORTS)
		return dtslot_fail(text, -EINVAL,
				   "node '%pOFn' below '%s': an add-on can have devices on %u serial ports",
				   np, port->label, MAX_PORTS);
	ctrl = of_find_serdev_controller_by_node(port->np);
	if (!ctrl)
		return dtslot_fail(text, -ENODEV,
				   "node '%pOFn' below '%s': the kernel keeps no bus for devices on this port: its driver is not bound, or its node lacks a 'port' (see dtslot,connector.yaml)",
				   np, port->label);
	ret = make_device(ctrl, np, &serial->devices[serial->count]);
	put_device(&ctrl->dev);
	if (ret)
		return dtslot_fail(text, ret,
				   "node '%pOFn' below '%s': cannot make its device (error %d)",
				   np, port->label, ret);
	get_device(&serial->devices[serial->count++]->dev);
	return 0;
}

/* If the port lost its driver meanwhile, the device has gone with it. */
static void remove_device(struct serdev_device *device)
{
	if (device_is_registered(&device->dev))
		serdev_device_remove(device);
	of_node_put(device->dev.of_node);
	put_device(&device->dev);
}
#else
static int add_device(const struct dtslot_export *port, struct device_node *np, void *arg)
{
	struct adding *a = arg;

	return dtslot_fail(a->text, -EOPNOTSUPP,
			   "node '%pOFn' below '%s': this kernel makes no devices of nodes that come later at a serial port, 7.1 and later do; leave it out and let a program use the port",
			   np, port->label);
}

static void remove_device(struct serdev_device *device)
{
}
#endif

/**
 * connector_serial_add() - make the devices that an add-on has on serial ports
 * @serial: what the connector exports
 * @slot: the slot, its nodes in the live tree
 * @text: receives the message on failure
 *
 * Return: 0 or a negative error; then there are none.
 */
int connector_serial_add(struct connector_serial *serial, struct dtslot *slot,
			 struct dtslot_text *text)
{
	struct adding adding = { .serial = serial, .text = text };
	int ret = connector_walk_added(serial->exports, slot, "serial", add_device, &adding);

	if (ret)
		connector_serial_remove(serial);
	return ret;
}

/**
 * connector_serial_remove() - take the devices of connector_serial_add() away
 * @serial: the devices, or none
 */
void connector_serial_remove(struct connector_serial *serial)
{
	while (serial->count)
		remove_device(serial->devices[--serial->count]);
}
