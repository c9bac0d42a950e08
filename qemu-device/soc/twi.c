/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TWI, the I2C function of a flexcom: master only, without its FIFOs.
 *
 * All that goes over the bus does so during the register access that starts
 * it. A read has one byte in RHR and none behind it: reading RHR fetches the
 * next, until STOP is written or ACR's count is reached. So when a driver
 * writes STOP after the last but one byte, the last is in RHR already.
 *
 * SR: TXCOMP is the idle state of the bus; a NACK sets NACK, TXCOMP and TXRDY
 * together, and LOCK in a counted (ACM) transfer. While LOCK is set, THR keeps
 * its byte off the bus. SCL and SDA are always high, OVRE and UNRE never set.
 * In ACM the direction is ACR's, otherwise MMR's.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/log.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "twi.h"

#define TWI_NO_ADDR 0xff

static uint32_t twi_reg(const Lan966xTwi *s, uint32_t off)
{
    return s->regs[off / 4];
}

static void twi_guest_error(Lan966xTwi *s, uint32_t off, uint32_t val,
                            const char *what)
{
    qemu_log_mask(LOG_GUEST_ERROR, "lan966x %s: TWI +0x%x value 0x%x: %s\n",
                  s->name, off, val, what);
}

static uint32_t twi_status(const Lan966xTwi *s)
{
    return TWI_SR_SCL | TWI_SR_SDA |
           (!s->busy && !s->tx_full ? TWI_SR_TXCOMP : 0) |
           (!s->tx_full ? TWI_SR_TXRDY : 0) |
           (s->rx_full ? TWI_SR_RXRDY : 0) |
           (s->nack ? TWI_SR_NACK : 0) |
           (s->lock ? TWI_SR_LOCK : 0);
}

bool lan966x_twi_irq(const Lan966xTwi *s)
{
    return twi_status(s) & s->imr;
}

static void twi_stop(Lan966xTwi *s)
{
    trace_lan966x_twi_stop(s->name);
    if (s->recv) {
        i2c_nack(s->bus);
    }
    i2c_end_transfer(s->bus);
    s->busy = false;
}

static void twi_nack(Lan966xTwi *s)
{
    i2c_end_transfer(s->bus);
    s->busy = false;
    s->nack = true;
    s->lock |= s->acm;
}

static bool twi_send(Lan966xTwi *s, uint8_t val)
{
    /* QEMU's bus would acknowledge when the device has gone meanwhile */
    bool ack = i2c_bus_busy(s->bus) && i2c_send(s->bus, val) == 0;

    trace_lan966x_twi_send(s->name, val, ack);
    return ack;
}

static bool twi_address(Lan966xTwi *s, bool recv)
{
    bool ack = s->wired(s->opaque) &&
               i2c_start_transfer(s->bus, s->addr, recv) == 0;

    trace_lan966x_twi_start(s->name, s->addr, recv, ack);
    return ack;
}

/* Start, address, internal address, and another start if it has to turn */
static bool twi_address_phase(Lan966xTwi *s, bool recv)
{
    uint32_t mmr = twi_reg(s, TWI_MMR);
    uint32_t iadr = twi_reg(s, TWI_IADR);
    unsigned size = TWI_MMR_IADRSZ(mmr);

    if (!recv || size) {
        if (!twi_address(s, false)) {
            return false;
        }
        while (size--) {
            if (!twi_send(s, iadr >> (8 * size))) {
                return false;
            }
        }
    }
    return !recv || twi_address(s, true);
}

static bool twi_start(Lan966xTwi *s, bool recv)
{
    uint8_t addr = TWI_MMR_DADR(twi_reg(s, TWI_MMR));

    /* QEMU's bus would stay with the device of an unfinished transfer */
    if (s->busy && addr != s->addr) {
        i2c_end_transfer(s->bus);
    }
    s->busy = true;
    s->recv = recv;
    s->addr = addr;
    s->counted = s->acm;
    s->remaining = TWI_ACR_DATAL(twi_reg(s, TWI_ACR));
    if (!twi_address_phase(s, recv)) {
        twi_nack(s);
        return false;
    }
    return true;
}

/* One byte of the transfer is over; the count may end it */
static void twi_count(Lan966xTwi *s)
{
    if (s->counted && --s->remaining == 0) {
        twi_stop(s);
    }
}

static void twi_fetch(Lan966xTwi *s)
{
    s->rx = i2c_recv(s->bus);
    s->rx_full = true;
    trace_lan966x_twi_recv(s->name, s->rx);
    twi_count(s);
}

static bool twi_wants_recv(const Lan966xTwi *s)
{
    return s->acm ? twi_reg(s, TWI_ACR) & TWI_ACR_DIR
                  : twi_reg(s, TWI_MMR) & TWI_MMR_MREAD;
}

