// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the node of a connector says. It may be part of an add-on's overlay, so what it
 * says is bounded and checked here.
 */
#include <linux/of.h>
#include <linux/slab.h>

#include "../compat.h"
#include "connector.h"

/* Where the memories of the formats are, if the node does not say. */
#define ID_ADDRESS	0x57
#define HAT_ADDRESS	0x50
#define CAPE_FIRST	0x54
#define CAPE_LAST	0x57

#define DEFAULT_FORMAT	"dtslot"

/* What can be reached with two bytes of address. */
#define MAX_OFFSET	0xffff

static const struct connector_time debounce_time = { "debounce-delay-ms", 50, 0, 10000 };

/**
 * connector_read_time() - read a time of a connector's node
 * @dev: the connector
 * @time: its name and bounds
 * @value: receives it
 *
 * Return: 0, or -EINVAL if it is out of bounds; a message is in the log.
 */
int connector_read_time(struct device *dev, const struct connector_time *time, u32 *value)
{
	*value = time->value;
	of_property_read_u32(dev->of_node, time->name, value);
	if (*value >= time->min && *value <= time->max)
		return 0;
	return dev_err_probe(dev, -EINVAL, "%s is %u: it must be %u to %u\n", time->name, *value,
			     time->min, time->max);
}

/* The nodes behind the names that the connector exports. */
static int get_exports(struct device *dev, struct connector_node *node)
{
	struct device_node *np __free(device_node) = of_get_child_by_name(node->np, "exports");
	struct property *p;
	unsigned int n = 0;

	if (np)
		for_each_property_of_node(np, p)
			n++;
	node->exports = devm_kcalloc(dev, n + 1, sizeof(*node->exports), GFP_KERNEL);
	if (!node->exports)
		return -ENOMEM;
	n = 0;
	for (p = np ? np->properties : NULL; p; p = p->next) {
		if (!strcmp(p->name, "name") || !strcmp(p->name, "phandle"))
			continue;
		node->exports[n].np = of_parse_phandle(np, p->name, 0);
		node->exports[n].label = p->name;
		if (!node->exports[n].np)
			return dev_err_probe(dev, -EINVAL,
					     "'%s' in %pOF is no phandle of a node\n",
					     p->name, np);
		n++;
	}
	return 0;
}

static void put_nodes(void *data)
{
	struct connector_node *node = data;
	struct dtslot_export *e;

	for (e = node->exports; e && e->np; e++)
		of_node_put(e->np);
	of_node_put(node->devices);
}

static void set_format(struct connector_node *node)
{
	struct connector_memory *m = &node->memory;

	m->first = ID_ADDRESS;
	m->last = ID_ADDRESS;
	if (!strcmp(node->format, "none")) {
		node->id = CONNECTOR_ID_NONE;
	} else if (!strcmp(node->format, "byte")) {
		node->id = CONNECTOR_ID_BYTE;
	} else if (!strcmp(node->format, "string")) {
		node->id = CONNECTOR_ID_STRING;
	} else if (!strcmp(node->format, "raspberrypi,hat")) {
		m->first = HAT_ADDRESS;
		m->last = HAT_ADDRESS;
	} else if (!strcmp(node->format, "beagle,cape")) {
		m->first = CAPE_FIRST;
		m->last = CAPE_LAST;
	}
}

