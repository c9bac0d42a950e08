/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPI, the second function of a flexcom. */

#ifndef LAN966X_SPI_H
#define LAN966X_SPI_H

#include "hw/ssi/ssi.h"
#include "../compat.h"
#include "qemu/fifo32.h"

typedef struct Lan966xSpi {
    SSIBus *bus;
    const char *name;
    bool (*wired)(void *opaque);    /* whether its pins are multiplexed to it */
    void *opaque;
    uint32_t *regs;         /* of the function's window */
    uint32_t imr;
    bool enabled;
    bool fifo;              /* FIFOs of SPI_FIFO_DEPTH words, else of one */
    bool overrun;
    bool threshold;         /* RX FIFO has reached RXFTHRES */
    uint8_t selected;       /* chip select that is low, or 0xff */
    uint32_t rdr;           /* the word that was read last */
    Fifo32 tx;
    Fifo32 rx;
} Lan966xSpi;

extern const VMStateDescription vmstate_lan966x_spi;

/* off is relative to the function's window, word-aligned; size of the access */
uint32_t lan966x_spi_read(Lan966xSpi *s, uint32_t off);
void lan966x_spi_write(Lan966xSpi *s, uint32_t off, uint32_t val,
                       unsigned size);

/* Create the bus */
void lan966x_spi_realize(Lan966xSpi *s, DeviceState *parent,
                         const char *bus_name, const char *name,
                         uint32_t *regs, bool (*wired)(void *opaque));
void lan966x_spi_unrealize(Lan966xSpi *s);

/* Registers to their defaults, then the chip selects */
void lan966x_spi_reset(Lan966xSpi *s);
void lan966x_spi_reset_bus(Lan966xSpi *s);

/* Whether a device can be on the bus; it is there, its chip select is high */
bool lan966x_spi_accepts(DeviceState *dev, Error **errp);
void lan966x_spi_plugged(DeviceState *dev);

bool lan966x_spi_irq(Lan966xSpi *s);

#endif /* LAN966X_SPI_H */
