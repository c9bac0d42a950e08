/* SPDX-License-Identifier: GPL-2.0-or-later */
/* USART, the first function of a flexcom. */

#ifndef LAN966X_USART_H
#define LAN966X_USART_H

#include "chardev/char-fe.h"
#include "qemu/fifo8.h"
#include "../compat.h"

typedef struct Lan966xUsart {
    CharFrontend chr;
    const char *name;
    uint32_t *regs;         /* of the function's window */
    uint32_t imr;
    bool rx_enabled;
    bool tx_enabled;
    bool fifo;              /* FIFOs of USART_FIFO_DEPTH bytes, else of one */
    bool overrun;           /* only the loop can overrun the receiver */
    uint8_t rhr;            /* the byte that was read last */
    Fifo8 tx;               /* what the backend does not take yet */
    Fifo8 rx;
    guint watch;
    void (*update)(void *opaque);   /* the interrupt may have changed */
    bool (*wired)(void *opaque);    /* whether its pins are multiplexed to it */
    void *opaque;
} Lan966xUsart;

extern const VMStateDescription vmstate_lan966x_usart;

/* off is relative to the function's window, word-aligned */
uint32_t lan966x_usart_read(Lan966xUsart *s, uint32_t off);
void lan966x_usart_write(Lan966xUsart *s, uint32_t off, uint32_t val);

/* Take the backend; update(opaque) is called when it does something */
void lan966x_usart_realize(Lan966xUsart *s, const char *name, uint32_t *regs,
                           void (*update)(void *opaque),
                           bool (*wired)(void *opaque), void *opaque);
void lan966x_usart_unrealize(Lan966xUsart *s);

/* Offer the backend what it has not taken yet */
void lan966x_usart_resume(Lan966xUsart *s);

void lan966x_usart_reset(Lan966xUsart *s);

bool lan966x_usart_irq(Lan966xUsart *s);

#endif /* LAN966X_USART_H */
