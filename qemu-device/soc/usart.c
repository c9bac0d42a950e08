/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * USART, the first function of a flexcom: asynchronous mode, with and without
 * its FIFOs, without DMA.
 *
 * Bytes go as fast as the backend takes them, whatever the divider and the
 * format say; a byte from outside waits until there is room for it, so none is
 * lost. The other end holds CTS, DSR and DCD, and never RI. Breaks, time-outs
 * and the modes beyond RS-232 are not modelled.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/log.h"
#include "../trace.h"
#include "fifo.h"
#include "lan966x_regs.h"
#include "usart.h"

static uint32_t usart_reg(Lan966xUsart *s, uint32_t off)
{
    return s->regs[off / 4];
}

static void usart_guest_error(Lan966xUsart *s, uint32_t off, uint32_t val,
                              const char *what)
{
    qemu_log_mask(LOG_GUEST_ERROR, "lan966x %s: USART +0x%x value 0x%x: %s\n",
                  s->name, off, val, what);
}

static unsigned usart_depth(Lan966xUsart *s)
{
    return s->fifo ? USART_FIFO_DEPTH : 1;
}

static unsigned usart_tx_level(Lan966xUsart *s)
{
    return fifo8_num_used(&s->tx);
}

static unsigned usart_rx_level(Lan966xUsart *s)
{
    return fifo8_num_used(&s->rx);
}

static uint32_t usart_status(Lan966xUsart *s)
{
    unsigned tx = usart_tx_level(s);

    return USART_CSR_RI |
           (usart_rx_level(s) ? USART_CSR_RXRDY : 0) |
           (s->tx_enabled && tx < usart_depth(s) ? USART_CSR_TXRDY : 0) |
           (s->tx_enabled && !tx ? USART_CSR_TXEMPTY : 0) |
           (s->overrun ? USART_CSR_OVRE : 0);
}

bool lan966x_usart_irq(Lan966xUsart *s)
{
    return usart_status(s) & s->imr;
}

static bool usart_loops(Lan966xUsart *s)
{
    return USART_MR_CHMODE(usart_reg(s, USART_MR)) == USART_CHMODE_LOCAL_LOOP;
}

static void usart_receive(Lan966xUsart *s, uint8_t val)
{
    trace_lan966x_usart_receive(s->name, val);
    if (usart_rx_level(s) == usart_depth(s)) {
        s->overrun = true;
        return;
    }
    fifo8_push(&s->rx, val);
}

static gboolean usart_writable(void *do_not_use, GIOCondition cond,
                               void *opaque);

/* Give the backend what it takes now, and the rest when it can */
static void usart_flush(Lan966xUsart *s)
{
    while (usart_tx_level(s)) {
        uint32_t len;
        const uint8_t *buf = fifo8_peek_bufptr(&s->tx, usart_tx_level(s),
                                               &len);
        int done = qemu_chr_fe_write(&s->chr, buf, len);

        if (done <= 0) {
            break;
        }
        fifo8_drop(&s->tx, done);
    }
    if (usart_tx_level(s) && !s->watch) {
        s->watch = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT | G_IO_HUP,
                                         usart_writable, s);
        if (!s->watch) {
            /* nobody is there: on a wire, the bytes are gone too */
            fifo8_reset(&s->tx);
        }
    }
}

static gboolean usart_writable(void *do_not_use, GIOCondition cond,
                               void *opaque)
{
    Lan966xUsart *s = opaque;

    s->watch = 0;
    usart_flush(s);
    s->update(s->opaque);
    return G_SOURCE_REMOVE;
}