/* Whether a transfer may start now */
static bool twi_may_start(Lan966xTwi *s, uint32_t off, uint32_t val)
{
    if (!s->enabled) {
        twi_guest_error(s, off, val, "master mode is disabled");
        return false;
    }
    if (s->acm && TWI_ACR_DATAL(twi_reg(s, TWI_ACR)) == 0) {
        twi_guest_error(s, off, val, "command of no data");
        return false;
    }
    return true;
}

static void twi_transmit(Lan966xTwi *s)
{
    if (!s->busy || s->recv) {
        if (!twi_may_start(s, TWI_THR, s->tx)) {
            return;
        }
        if (twi_wants_recv(s)) {
            twi_guest_error(s, TWI_THR, s->tx, "data for a read");
            return;
        }
        if (!twi_start(s, false)) {
            return;
        }
    }
    if (!twi_send(s, s->tx)) {
        twi_nack(s);
        return;
    }
    twi_count(s);
}

static void twi_quick(Lan966xTwi *s, uint32_t val)
{
    if (!twi_may_start(s, TWI_CR, val)) {
        return;
    }
    if (s->busy) {
        i2c_end_transfer(s->bus);
    }
    s->recv = false;
    s->addr = TWI_MMR_DADR(twi_reg(s, TWI_MMR));
    if (twi_address(s, twi_reg(s, TWI_MMR) & TWI_MMR_MREAD)) {
        twi_stop(s);
    } else {
        twi_nack(s);
    }
}

/* For a write, the first byte in THR does it */
static void twi_start_read(Lan966xTwi *s, uint32_t cr)
{
    if (!twi_wants_recv(s) || !twi_may_start(s, TWI_CR, cr)) {
        return;
    }
    s->rx_full = false;
    if (!twi_start(s, true)) {
        return;
    }
    twi_fetch(s);
    if (s->busy && cr & TWI_CR_STOP) {
        twi_stop(s);
    }
}

static void twi_write_cr(Lan966xTwi *s, uint32_t cr)
{
    if (cr & TWI_CR_SWRST) {
        memset(s->regs, 0, FLEX_FUNCTION_SIZE);
        lan966x_twi_reset_bus(s);
        lan966x_twi_reset(s);
        return;
    }
    if (cr & (TWI_CR_SVEN | TWI_CR_FIFOEN)) {
        qemu_log_mask(LOG_UNIMP, "lan966x %s: TWI +0x%x value 0x%x: "
                      "no slave mode, no FIFO\n", s->name, TWI_CR, cr);
    }
    if (cr & TWI_CR_MSDIS) {
        lan966x_twi_reset_bus(s);
        s->enabled = false;
    } else if (cr & TWI_CR_MSEN) {
        s->enabled = true;
    }
    if (cr & TWI_CR_ACMDIS) {
        s->acm = false;
    } else if (cr & TWI_CR_ACMEN) {
        s->acm = true;
    }
    if (cr & TWI_CR_THRCLR) {
        s->tx_full = false;
    }
    if (cr & TWI_CR_RHRCLR) {
        s->rx_full = false;
    }
    if (cr & TWI_CR_LOCKCLR) {
        s->lock = false;
        if (s->tx_full) {
            s->tx_full = false;
            twi_transmit(s);
        }
    }
    if (cr & TWI_CR_QUICK) {
        twi_quick(s, cr);
    } else if (cr & TWI_CR_START) {
        twi_start_read(s, cr);
    } else if (cr & TWI_CR_STOP && s->busy) {
        twi_stop(s);
    }
}

static uint32_t twi_read_rhr(Lan966xTwi *s)
{
    uint8_t val = s->rx;

    if (s->rx_full) {
        s->rx_full = false;
        if (s->busy && s->recv) {
            twi_fetch(s);
        }
    }
    return val;
}

uint32_t lan966x_twi_read(Lan966xTwi *s, uint32_t off)
{
    uint32_t val;

    switch (off) {
    case TWI_SR:
        val = twi_status(s);
        s->nack = false;
        return val;
    case TWI_IMR:
        return s->imr;
    case TWI_RHR:
        return twi_read_rhr(s);
    case TWI_FLR:
        return (s->tx_full ? TWI_FLR_TXFL_ONE : 0) |
               (s->rx_full ? TWI_FLR_RXFL_ONE : 0);
    case TWI_CR:
    case TWI_IER:
    case TWI_IDR:
    case TWI_THR:
        return 0;
    case TWI_MMR:
    case TWI_SMR:
    case TWI_IADR:
    case TWI_CWGR:
    case TWI_ACR:
    case TWI_FILTR:
    case TWI_FMR:
    case TWI_VER:
        return twi_reg(s, off);
    default:
        val = twi_reg(s, off);
        qemu_log_mask(LOG_UNIMP, "lan966x %s: TWI +0x%x: "
                      "read of an unlisted register: 0x%x\n",
                      s->name, off, val);
        return val;
    }
}

