// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for an Ethernet controller that takes the first PHY on a bus when its interface
 * comes up, as controllers do whose tree names no PHY. No machine of QEMU has such a one
 * beside a bus that a connector exports. It sends nothing.
 *
 * If its node has a node "mdio", it makes a bus of that which belongs to no device.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/of.h>
#include <linux/of_mdio.h>
#include <linux/phy.h>
#include <linux/platform_device.h>

static void stand_in_link(struct net_device *dev)
{
}

static int take_phy(struct net_device *dev, struct mii_bus *bus)
{
	struct phy_device *phy = phy_find_first(bus);
	int ret;

	if (!phy)
		return -ENODEV;
	ret = phy_connect_direct(dev, phy, stand_in_link, PHY_INTERFACE_MODE_GMII);
	if (!ret)
		phy_start(phy);
	return ret;
}

static int stand_in_open(struct net_device *dev)
{
	struct device_node *np = of_parse_phandle(dev->dev.parent->of_node, "mdio-parent-bus", 0);
	struct mii_bus *bus = of_mdio_find_bus(np);
	int ret = -ENODEV;

	of_node_put(np);
	if (!bus)
		return ret;
	ret = take_phy(dev, bus);
	put_device(&bus->dev);
	return ret;
}

static int stand_in_stop(struct net_device *dev)
{
	phy_stop(dev->phydev);
	phy_disconnect(dev->phydev);
	return 0;
}

static netdev_tx_t stand_in_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops stand_in_ops = {
	.ndo_open = stand_in_open,
	.ndo_stop = stand_in_stop,
	.ndo_start_xmit = stand_in_xmit,
};

static int stand_in_read(struct mii_bus *bus, int address, int reg)
{
	return U16_MAX;
}

static int stand_in_write(struct mii_bus *bus, int address, int reg, u16 value)
{
	return 0;
}

static void remove_orphan(void *data)
{
	mdiobus_unregister(data);
	mdiobus_free(data);
}

static int make_orphan(struct device *dev, struct device_node *np)
{
	struct mii_bus *bus = mdiobus_alloc();
	int ret;

	if (!bus)
		return -ENOMEM;
	bus->name = "stand-in orphan";
	strscpy(bus->id, "orphan", sizeof(bus->id));
	bus->read = stand_in_read;
	bus->write = stand_in_write;
	ret = of_mdiobus_register(bus, np);
	if (ret) {
		mdiobus_free(bus);
		return ret;
	}
	return devm_add_action_or_reset(dev, remove_orphan, bus);
}

static int stand_in_probe(struct platform_device *pdev)
{
	struct net_device *dev = devm_alloc_etherdev(&pdev->dev, 0);
	struct device_node *np = of_get_child_by_name(pdev->dev.of_node, "mdio");
	int ret = np ? make_orphan(&pdev->dev, np) : 0;

	of_node_put(np);
	if (ret)
		return ret;
	if (!dev)
		return -ENOMEM;
	strscpy(dev->name, "mac%d", sizeof(dev->name));
	dev->netdev_ops = &stand_in_ops;
	eth_hw_addr_random(dev);
	SET_NETDEV_DEV(dev, &pdev->dev);
	return devm_register_netdev(&pdev->dev, dev);
}

static const struct of_device_id stand_in_matches[] = {
	{ .compatible = "dtslot,stand-in-mac" },
	{ }
};
MODULE_DEVICE_TABLE(of, stand_in_matches);

static struct platform_driver stand_in_driver = {
	.driver = {
		.name = "stand-in-mac",
		.of_match_table = stand_in_matches,
	},
	.probe = stand_in_probe,
};
module_platform_driver(stand_in_driver);

MODULE_AUTHOR("The dtslot developers");
MODULE_DESCRIPTION("A stand-in for an Ethernet controller that looks for its PHY, for tests");
MODULE_LICENSE("GPL");