static void usart_send(Lan966xUsart *s, uint32_t val)
{
    if (!s->tx_enabled) {
        usart_guest_error(s, USART_THR, val, "transmitter is disabled");
        return;
    }
    trace_lan966x_usart_send(s->name, val & 0xff);
    if (usart_loops(s)) {
        if (s->rx_enabled) {
            usart_receive(s, val);
        }
        return;
    }
    if (!s->wired(s->opaque)) {
        return;     /* out of no pin */
    }
    if (usart_tx_level(s) == usart_depth(s)) {
        usart_guest_error(s, USART_THR, val, "the byte before is not sent yet");
        return;
    }
    fifo8_push(&s->tx, val);
    usart_flush(s);
}

static void usart_clear_tx(Lan966xUsart *s)
{
    if (s->watch) {
        g_source_remove(s->watch);
        s->watch = 0;
    }
    fifo8_reset(&s->tx);
}

static void usart_write_cr(Lan966xUsart *s, uint32_t cr)
{
    if (cr & USART_CR_STTBRK) {
        qemu_log_mask(LOG_UNIMP, "lan966x %s: USART: no break\n", s->name);
    }
    if (cr & (USART_CR_RSTRX | USART_CR_RXFCLR)) {
        fifo8_reset(&s->rx);
    }
    if (cr & (USART_CR_RSTTX | USART_CR_TXFCLR)) {
        usart_clear_tx(s);
    }
    if (cr & (USART_CR_FIFOEN | USART_CR_FIFODIS)) {
        fifo8_reset(&s->rx);
        usart_clear_tx(s);
        s->fifo = !(cr & USART_CR_FIFODIS);
    }
    if (cr & (USART_CR_RSTRX | USART_CR_RXDIS)) {
        s->rx_enabled = false;
    } else if (cr & USART_CR_RXEN) {
        s->rx_enabled = true;
    }
    if (cr & (USART_CR_RSTTX | USART_CR_TXDIS)) {
        s->tx_enabled = false;
    } else if (cr & USART_CR_TXEN) {
        s->tx_enabled = true;
    }
    if (cr & USART_CR_RSTSTA) {
        s->overrun = false;
    }
    qemu_chr_fe_accept_input(&s->chr);
}

static void usart_write_mr(Lan966xUsart *s, uint32_t val)
{
    unsigned loop = USART_MR_CHMODE(val), mode = USART_MR_MODE(val);

    if ((mode && mode != USART_MODE_HANDSHAKE) || val & USART_MR_SYNC ||
        (loop && loop != USART_CHMODE_LOCAL_LOOP)) {
        qemu_log_mask(LOG_UNIMP, "lan966x %s: USART +0x%x value 0x%x: "
                      "mode is not modelled\n", s->name, USART_MR, val);
    }
    s->regs[USART_MR / 4] = val;
}

static uint32_t usart_read_rhr(Lan966xUsart *s)
{
    if (usart_rx_level(s)) {
        s->rhr = fifo8_pop(&s->rx);
        qemu_chr_fe_accept_input(&s->chr);
    }
    return s->rhr;
}

uint32_t lan966x_usart_read(Lan966xUsart *s, uint32_t off)
{
    uint32_t val;

    switch (off) {
    case USART_IMR:
        return s->imr;
    case USART_CSR:
        return usart_status(s);
    case USART_RHR:
        return usart_read_rhr(s);
    case USART_FLR:
        return USART_FLR_LEVELS(usart_tx_level(s), usart_rx_level(s));
    case USART_NAME:
        return USART_NAME_VALUE;
    case USART_VERSION:
        return USART_VERSION_VALUE;
    case USART_CR:
    case USART_IER:
    case USART_IDR:
    case USART_THR:
        return 0;
    case USART_MR:
    case USART_BRGR:
    case USART_RTOR:
    case USART_TTGR:
    case USART_FIDI:
    case USART_FMR:
        return usart_reg(s, off);
    default:
        val = usart_reg(s, off);
        qemu_log_mask(LOG_UNIMP, "lan966x %s: USART +0x%x: "
                      "read of an unlisted register: 0x%x\n",
                      s->name, off, val);
        return val;
    }
}