void lan966x_twi_write(Lan966xTwi *s, uint32_t off, uint32_t val)
{
    switch (off) {
    case TWI_CR:
        twi_write_cr(s, val);
        break;
    case TWI_IER:
        s->imr |= val;
        break;
    case TWI_IDR:
        s->imr &= ~val;
        break;
    case TWI_THR:
        s->tx = val;
        if (s->lock) {
            s->tx_full = true;
        } else {
            twi_transmit(s);
        }
        break;
    case TWI_MMR:
    case TWI_SMR:
    case TWI_IADR:
    case TWI_CWGR:
    case TWI_ACR:
    case TWI_FILTR:
    case TWI_FMR:
        s->regs[off / 4] = val;
        break;
    case TWI_SR:
    case TWI_IMR:
    case TWI_RHR:
    case TWI_FLR:
    case TWI_VER:
        twi_guest_error(s, off, val, "register is read-only");
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "lan966x %s: TWI +0x%x: "
                      "write of an unlisted register: 0x%x\n",
                      s->name, off, val);
        s->regs[off / 4] = val;
    }
}

void lan966x_twi_unplug(Lan966xTwi *s)
{
    if (s->busy) {
        twi_nack(s);
    }
}

void lan966x_twi_reset(Lan966xTwi *s)
{
    s->imr = 0;
    s->enabled = false;
    s->acm = false;
    s->nack = false;
    s->lock = false;
    s->rx_full = false;
    s->tx_full = false;
    s->rx = 0;
    s->tx = 0;
}

void lan966x_twi_reset_bus(Lan966xTwi *s)
{
    if (s->busy) {
        i2c_end_transfer(s->bus);
        s->busy = false;
    }
}

/*
 * i2c_init_bus() would register the bus for migration, and nothing takes that
 * back when the bus goes.
 */
I2CBus *lan966x_i2c_bus_new(DeviceState *parent, const char *name)
{
    I2CBus *bus = I2C_BUS(qbus_new(TYPE_I2C_BUS, parent, name));

    QLIST_INIT(&bus->current_devs);
    QSIMPLEQ_INIT(&bus->pending_masters);
    bus->saved_address = TWI_NO_ADDR;
    return bus;
}

void lan966x_twi_realize(Lan966xTwi *s, DeviceState *parent,
                         const char *bus_name, const char *name,
                         uint32_t *regs, bool (*wired)(void *opaque))
{
    s->name = name;
    s->regs = regs;
    s->wired = wired;
    s->opaque = parent;
    s->bus = lan966x_i2c_bus_new(parent, bus_name);
    qbus_set_hotplug_handler(BUS(s->bus), OBJECT(parent));
}

void lan966x_twi_unrealize(Lan966xTwi *s)
{
    lan966x_twi_reset_bus(s);
}

/*
 * QEMU's devices do not all migrate where they are in a transfer, and those
 * behind a gate would not find their way back into it. So it ends as if the
 * device had gone: a driver sees an error, never wrong data.
 */
static int twi_post_load(void *opaque, int version_id)
{
    Lan966xTwi *s = opaque;

    if (s->busy) {
        s->busy = false;
        s->nack = true;
        s->lock |= s->acm;
    }
    s->bus->saved_address = TWI_NO_ADDR;
    s->bus->broadcast = false;
    return 0;
}

const VMStateDescription vmstate_lan966x_twi = {
    .name = "lan966x-twi",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = twi_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(imr, Lan966xTwi),
        VMSTATE_BOOL(enabled, Lan966xTwi),
        VMSTATE_BOOL(acm, Lan966xTwi),
        VMSTATE_BOOL(nack, Lan966xTwi),
        VMSTATE_BOOL(lock, Lan966xTwi),
        VMSTATE_BOOL(rx_full, Lan966xTwi),
        VMSTATE_BOOL(tx_full, Lan966xTwi),
        VMSTATE_UINT8(rx, Lan966xTwi),
        VMSTATE_UINT8(tx, Lan966xTwi),
        VMSTATE_BOOL(busy, Lan966xTwi),
        VMSTATE_BOOL(recv, Lan966xTwi),
        VMSTATE_BOOL(counted, Lan966xTwi),
        VMSTATE_UINT8(addr, Lan966xTwi),
        VMSTATE_UINT8(remaining, Lan966xTwi),
        VMSTATE_END_OF_LIST()
    }
};
