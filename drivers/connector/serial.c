// SPDX-License-Identifier: GPL-2.0-only
/*
 * Serial ports that a connector exports. The kernel looks for devices on a port once,
 * when the port comes. It keeps the port for devices that come later if the port's node
 * has a graph port, as it does for M.2 slots; those devices are made here.
 *
 * As in dsi.c, no pointer to a device is kept: a port that goes takes its device along. So
 * the device of a node is looked for when it is to go, with the UART held.
 */
#include <linux/of.h>
#include <linux/serdev.h>

#include "../compat.h"
#include "connector.h"

#ifdef COMPAT_SERDEV_BY_NODE
static int make_device(struct serdev_controller *ctrl, struct device_node *np)
{
	struct serdev_device *device = serdev_device_alloc(ctrl);
	int ret;

	if (!device)
		return -ENOMEM;
	/* The device has no reference to its node, which stays until the device has gone. */
	device_set_node(&device->dev, of_fwnode_handle(np));
	/* A bus that is a module may go before the core does: its devices are not counted. */
	ret = IS_BUILTIN(CONFIG_SERIAL_DEV_BUS) ? dtslot_watch_bus(device->dev.bus) : 0;
	ret = ret ?: serdev_device_add(device);
	if (ret)
		serdev_device_put(device);
	return ret;
}

static int add_device(const struct dtslot_export *port, struct device_node *np, void *text)
{
	struct serdev_controller *ctrl = of_find_serdev_controller_by_node(port->np);
	int ret = -ENODEV;

	if (ctrl) {
		guard(device)(ctrl->host);
		if (device_is_registered(&ctrl->dev))
			ret = make_device(ctrl, np);
	}
	if (ctrl)
		put_device(&ctrl->dev);
	switch (ret) {
	case 0:
		return 0;
	case -ENODEV:
		return dtslot_fail(text, ret,
				   "node '%pOFn' below '%s': the kernel keeps no bus for devices on this port: its driver is not bound, or its node lacks a 'port' (see dtslot,connector.yaml)",
				   np, port->label);
	case -EBUSY:
		return dtslot_fail(text, ret,
				   "node '%pOFn' below '%s': the port has another device already",
				   np, port->label);
	}
	return dtslot_fail(text, ret, "node '%pOFn' below '%s': cannot make its device (error %d)",
			   np, port->label, ret);
}

static int remove_device(const struct dtslot_export *port, struct device_node *np, void *text)
{
	struct serdev_controller *ctrl = of_find_serdev_controller_by_node(port->np);
	struct device *dev;

	if (!ctrl)
		return 0;
	scoped_guard(device, ctrl->host) {
		dev = device_find_child(&ctrl->dev, np, device_match_of_node);
		if (dev) {
			serdev_device_remove(to_serdev_device(dev));
			/* A program may hold it, when its node is freed. */
			device_set_node(dev, NULL);
			put_device(dev);
		}
	}
	put_device(&ctrl->dev);
	return 0;
}
#else
static int add_device(const struct dtslot_export *port, struct device_node *np, void *text)
{
	return dtslot_fail(text, -EOPNOTSUPP,
			   "node '%pOFn' below '%s': this kernel makes no devices of nodes that come later at a serial port, 7.1 and later do; leave it out and let a program use the port",
			   np, port->label);
}

static int remove_device(const struct dtslot_export *port, struct device_node *np, void *text)
{
	return 0;
}
#endif

const struct connector_bus connector_serial = {
	.name = "serial",
	.add = add_device,
	.remove = remove_device,
};
