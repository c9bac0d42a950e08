// SPDX-License-Identifier: GPL-2.0-only
/*
 * DSI hosts that a connector exports. A host looks at the nodes below its own once, when
 * it comes; the devices of nodes that come later are made here.
 *
 * No pointer to a device is kept: a host that loses its driver takes its devices along,
 * and makes those of all nodes when it comes again. So the device of a node is looked for
 * when it is to go, with the host held.
 */
#include <linux/device.h>
#include <linux/i2c.h>
#include <linux/of.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <drm/drm_mipi_dsi.h>

#include "connector.h"

/* What a host is: on a SoC a platform device, or a bridge on I2C. */
static struct device *get_host_device(struct device_node *np)
{
	struct platform_device *pdev = of_find_device_by_node(np);
	struct i2c_client *client;

	if (pdev)
		return &pdev->dev;
	client = of_find_i2c_device_by_node(np);
	return client ? &client->dev : NULL;
}

/* Older kernels do not export the bus: device_works() counts devices on it. */
#ifdef COMPAT_DSI_BUS
static int watch_bus(void)
{
	return dtslot_watch_bus(&mipi_dsi_bus_type);
}

#define device_works	NULL
#else
static int watch_bus(void)
{
	return 0;
}

static int device_works(struct device_node *np)
{
	struct mipi_dsi_device *device = of_find_mipi_dsi_device_by_node(np);
	int ret;

	if (!device)
		return -ENODEV;
	ret = !!READ_ONCE(device->dev.driver);
	put_device(&device->dev);
	return ret;
}
#endif

static int make_device(struct mipi_dsi_host *host, struct device_node *np)
{
	struct mipi_dsi_device_info info = {};
	struct mipi_dsi_device *device;
	int ret;

	ret = watch_bus();
	ret = ret ?: of_property_read_u32(np, "reg", &info.channel);
	ret = ret ?: of_alias_from_compatible(np, info.type, sizeof(info.type));
	if (ret < 0)
		return ret;
	/* The device has the reference to its node. */
	info.node = of_node_get(np);
	device = mipi_dsi_device_register_full(host, &info);
	if (!IS_ERR(device))
		return 0;
	of_node_put(np);
	return PTR_ERR(device);
}

static int add_device(const struct dtslot_export *port, struct device_node *np, void *text)
{
	struct device *dev = get_host_device(port->np);
	struct mipi_dsi_host *host = NULL;
	struct mipi_dsi_device *device;
	int ret = -ENODEV;

	if (dev) {
		guard(device)(dev);
		host = of_find_mipi_dsi_host_by_node(port->np);
		/* Its driver may have come meanwhile, and made it. */
		device = of_find_mipi_dsi_device_by_node(np);
		if (device) {
			put_device(&device->dev);
			ret = 0;
		} else if (host) {
			ret = make_device(host, np);
		}
	}
	put_device(dev);
	if (!ret)
		return 0;
	if (!host)
		return dtslot_fail(text, ret,
				   "node '%pOFn' below '%s': there is no DSI host: is its driver bound?",
				   np, port->label);
	return dtslot_fail(text, ret,
			   "node '%pOFn' below '%s': cannot make its device (error %d): it needs a compatible, and a channel of 0 to 3 as reg",
			   np, port->label, ret);
}

static int remove_device(const struct dtslot_export *port, struct device_node *np, void *text)
{
	struct device *dev = get_host_device(port->np);
	struct mipi_dsi_device *device;

	if (!dev)
		return 0;
	scoped_guard(device, dev) {
		device = of_find_mipi_dsi_device_by_node(np);
		if (device) {
			mipi_dsi_device_unregister(device);
			put_device(&device->dev);
		}
	}
	put_device(dev);
	return 0;
}

const struct connector_bus connector_dsi = {
	.name = "dsi",
	.add = add_device,
	.remove = remove_device,
	.works = device_works,
};