static int check_id(struct device *dev, struct connector_node *node, u32 width)
{
	const struct connector_memory *m = &node->memory;

	if (node->id == CONNECTOR_ID_FORMAT && !connector_id_size(node))
		return dev_err_probe(dev, -EINVAL, "%pOF/id has an unknown format '%s'\n",
				     node->np, node->format);
	if (node->model && !dtslot_id_names_file(node->model))
		return dev_err_probe(dev, -EINVAL, "%pOF/id: model '%s' cannot name a file\n",
				     node->np, node->model);
	if (strlen(node->prefix) > CONNECTOR_PREFIX_SIZE ||
	    (node->prefix[0] && !dtslot_id_names_file(node->prefix)))
		return dev_err_probe(dev, -EINVAL,
				     "%pOF/id: model-prefix '%s' cannot begin the name of a file, or has more than %u characters\n",
				     node->np, node->prefix, CONNECTOR_PREFIX_SIZE);
	if (m->first < 0x08 || m->last > 0x77)
		return dev_err_probe(dev, -EINVAL, "id: i2c-address 0x%x is none\n", m->first);
	if (width != 8 && width != 16)
		return dev_err_probe(dev, -EINVAL, "id: address-width is %u: it must be 8 or 16\n",
				     width);
	if (node->id_offset > MAX_OFFSET)
		return dev_err_probe(dev, -EINVAL, "id: offset is %u: it must be 0 to %u\n",
				     node->id_offset, MAX_OFFSET);
	return 0;
}

/* The strings are the node's, which stays as long as the device. */
static int read_id_node(struct device *dev, struct connector_node *node)
{
	struct device_node *id __free(device_node) = of_get_child_by_name(node->np, "id");
	struct connector_memory *m = &node->memory;
	u32 address, width = 16;

	node->format = DEFAULT_FORMAT;
	node->prefix = "";
	of_property_read_string(id, "format", &node->format);
	of_property_read_string(id, "firmware-name", &node->id_firmware);
	of_property_read_string(id, "model", &node->model);
	of_property_read_string(id, "model-prefix", &node->prefix);
	of_property_read_u32(id, "offset", &node->id_offset);
	of_property_read_u32(id, "address-width", &width);
	node->id_cell = of_property_present(id, "nvmem-cells");
	set_format(node);
	if (!of_property_read_u32(id, "i2c-address", &address)) {
		m->first = min(address, U16_MAX);
		m->last = m->first;
	}
	m->wide = width == 16;
	return check_id(dev, node, width);
}

/**
 * connector_node_read() - read and check a connector's node
 * @dev: the connector
 * @node: filled; its references are managed by @dev
 *
 * Return: 0 or a negative error; a message is in the log then.
 */
int connector_node_read(struct device *dev, struct connector_node *node)
{
	struct dtslot_export *e;
	u32 debounce;
	int ret;

	node->np = dev->of_node;
	ret = get_exports(dev, node);
	node->devices = of_get_child_by_name(node->np, "devices");
	ret = devm_add_action_or_reset(dev, put_nodes, node) ?: ret;
	if (ret)
		return ret;
	if (!node->devices)
		return dev_err_probe(dev, -EINVAL, "%pOF has no child 'devices'\n", node->np);
	ret = connector_read_time(dev, &debounce_time, &debounce);
	if (ret)
		return ret;
	node->debounce = msecs_to_jiffies(debounce);
	for (e = node->exports; e->label; e++)
		if (!strcmp(e->label, "i2c"))
			node->memory.bus = e->np;
	return read_id_node(dev, node);
}

/**
 * connector_walk_added() - look at the nodes that an add-on has right below certain exports
 * @exports: what the connector exports
 * @slot: the slot, its nodes in the live tree
 * @name: name of the exported nodes that are meant
 * @fn: called for each node that is available; ends the walk unless it returns 0
 * @arg: handed to it
 *
 * Return: what @fn returned last, 0 without any node.
 */
int connector_walk_added(const struct dtslot_export *exports, struct dtslot *slot,
			 const char *name,
			 int (*fn)(const struct dtslot_export *port, struct device_node *np,
				   void *arg),
			 void *arg)
{
	const struct dtslot_export *e;
	int ret;

	for (e = exports; e->label; e++) {
		if (!of_node_name_eq(e->np, name))
			continue;
		for_each_available_child_of_node_scoped(e->np, child) {
			ret = dtslot_owns(slot, child) ? fn(e, child, arg) : 0;
			if (ret)
				return ret;
		}
	}
	return 0;
}
