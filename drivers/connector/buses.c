// SPDX-License-Identifier: GPL-2.0-only
/* Buses that a connector exports, and that make no devices of nodes that come later. */
#include <linux/kconfig.h>

#include "connector.h"

/* Those that this kernel has. */
static const struct connector_bus * const buses[] = {
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
