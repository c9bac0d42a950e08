// SPDX-License-Identifier: GPL-2.0-only
/*
 * SPI through a connector: a device on the SPI bus of the base that is a bus of
 * its own, with one chip select, for an add-on. Its node is what the connector
 * exports, so that the same add-on fits whatever chip select the base gives it.
 */
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "../compat.h"
#include "connector.h"

/**
 * struct connector_spi - the SPI buses that a connector exports
 * @list: entry in the list of all
 * @exports: what the connector exports; what is no gate is left alone
 * @open: whether the connector has power
 */
struct connector_spi {
	struct list_head list;
	const struct dtslot_export *exports;
	bool open;
};

/**
 * struct gate - a bus on a bus
 * @list: entry in the list of all
 * @outer: the device on the base's bus
 * @speed: fastest clock that the base's node allows, Hz
 * @mode: how the base's node sets the bus, when no add-on does
 * @bits: ditto, bits of a word
 * @open: a connector that exports it has power
 * @io: lock classes of the inner bus, whose locks are held while the outer's are
 *	taken; gates behind gates have their own again
 * @add: ditto
 * @bus: ditto
 */
struct gate {
	struct list_head list;
	struct spi_device *outer;
	u32 speed;
	u32 mode;
	u8 bits;
	bool open;
	struct lock_class_key io;
	struct lock_class_key add;
	struct lock_class_key bus;
};

static LIST_HEAD(gates);
static LIST_HEAD(connectors);
static DEFINE_MUTEX(gates_lock);	/* guards gates, connectors */

static bool exports_gate(const struct connector_spi *spi, const struct gate *gate)
{
	const struct dtslot_export *e;

	for (e = spi->exports; e->label; e++)
		if (e->np == gate->outer->dev.of_node)
			return true;
	return false;
}

static void forget_connector(void *data)
{
	struct connector_spi *spi = data;

	guard(mutex)(&gates_lock);
	list_del(&spi->list);
}

/**
 * connector_spi_get() - find the SPI buses of a connector
 * @dev: the connector, without power
 * @exports: what it exports; stays
 *
 * The gates may come later, and come and go.
 *
 * Return: managed by @dev, or NULL without memory.
 */
struct connector_spi *connector_spi_get(struct device *dev, const struct dtslot_export *exports)
{
	struct connector_spi *spi = devm_kzalloc(dev, sizeof(*spi), GFP_KERNEL);

	if (!spi)
		return NULL;
	spi->exports = exports;
	scoped_guard(mutex, &gates_lock)
		list_add_tail(&spi->list, &connectors);
	return devm_add_action_or_reset(dev, forget_connector, spi) ? NULL : spi;
}

/**
 * connector_spi_switch() - open or close the SPI buses of a connector
 * @spi: the buses
 * @open: whether the connector has power
 */
void connector_spi_switch(struct connector_spi *spi, bool open)
{
	struct gate *gate;

	guard(mutex)(&gates_lock);
	spi->open = open;
	list_for_each_entry(gate, &gates, list)
		if (exports_gate(spi, gate))
			WRITE_ONCE(gate->open, open);
}

/* A gate that comes is open only if the connector has power already. */
static void add_gate(struct gate *gate)
{
	struct connector_spi *spi;

	guard(mutex)(&gates_lock);
	list_for_each_entry(spi, &connectors, list)
		if (spi->open && exports_gate(spi, gate))
			WRITE_ONCE(gate->open, true);
	list_add_tail(&gate->list, &gates);
}

static void remove_gate(void *data)
{
	struct gate *gate = data;

	guard(mutex)(&gates_lock);
	list_del(&gate->list);
}

/* Set the device on the base's bus; if it cannot be, it stays as it was. */
static int set_outer(struct gate *gate, u32 speed, u32 mode, u8 bits)
{
	struct spi_device *outer = gate->outer;
	u32 old_speed = outer->max_speed_hz, old_mode = outer->mode;
	u8 old_bits = outer->bits_per_word;
	int ret;

	speed = min_not_zero(speed, gate->speed);
	if (old_speed == speed && old_mode == mode && old_bits == bits)
		return 0;
	outer->max_speed_hz = speed;
	outer->mode = mode;
	outer->bits_per_word = bits;
	ret = spi_setup(outer);
	if (ret) {
		outer->max_speed_hz = old_speed;
		outer->mode = old_mode;
		outer->bits_per_word = old_bits;
	}
	return ret;
}

/* How the add-on's device wants its bus, for the device on the base's. */
static int take_settings(struct gate *gate, const struct spi_device *device)
{
	return set_outer(gate, device->max_speed_hz, device->mode, device->bits_per_word);
}