void lan966x_usart_write(Lan966xUsart *s, uint32_t off, uint32_t val)
{
    switch (off) {
    case USART_CR:
        usart_write_cr(s, val);
        break;
    case USART_MR:
        usart_write_mr(s, val);
        break;
    case USART_IER:
        s->imr |= val;
        break;
    case USART_IDR:
        s->imr &= ~val;
        break;
    case USART_THR:
        usart_send(s, val);
        break;
    case USART_BRGR:
    case USART_RTOR:
    case USART_TTGR:
    case USART_FIDI:
    case USART_FMR:
        s->regs[off / 4] = val;
        break;
    case USART_IMR:
    case USART_CSR:
    case USART_RHR:
    case USART_FLR:
    case USART_NAME:
    case USART_VERSION:
        usart_guest_error(s, off, val, "register is read-only");
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "lan966x %s: USART +0x%x: "
                      "write of an unlisted register: 0x%x\n",
                      s->name, off, val);
        s->regs[off / 4] = val;
    }
}

static int usart_can_receive(void *opaque)
{
    Lan966xUsart *s = opaque;

    return s->rx_enabled && !usart_loops(s) && s->wired(s->opaque)
           ? usart_depth(s) - usart_rx_level(s) : 0;
}

static void usart_chr_receive(void *opaque, const uint8_t *buf, int size)
{
    Lan966xUsart *s = opaque;

    for (int i = 0; i < size; i++) {
        usart_receive(s, buf[i]);
    }
    s->update(s->opaque);
}

void lan966x_usart_realize(Lan966xUsart *s, const char *name, uint32_t *regs,
                           void (*update)(void *opaque),
                           bool (*wired)(void *opaque), void *opaque)
{
    s->name = name;
    s->regs = regs;
    s->update = update;
    s->wired = wired;
    s->opaque = opaque;
    fifo8_create(&s->tx, USART_FIFO_DEPTH);
    fifo8_create(&s->rx, USART_FIFO_DEPTH);
    qemu_chr_fe_set_handlers(&s->chr, usart_can_receive, usart_chr_receive,
                             NULL, NULL, s, NULL, true);
}

void lan966x_usart_unrealize(Lan966xUsart *s)
{
    usart_clear_tx(s);
    /* Not with the property, in finalize: the next card may want it before */
    qemu_chr_fe_deinit(&s->chr, false);
    fifo8_destroy(&s->tx);
    fifo8_destroy(&s->rx);
}

void lan966x_usart_reset(Lan966xUsart *s)
{
    s->imr = 0;
    s->rx_enabled = false;
    s->tx_enabled = false;
    s->fifo = false;
    s->overrun = false;
    s->rhr = 0;
    usart_clear_tx(s);
    fifo8_reset(&s->rx);
}

void lan966x_usart_resume(Lan966xUsart *s)
{
    usart_flush(s);
}

/* The backend gets nothing before the machine runs: a migration may fail yet */
static int usart_post_load(void *opaque, int version_id)
{
    Lan966xUsart *s = opaque;

    return lan966x_fifo_is_sane(&s->tx, usart_depth(s)) &&
           lan966x_fifo_is_sane(&s->rx, usart_depth(s)) ? 0 : -EINVAL;
}

const VMStateDescription vmstate_lan966x_usart = {
    .name = "lan966x-usart",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = usart_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(imr, Lan966xUsart),
        VMSTATE_BOOL(rx_enabled, Lan966xUsart),
        VMSTATE_BOOL(tx_enabled, Lan966xUsart),
        VMSTATE_BOOL(fifo, Lan966xUsart),
        VMSTATE_BOOL(overrun, Lan966xUsart),
        VMSTATE_UINT8(rhr, Lan966xUsart),
        VMSTATE_FIFO8(tx, Lan966xUsart),
        VMSTATE_FIFO8(rx, Lan966xUsart),
        VMSTATE_END_OF_LIST()
    }
};
