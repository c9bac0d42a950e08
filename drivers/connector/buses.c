// SPDX-License-Identifier: GPL-2.0-only
/* Buses that a connector exports, and that make no devices of nodes that come later. */
#include <linux/kconfig.h>
#include <linux/of.h>

#include "connector.h"

/* Those that this kernel has. */
static const struct connector_bus * const buses[] = {
	&connector_serial,
#if IS_ENABLED(CONFIG_DRM_MIPI_DSI)
	&connector_dsi,
#endif
#if IS_ENABLED(CONFIG_OF_MDIO)
	&connector_mdio,
#endif
	NULL
};

/**
 * connector_buses_add() - make the devices that an add-on has on buses of ours
 * @exports: what the connector exports
 * @slot: the slot, its nodes in the live tree
 * @text: receives the message on failure
 *
 * Return: 0 or a negative error; then there are none.
 */
int connector_buses_add(const struct dtslot_export *exports, struct dtslot *slot,
			struct dtslot_text *text)
{
	const struct connector_bus * const *bus;
	int ret = 0;

	for (bus = buses; *bus && !ret; bus++)
		ret = connector_walk_added(exports, slot, (*bus)->name, (*bus)->add, text);
	if (ret)
		connector_buses_remove(exports, slot);
	return ret;
}

/**
 * connector_buses_remove() - take the devices of connector_buses_add() away
 * @exports: what the connector exports
 * @slot: the slot, its nodes in the live tree
 */
void connector_buses_remove(const struct dtslot_export *exports, struct dtslot *slot)
{
	const struct connector_bus * const *bus;

	for (bus = buses; *bus; bus++)
		connector_walk_added(exports, slot, (*bus)->name, (*bus)->remove, NULL);
}

/**
 * connector_buses_check_unused() - whether the devices of connector_buses_add() may go
 * @exports: what the connector exports
 * @slot: the slot, its nodes in the live tree
 * @text: receives the message if not
 *
 * Return: 0 or -EBUSY.
 */
int connector_buses_check_unused(const struct dtslot_export *exports, struct dtslot *slot,
				 struct dtslot_text *text)
{
	const struct connector_bus * const *bus;
	int ret = 0;

	for (bus = buses; *bus && !ret; bus++)
		if ((*bus)->check_unused)
			ret = connector_walk_added(exports, slot, (*bus)->name,
						   (*bus)->check_unused, text);
	return ret;
}

/**
 * connector_buses_work() - whether the device of a node works, on a bus of which the core
 * does not know
 * @np: the node, right below what a connector exports
 *
 * Return: as the op works() of a slot.
 */
int connector_buses_work(struct device_node *np)
{
	const struct connector_bus * const *bus;

	for (bus = buses; *bus; bus++)
		if ((*bus)->works && of_node_name_eq(np->parent, (*bus)->name))
			return (*bus)->works(np);
	return -ENODEV;
}
