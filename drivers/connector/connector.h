/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the connector driver. */
#ifndef DTSLOT_CONNECTOR_H
#define DTSLOT_CONNECTOR_H

#include <linux/device.h>
#include <linux/spi/spi.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "../dtslot.h"
#include "id.h"

/* What of an ID memory is compared: all formats have a serial number in there. */
#define CONNECTOR_KNOWN_SIZE	128

/* Characters that a connector puts in front of a model at most. */
#define CONNECTOR_PREFIX_SIZE	24

/* main.c */
extern struct workqueue_struct *connector_wq;

/**
 * struct connector_time - a time that the node of a connector may set
 * @name: of the property, with its unit
 * @value: if it is not set
 * @min: what it is at least
 * @max: what it is at most
 */
struct connector_time {
	const char *name;
	u32 value;
	u32 min;
	u32 max;
};

/**
 * struct connector_memory - where on I2C an ID memory is
 * @bus: node of the bus; NULL if there is none. The connector's exports hold it
 * @first: lowest address there that it may have
 * @last: highest
 * @wide: it takes two bytes of address
 */
struct connector_memory {
	struct device_node *bus;
	u16 first;
	u16 last;
	bool wide;
};

/* How an add-on's model is written. */
enum connector_id {
	CONNECTOR_ID_FORMAT,	/* as a decoder of id.h knows it */
	CONNECTOR_ID_BYTE,	/* a number of one byte */
	CONNECTOR_ID_STRING,	/* a word */
	CONNECTOR_ID_NONE,	/* not at all: root says it */
};

/**
 * struct connector_node - what the node of a connector says
 * @np: the node
 * @devices: target of overlays
 * @exports: labels for overlays, ended by one without a label
 * @debounce: how long it must be quiet, jiffies
 * @id: how the model of an add-on is written
 * @format: name of the ID's format
 * @id_firmware: overlay that describes the ID memory; NULL for none
 * @id_cell: the ID is in an NVMEM cell of the base
 * @id_offset: where in the memory the ID begins
 * @model: of every add-on that fits; NULL if there is an ID
 * @prefix: put in front of a model that is a number or a word
 * @memory: where the ID memory is, if no overlay describes it
 */
struct connector_node {
	struct device_node *np;
	struct device_node *devices;
	struct dtslot_export *exports;
	unsigned long debounce;
	enum connector_id id;
	const char *format;
	const char *id_firmware;
	bool id_cell;
	u32 id_offset;
	const char *model;
	const char *prefix;
	struct connector_memory memory;
};

/* node.c */
int connector_read_time(struct device *dev, const struct connector_time *time, u32 *value);
int connector_node_read(struct device *dev, struct connector_node *node);
int connector_walk_added(const struct dtslot_export *exports, struct dtslot *slot,
			 const char *name,
			 int (*fn)(const struct dtslot_export *port, struct device_node *np,
				   void *arg),
			 void *arg);

/* power.c */
struct connector_power;

struct connector_power *connector_power_get(struct device *dev);
int connector_power_on(struct connector_power *power, struct dtslot_text *text);
void connector_power_off(struct connector_power *power);
void connector_power_cut(struct connector_power *power);
void connector_power_end(struct connector_power *power);
void connector_power_allow(struct connector_power *power);
bool connector_powered(const struct connector_power *power);

/* memory.c */
int connector_memory_answers(const struct connector_memory *m, u16 address);
int connector_memory_read(const struct connector_memory *m, u16 address, u32 offset,
			  u8 *data, size_t size);
bool connector_memory_is(const struct connector_memory *m, u16 address, u32 offset,
			 const u8 *data, size_t size);
bool connector_memory_is_there(const struct connector_memory *m);
int connector_memory_find(const struct connector_memory *m, u32 offset, u8 *data,
			  size_t size, struct dtslot_text *text);
bool connector_memory_is_wide(size_t size);

/* i2c.c */
struct connector_i2c;

struct connector_i2c *connector_i2c_create(struct device *dev,
					   const struct connector_power *power,
					   const struct connector_memory *memory);
void connector_i2c_destroy(struct connector_i2c *i2c);
int connector_i2c_id_is_unique(const struct connector_i2c *i2c, struct dtslot_text *text);
int connector_i2c_check(struct connector_i2c *i2c, struct dtslot_text *text);
int connector_i2c_init(void);
void connector_i2c_exit(void);

/* spi.c */
extern struct spi_driver connector_spi_driver;

struct connector_spi;

struct connector_spi *connector_spi_get(struct device *dev, const struct dtslot_export *exports);
void connector_spi_switch(struct connector_spi *spi, bool open);

/**
 * struct connector_bus - a bus whose devices are made of an add-on's nodes by us
 * @name: name of the exported nodes of such buses
 * @add: make the device of a node below @port; returns 0 or a negative error, and then
 *	says why in @text, a struct dtslot_text
 * @remove: take the device of a node away, if there is one; returns 0
 * @check_unused: optional; returns 0, or -EBUSY if something beside the slot uses the device
 *	of a node, and then says what in @text
 * @works: optional; for a bus that the core does not listen to, as the op of a slot
 */
struct connector_bus {
	const char *name;
	int (*add)(const struct dtslot_export *port, struct device_node *np, void *text);
	int (*remove)(const struct dtslot_export *port, struct device_node *np, void *text);
	int (*check_unused)(const struct dtslot_export *port, struct device_node *np, void *text);
	int (*works)(struct device_node *np);
};

/* buses.c */
int connector_buses_add(const struct dtslot_export *exports, struct dtslot *slot,
			struct dtslot_text *text);
void connector_buses_remove(const struct dtslot_export *exports, struct dtslot *slot);
int connector_buses_check_unused(const struct dtslot_export *exports, struct dtslot *slot,
				 struct dtslot_text *text);
int connector_buses_work(struct device_node *np);

/* serial.c, dsi.c, mdio.c */
extern const struct connector_bus connector_serial;
extern const struct connector_bus connector_dsi;
extern const struct connector_bus connector_mdio;

/* presence.c */
struct connector_presence;

struct connector_presence *connector_presence_get(struct device *dev,
						  struct connector_power *power,
						  const struct connector_memory *memory,
						  void (*changed)(void *priv), void *priv);
int connector_presence_start(struct connector_presence *p);
void connector_presence_stop(struct connector_presence *p);
bool connector_is_present(struct connector_presence *p);
bool connector_presence_may_attach(struct connector_presence *p);
bool connector_presence_by_memory(const struct connector_presence *p);
bool connector_presence_is_same(struct connector_presence *p);
void connector_presence_forget(struct connector_presence *p);
int connector_presence_know(struct connector_presence *p, const struct connector_memory *memory,
			    u16 address, u32 offset, const u8 *data, size_t size,
			    struct dtslot_text *text);

/**
 * struct connector_reading - how to read an ID
 * @slot: slot of the add-on
 * @node: what the connector's node says
 * @i2c: its I2C buses
 * @presence: is told what was read
 * @changes: woken when is_gone() may have changed
 * @is_gone: whether the add-on was pulled meanwhile
 * @priv: handed to @is_gone
 */
struct connector_reading {
	struct dtslot *slot;
	const struct connector_node *node;
	const struct connector_i2c *i2c;
	struct connector_presence *presence;
	wait_queue_head_t *changes;
	bool (*is_gone)(void *priv);
	void *priv;
};

/* read-id.c */
size_t connector_id_size(const struct connector_node *node);
int connector_read_id(const struct connector_reading *r, struct dtslot_id *id, void **blob,
		      struct dtslot_text *text);

#endif
