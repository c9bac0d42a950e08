/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TWI, the I2C function of a flexcom. */

#ifndef LAN966X_TWI_H
#define LAN966X_TWI_H

#include "hw/i2c/i2c.h"

typedef struct Lan966xTwi {
    I2CBus *bus;
    const char *name;
    uint32_t *regs;         /* of the function's window */
    bool (*wired)(void *opaque);    /* whether its pins are multiplexed to it */
    void *opaque;
    uint32_t imr;
    bool enabled;
    bool acm;               /* alternative command mode: count by ACR */
    bool nack;
    bool lock;
    bool rx_full;
    bool tx_full;           /* held back by lock */
    uint8_t rx;
    uint8_t tx;

    /* The transfer on the bus */
    bool busy;
    bool recv;
    bool counted;
    uint8_t addr;
    uint8_t remaining;
} Lan966xTwi;

extern const VMStateDescription vmstate_lan966x_twi;

/* An I2C bus that leaves nothing behind when it goes */
I2CBus *lan966x_i2c_bus_new(DeviceState *parent, const char *name);

/* off is relative to the function's window, word-aligned */
uint32_t lan966x_twi_read(Lan966xTwi *s, uint32_t off);
void lan966x_twi_write(Lan966xTwi *s, uint32_t off, uint32_t val);

/*
 * Create the bus, which is reached while wired(parent) says so; end a transfer
 * that is still going on.
 */
void lan966x_twi_realize(Lan966xTwi *s, DeviceState *parent,
                         const char *bus_name, const char *name,
                         uint32_t *regs, bool (*wired)(void *opaque));
void lan966x_twi_unrealize(Lan966xTwi *s);

/* Registers to their defaults, then the bus */
void lan966x_twi_reset(Lan966xTwi *s);
void lan966x_twi_reset_bus(Lan966xTwi *s);

/* A device leaves the bus, perhaps in the middle of a transfer */
void lan966x_twi_unplug(Lan966xTwi *s);

bool lan966x_twi_irq(const Lan966xTwi *s);

#endif /* LAN966X_TWI_H */