/* The add-on's device goes: the polarity of the chip select, for one, is the base's again. */
static void gate_cleanup(struct spi_device *device)
{
	struct gate *gate = spi_controller_get_devdata(device->controller);

	set_outer(gate, gate->speed, gate->mode, gate->bits);
}

/*
 * The message is sent as another one with the same buffers: what the cores of
 * both controllers keep in a message and its transfers does not mix.
 */
static int transfer_message(struct spi_controller *ctlr, struct spi_message *m)
{
	struct gate *gate = spi_controller_get_devdata(ctlr);
	struct spi_transfer *from, *copies, *to;
	struct spi_message copy;
	size_t count = list_count_nodes(&m->transfers);
	int ret;

	copies = kcalloc(count, sizeof(*copies), GFP_KERNEL);
	if (!copies) {
		ret = -ENOMEM;
		goto out;
	}
	spi_message_init(&copy);
	to = copies;
	list_for_each_entry(from, &m->transfers, transfer_list) {
		to->tx_buf = from->tx_buf;
		to->rx_buf = from->rx_buf;
		to->len = from->len;
		to->cs_off = from->cs_off;
		to->cs_change = from->cs_change;
		to->tx_nbits = from->tx_nbits;
		to->rx_nbits = from->rx_nbits;
		to->bits_per_word = from->bits_per_word;
		to->delay = from->delay;
		to->cs_change_delay = from->cs_change_delay;
		to->word_delay = from->word_delay;
		to->speed_hz = from->speed_hz;
		spi_message_add_tail(to++, &copy);
	}
	ret = READ_ONCE(gate->open) ? take_settings(gate, m->spi) : -ENODEV;
	if (!ret)
		ret = spi_sync(gate->outer, &copy);
	if (!ret)
		m->actual_length = copy.actual_length;
	kfree(copies);
out:
	m->status = ret;
	spi_finalize_current_message(ctlr);
	return 0;
}

static void unregister_keys(void *data)
{
	struct gate *gate = data;

	lockdep_unregister_key(&gate->io);
	lockdep_unregister_key(&gate->add);
	lockdep_unregister_key(&gate->bus);
}

static int gate_probe(struct spi_device *outer)
{
	struct spi_controller *parent = outer->controller, *ctlr;
	struct gate *gate;
	int ret;

	ctlr = devm_spi_alloc_host(&outer->dev, sizeof(*gate));
	if (!ctlr)
		return -ENOMEM;
	gate = spi_controller_get_devdata(ctlr);
	gate->outer = outer;
	gate->speed = outer->max_speed_hz;
	gate->mode = outer->mode;
	gate->bits = outer->bits_per_word;
	lockdep_register_key(&gate->io);
	lockdep_register_key(&gate->add);
	lockdep_register_key(&gate->bus);
	ret = devm_add_action_or_reset(&outer->dev, unregister_keys, gate);
	if (ret)
		return ret;
	lockdep_set_class(&ctlr->io_mutex, &gate->io);
	lockdep_set_class(&ctlr->add_lock, &gate->add);
	lockdep_set_class(&ctlr->bus_lock_mutex, &gate->bus);
	device_set_node(&ctlr->dev, dev_fwnode(&outer->dev));
	ctlr->bus_num = -1;
	ctlr->num_chipselect = 1;
	ctlr->mode_bits = parent->mode_bits;
	ctlr->bits_per_word_mask = parent->bits_per_word_mask;
	ctlr->flags = parent->flags & (SPI_CONTROLLER_HALF_DUPLEX | SPI_CONTROLLER_NO_RX |
				       SPI_CONTROLLER_NO_TX);
	ctlr->min_speed_hz = parent->min_speed_hz;
	/* What is asked of the gate is bound by this, transfer by transfer, too. */
	ctlr->max_speed_hz = min_not_zero(parent->max_speed_hz, outer->max_speed_hz);
	ctlr->cleanup = gate_cleanup;
	ctlr->transfer_one_message = transfer_message;
	add_gate(gate);
	ret = devm_add_action_or_reset(&outer->dev, remove_gate, gate);
	/* Makes the devices of an add-on that is there already. */
	return ret ?: devm_spi_register_controller(&outer->dev, ctlr);
}

static const struct of_device_id gate_matches[] = {
	{ .compatible = "dtslot,spi-gate" },
	{ }
};
MODULE_DEVICE_TABLE(of, gate_matches);

static const struct spi_device_id gate_ids[] = {
	{ "spi-gate" },
	{ }
};
MODULE_DEVICE_TABLE(spi, gate_ids);

struct spi_driver connector_spi_driver = {
	.driver = {
		.name = "dtslot-spi-gate",
		.of_match_table = gate_matches,
	},
	.id_table = gate_ids,
	.probe = gate_probe,
};
