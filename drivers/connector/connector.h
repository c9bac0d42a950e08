/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the connector driver. */
#ifndef DTSLOT_CONNECTOR_H
#define DTSLOT_CONNECTOR_H

#include <linux/device.h>
#include <linux/spi/spi.h>
#include <linux/wait.h>

#include "../dtslot.h"
#include "id.h"

/* dts/connector-id-blob.S */
extern const u8 dtslot_dtbo_id_begin[], dtslot_dtbo_id_end[];

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

/* read-id.c */
int connector_read_id(struct dtslot *slot, wait_queue_head_t *changes,
		      bool (*is_gone)(void *priv), void *priv, const char *format,
		      struct dtslot_id *id, struct dtslot_text *text);

#endif
