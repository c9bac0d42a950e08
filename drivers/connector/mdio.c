// SPDX-License-Identifier: GPL-2.0-only
/*
 * MDIO buses that a connector exports. The kernel looks at the nodes below a bus once, when
 * the bus comes; the PHYs and other devices of nodes that come later are made here.
 *
 * As in dsi.c, no pointer to a device is kept: a bus that goes takes its devices along, and
 * makes those of all nodes when it comes again. So the device of a node is looked for with
 * the bus held, also before it is made.
 */
#include <linux/device.h>
#include <linux/fwnode_mdio.h>
#include <linux/mdio.h>
#include <linux/netdevice.h>
#include <linux/of.h>
#include <linux/of_mdio.h>
#include <linux/phy.h>
#include <linux/rtnetlink.h>

#include "connector.h"

static int make_phy(struct mii_bus *bus, struct device_node *np, u32 address)
{
	return fwnode_mdiobus_register_phy(bus, of_fwnode_handle(np), address);
}

static int make_other(struct mii_bus *bus, struct device_node *np, u32 address)
{
	struct mdio_device *device = mdio_device_create(bus, address);
	int ret;

	if (IS_ERR(device))
		return PTR_ERR(device);
	/* The device has the reference to its node. */
	device_set_node(&device->dev, of_fwnode_handle(of_node_get(np)));
	ret = mdio_device_register(device);
	if (ret)
		mdio_device_free(device);
	return ret;
}

static int make_device(struct mii_bus *bus, struct device_node *np)
{
	u32 address;
	int ret = of_property_read_u32(np, "reg", &address);

	if (ret)
		return ret;
	if (address >= PHY_MAX_ADDR)
		return -EINVAL;
	if (mdiobus_is_registered_device(bus, address))
		return -EADDRINUSE;
	return of_mdiobus_child_is_phy(np) ? make_phy(bus, np, address) :
					     make_other(bus, np, address);
}

static int add_to_bus(struct mii_bus *bus, struct device_node *np)
{
	struct mdio_device *device;

	guard(device)(bus->parent);
	if (bus->state != MDIOBUS_REGISTERED)
		return -ENODEV;
	/* The bus may have come meanwhile, and made it. */
	device = of_mdio_find_device(np);
	if (device) {
		put_device(&device->dev);
		return 0;
	}
	return make_device(bus, np);
}

static int add_device(const struct dtslot_export *port, struct device_node *np, void *text)
{
	struct mii_bus *bus = of_mdio_find_bus(port->np);
	int ret;

	if (!bus)
		return dtslot_fail(text, -ENODEV,
				   "node '%pOFn' below '%s': there is no MDIO bus: is its driver bound?",
				   np, port->label);
	/* The lock of its parent is what keeps a bus. */
	ret = bus->parent ? add_to_bus(bus, np) : -EOPNOTSUPP;
	put_device(&bus->dev);
	switch (ret) {
	case 0:
		return 0;
	case -ENODEV:
		return dtslot_fail(text, ret,
				   "node '%pOFn' below '%s': no PHY answers at the address in its reg",
				   np, port->label);
	case -EADDRINUSE:
		return dtslot_fail(text, ret,
				   "node '%pOFn' below '%s': the address in its reg is that of another device",
				   np, port->label);
	case -EOPNOTSUPP:
		return dtslot_fail(text, ret,
				   "node '%pOFn' below '%s': the MDIO bus belongs to no device, so that nothing keeps it",
				   np, port->label);
	}
	return dtslot_fail(text, ret,
			   "node '%pOFn' below '%s': cannot make its device (error %d): it needs an address of 0 to 31 as reg",
			   np, port->label, ret);
}

/* A driver of the base may have taken this PHY for its network interface. */
static int check_unused(const struct dtslot_export *port, struct device_node *np, void *text)
{
	struct phy_device *phy = of_phy_find_device(np);
	int ret = 0;

	if (!phy)
		return 0;
	rtnl_lock();
	if (phy->attached_dev)
		ret = dtslot_fail(text, -EBUSY,
				  "node '%pOFn' below '%s' is the PHY of network interface %s: take that down first",
				  np, port->label, netdev_name(phy->attached_dev));
	rtnl_unlock();
	put_device(&phy->mdio.dev);
	return ret;
}

/*
 * An interface must not keep a PHY that goes: the kernel takes the PHY's driver away, and
 * the interrupt handler, the counters and the end of the interface's use need it. Drivers that
 * look for a PHY on their bus do so when the interface comes up, and let go of it when that
 * goes down.
 */
static void take_from_interface(struct phy_device *phy)
{
	struct net_device *interface;

	rtnl_lock();
	interface = phy->attached_dev;
	if (interface) {
		netdev_warn(interface, "goes down: its PHY goes with an add-on\n");
		dev_close(interface);
	}
	if (phy->attached_dev)
		netdev_err(interface, "its driver keeps a PHY that has gone: unbind the driver\n");
	rtnl_unlock();
}

static void remove_from_bus(struct mii_bus *bus, struct device_node *np)
{
	struct mdio_device *device;

	guard(device)(bus->parent);
	device = of_mdio_find_device(np);
	if (!device)
		return;
	if (device->flags & MDIO_DEVICE_FLAG_PHY)
		take_from_interface(to_phy_device(&device->dev));
	device->device_remove(device);
	device->device_free(device);
	put_device(&device->dev);
}

static int remove_device(const struct dtslot_export *port, struct device_node *np, void *text)
{
	struct mii_bus *bus = of_mdio_find_bus(port->np);

	if (!bus)
		return 0;
	if (bus->parent)
		remove_from_bus(bus, np);
	put_device(&bus->dev);
	return 0;
}

/* A PHY without a driver of its own gets the general one when an interface takes it. */
static int works(struct device_node *np)
{
	struct mdio_device *device = of_mdio_find_device(np);
	int ret;

	if (!device)
		return -ENODEV;
	ret = device->flags & MDIO_DEVICE_FLAG_PHY || READ_ONCE(device->dev.driver);
	put_device(&device->dev);
	return ret;
}

const struct connector_bus connector_mdio = {
	.name = "mdio",
	.add = add_device,
	.remove = remove_device,
	.check_unused = check_unused,
	.works = works,
};
