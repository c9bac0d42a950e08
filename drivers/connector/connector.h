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

/* dts/connector-id-blob.S */
extern const u8 dtslot_dtbo_id_begin[], dtslot_dtbo_id_end[];

/* Where that overlay has the ID memory on its bus. */
#define CONNECTOR_ID_ADDRESS	0x57

/* main.c */
extern struct workqueue_struct *connector_wq;

/* power.c */
struct connector_power;

struct connector_power *connector_power_get(struct device *dev);
int connector_power_on(struct connector_power *power, struct dtslot_text *text);
void connector_power_off(struct connector_power *power);
bool connector_powered(const struct connector_power *power);

/* i2c.c */
struct connector_i2c;

struct connector_i2c *connector_i2c_create(struct device *dev,
					   const struct connector_power *power);
void connector_i2c_destroy(struct connector_i2c *i2c);

/* spi.c */
extern struct spi_driver connector_spi_driver;

/* presence.c */
struct connector_presence;
struct i2c_client;

struct connector_presence *connector_presence_get(struct device *dev,
						  struct connector_power *power,
						  const struct dtslot_export *exports, bool has_id,
						  void (*changed)(void *priv), void *priv);
int connector_presence_start(struct connector_presence *p);
void connector_presence_stop(struct connector_presence *p);
void connector_presence_again(struct connector_presence *p);
bool connector_is_present(struct connector_presence *p);
bool connector_presence_may_attach(struct connector_presence *p);
int connector_presence_know(struct connector_presence *p, const struct i2c_client *client,
			    const u8 *data, size_t size, size_t memory_size,
			    struct dtslot_text *text);

/* read-id.c */
int connector_read_id(struct dtslot *slot, struct connector_presence *presence,
		      wait_queue_head_t *changes,
		      bool (*is_gone)(void *priv), void *priv, const char *format,
		      struct dtslot_id *id, struct dtslot_text *text);

#endif
