/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SPI, the second function of a flexcom: master, with and without its FIFOs,
 * without DMA.
 *
 * A word is shifted during the write to TDR, or the read of RDR that makes
 * room for its answer (WDRBT). A chip select goes low with the first word and
 * stays low until LASTXFER, a PCS of all ones, a word for another chip select
 * or, with CSAAT clear, until nothing is left to send. Words of 8 and 16 bits
 * are one and two bytes for the device, other lengths one word.
 *
 * A driver takes the version for a sign of DMA (0x212 and above) or of the
 * older PDC, of which there is nothing here.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "../trace.h"
#include "fifo.h"
#include "lan966x_regs.h"
#include "spi.h"

#define SPI_NOT_SELECTED 0xff

static uint32_t spi_reg(Lan966xSpi *s, uint32_t off)
{
    return s->regs[off / 4];
}

static void spi_guest_error(Lan966xSpi *s, uint32_t off, uint32_t val,
                            const char *what)
{
    qemu_log_mask(LOG_GUEST_ERROR, "lan966x %s: SPI +0x%x value 0x%x: %s\n",
                  s->name, off, val, what);
}

static unsigned spi_depth(Lan966xSpi *s)
{
    return s->fifo ? SPI_FIFO_DEPTH : 1;
}

static unsigned spi_tx_level(Lan966xSpi *s)
{
    return fifo32_num_used(&s->tx);
}

static unsigned spi_rx_level(Lan966xSpi *s)
{
    return fifo32_num_used(&s->rx);
}

static uint32_t spi_status(Lan966xSpi *s)
{
    unsigned tx = spi_tx_level(s);
    unsigned rx = spi_rx_level(s);
    uint32_t sr = (rx ? SPI_SR_RDRF : 0) |
                  (s->enabled && tx < spi_depth(s) ? SPI_SR_TDRE : 0) |
                  (s->enabled && !tx ? SPI_SR_TXEMPTY : 0) |
                  (s->overrun ? SPI_SR_OVRES : 0) |
                  (s->enabled ? SPI_SR_SPIENS : 0);

    if (s->fifo) {
        sr |= (!tx ? SPI_SR_TXFEF : 0) |
              (tx == SPI_FIFO_DEPTH ? SPI_SR_TXFFF : 0) |
              (!rx ? SPI_SR_RXFEF : 0) |
              (rx == SPI_FIFO_DEPTH ? SPI_SR_RXFFF : 0) |
              (s->threshold ? SPI_SR_RXFTHF : 0);
    }
    return sr;
}

bool lan966x_spi_irq(Lan966xSpi *s)
{
    return spi_status(s) & s->imr;
}

static void spi_set_cs(Lan966xSpi *s, unsigned cs, bool level)
{
    DeviceState *dev = ssi_get_cs(s->bus, cs);

    trace_lan966x_spi_cs(s->name, cs, level);
    if (dev) {
        qemu_set_irq(qdev_get_gpio_in_named(dev, SSI_GPIO_CS, 0), level);
    }
}

static void spi_select(Lan966xSpi *s, unsigned cs)
{
    if (cs == s->selected) {
        return;
    }
    if (s->selected != SPI_NOT_SELECTED) {
        spi_set_cs(s, s->selected, true);
    }
    s->selected = cs;
    if (cs != SPI_NOT_SELECTED) {
        spi_set_cs(s, cs, false);
    }
}

/* The chip select that MR names: the lowest zero of PCS */
static unsigned spi_wanted_cs(Lan966xSpi *s)
{
    unsigned pcs = SPI_MR_PCS(spi_reg(s, SPI_MR));

    return pcs == SPI_MR_PCS_NONE ? SPI_NOT_SELECTED : cto32(pcs);
}

/* Registers of a chip select; those of no chip select are of the first */
static uint32_t spi_csr(Lan966xSpi *s)
{
    return spi_reg(s, SPI_CSR(s->selected < SPI_CHIP_SELECTS ? s->selected
                                                             : 0));
}

static uint32_t spi_exchange(Lan966xSpi *s, uint32_t val)
{
    unsigned bits = SPI_CSR_BITS(spi_csr(s));
    uint32_t answer;

    if (spi_reg(s, SPI_MR) & SPI_MR_LLB) {
        answer = val;
    } else if (!s->wired(s->opaque)) {
        answer = 0;
    } else if (bits == 16) {
        answer = (ssi_transfer(s->bus, (val >> 8) & 0xff) & 0xff) << 8;
        answer |= ssi_transfer(s->bus, val & 0xff) & 0xff;
    } else {
        answer = ssi_transfer(s->bus, val & MAKE_64BIT_MASK(0, bits));
    }
    answer &= MAKE_64BIT_MASK(0, bits);
    trace_lan966x_spi_word(s->name, s->selected, val, answer);
    return answer;
}

static void spi_receive(Lan966xSpi *s, uint32_t val)
{
    if (spi_rx_level(s) == spi_depth(s)) {
        s->overrun = true;
        if (s->fifo) {
            return;
        }
        fifo32_reset(&s->rx);
    }
    fifo32_push(&s->rx, val);
    if (spi_rx_level(s) == SPI_FMR_RXFTHRES(spi_reg(s, SPI_FMR))) {
        s->threshold = true;
    }
}

/* Shift what is there, as long as there is room for the answers */
static void spi_run(Lan966xSpi *s)
{
    bool wait = spi_reg(s, SPI_MR) & SPI_MR_WDRBT;

    while (s->enabled && spi_tx_level(s) &&
           !(wait && spi_rx_level(s) == spi_depth(s))) {
        spi_select(s, spi_wanted_cs(s));
        spi_receive(s, spi_exchange(s, fifo32_pop(&s->tx)));
        if (!spi_tx_level(s) && !(spi_csr(s) & SPI_CSR_CSAAT)) {
            spi_select(s, SPI_NOT_SELECTED);
        }
    }
}

static void spi_send(Lan966xSpi *s, uint16_t val)
{
    if (spi_tx_level(s) == spi_depth(s)) {
        spi_guest_error(s, SPI_TDR, val, "the word before is not sent yet");
        return;
    }
    fifo32_push(&s->tx, val);
    spi_run(s);
}

/* With its FIFO, the transmitter takes two words from an access of 32 bits */
static void spi_write_tdr(Lan966xSpi *s, uint32_t val, unsigned size)
{
    if (!s->enabled || !(spi_reg(s, SPI_MR) & SPI_MR_MSTR)) {
        spi_guest_error(s, SPI_TDR, val, "not an enabled master");
        return;
    }
    spi_send(s, val);
    if (s->fifo && size == 4) {
        spi_send(s, val >> 16);
    }
}

static uint32_t spi_read_rdr(Lan966xSpi *s)
{
    if (spi_rx_level(s)) {
        s->rdr = fifo32_pop(&s->rx);
        spi_run(s);
    }
    return s->rdr;
}

static void spi_write_cr(Lan966xSpi *s, uint32_t cr)
{
    if (cr & SPI_CR_SWRST) {
        memset(s->regs, 0, FLEX_FUNCTION_SIZE);
        lan966x_spi_reset(s);
        lan966x_spi_reset_bus(s);
        return;
    }
    if (cr & SPI_CR_TXFCLR) {
        fifo32_reset(&s->tx);
    }
    if (cr & SPI_CR_RXFCLR) {
        fifo32_reset(&s->rx);
        s->threshold = false;
    }
    if (cr & (SPI_CR_FIFOEN | SPI_CR_FIFODIS)) {
        fifo32_reset(&s->tx);
        fifo32_reset(&s->rx);
        s->fifo = !(cr & SPI_CR_FIFODIS);
    }
    if (cr & SPI_CR_SPIDIS) {
        s->enabled = false;
        spi_select(s, SPI_NOT_SELECTED);
    } else if (cr & SPI_CR_SPIEN) {
        s->enabled = true;
    }
    if (cr & SPI_CR_LASTXFER) {
        spi_select(s, SPI_NOT_SELECTED);
    }
}

static void spi_write_mr(Lan966xSpi *s, uint32_t val)
{
    if (val & (SPI_MR_PS | SPI_MR_PCSDEC)) {
        qemu_log_mask(LOG_UNIMP, "lan966x %s: SPI +0x%x value 0x%x: "
                      "no variable or decoded chip selects\n",
                      s->name, SPI_MR, val);
    }
    s->regs[SPI_MR / 4] = val;
    if (SPI_MR_PCS(val) == SPI_MR_PCS_NONE) {
        spi_select(s, SPI_NOT_SELECTED);
    }
    spi_run(s);
}

uint32_t lan966x_spi_read(Lan966xSpi *s, uint32_t off)
{
    uint32_t val;

    switch (off) {
    case SPI_SR:
        val = spi_status(s);
        s->overrun = false;
        s->threshold = false;
        return val;
    case SPI_IMR:
        return s->imr;
    case SPI_RDR:
        return spi_read_rdr(s);
    case SPI_FLR:
        return SPI_FLR_LEVELS(spi_tx_level(s), spi_rx_level(s));
    case SPI_VERSION:
        return SPI_VERSION_VALUE;
    case SPI_CR:
    case SPI_TDR:
    case SPI_IER:
    case SPI_IDR:
        return 0;
    case SPI_MR:
    case SPI_CSR(0) ... SPI_CSR(3):
    case SPI_FMR:
        return spi_reg(s, off);
    default:
        val = spi_reg(s, off);
        qemu_log_mask(LOG_UNIMP, "lan966x %s: SPI +0x%x: "
                      "read of an unlisted register: 0x%x\n",
                      s->name, off, val);
        return val;
    }
}

void lan966x_spi_write(Lan966xSpi *s, uint32_t off, uint32_t val,
                       unsigned size)
{
    switch (off) {
    case SPI_CR:
        spi_write_cr(s, val);
        break;
    case SPI_MR:
        spi_write_mr(s, val);
        break;
    case SPI_TDR:
        spi_write_tdr(s, val, size);
        break;
    case SPI_IER:
        s->imr |= val;
        break;
    case SPI_IDR:
        s->imr &= ~val;
        break;
    case SPI_CSR(0) ... SPI_CSR(3):
        if (SPI_CSR_BITS(val) > 16) {
            spi_guest_error(s, off, val, "words have 8 to 16 bits");
            break;
        }
        s->regs[off / 4] = val;
        break;
    case SPI_FMR:
        s->regs[off / 4] = val;
        break;
    case SPI_RDR:
    case SPI_SR:
    case SPI_IMR:
    case SPI_FLR:
    case SPI_VERSION:
        spi_guest_error(s, off, val, "register is read-only");
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "lan966x %s: SPI +0x%x: "
                      "write of an unlisted register: 0x%x\n",
                      s->name, off, val);
        s->regs[off / 4] = val;
    }
}

bool lan966x_spi_accepts(DeviceState *dev, Error **errp)
{
    SSIPeripheral *p = SSI_PERIPHERAL(dev);

    if (p->cs_index >= SPI_CHIP_SELECTS) {
        error_setg(errp, "cs=%u: the bus has chip selects 0 to %d",
                   p->cs_index, SPI_CHIP_SELECTS - 1);
        return false;
    }
    if (SSI_PERIPHERAL_GET_CLASS(p)->cs_polarity != SSI_CS_LOW) {
        error_setg(errp, "'%s' has no chip select that is active low, which "
                   "is all that the bus has", object_get_typename(OBJECT(dev)));
        return false;
    }
    return true;
}

void lan966x_spi_plugged(DeviceState *dev)
{
    qemu_set_irq(qdev_get_gpio_in_named(dev, SSI_GPIO_CS, 0), 1);
}

void lan966x_spi_reset(Lan966xSpi *s)
{
    s->imr = 0;
    s->enabled = false;
    s->fifo = false;
    s->overrun = false;
    s->threshold = false;
    s->rdr = 0;
    fifo32_reset(&s->tx);
    fifo32_reset(&s->rx);
}

void lan966x_spi_reset_bus(Lan966xSpi *s)
{
    spi_select(s, SPI_NOT_SELECTED);
}

void lan966x_spi_realize(Lan966xSpi *s, DeviceState *parent,
                         const char *bus_name, const char *name,
                         uint32_t *regs, bool (*wired)(void *opaque))
{
    s->name = name;
    s->regs = regs;
    s->wired = wired;
    s->opaque = parent;
    s->selected = SPI_NOT_SELECTED;
    fifo32_create(&s->tx, SPI_FIFO_DEPTH);
    fifo32_create(&s->rx, SPI_FIFO_DEPTH);
    s->bus = ssi_create_bus(parent, bus_name);
    qbus_set_hotplug_handler(BUS(s->bus), OBJECT(parent));
}

void lan966x_spi_unrealize(Lan966xSpi *s)
{
    fifo32_destroy(&s->tx);
    fifo32_destroy(&s->rx);
}

/* The devices of the bus do not migrate their chip selects */
static int spi_post_load(void *opaque, int version_id)
{
    Lan966xSpi *s = opaque;

    if (s->selected >= SPI_CHIP_SELECTS && s->selected != SPI_NOT_SELECTED) {
        return -EINVAL;
    }
    if (!lan966x_fifo_is_sane(&s->tx.fifo, spi_depth(s) * sizeof(uint32_t)) ||
        !lan966x_fifo_is_sane(&s->rx.fifo, spi_depth(s) * sizeof(uint32_t))) {
        return -EINVAL;
    }
    for (unsigned cs = 0; cs < SPI_CHIP_SELECTS; cs++) {
        spi_set_cs(s, cs, cs != s->selected);
    }
    return 0;
}

const VMStateDescription vmstate_lan966x_spi = {
    .name = "lan966x-spi",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = spi_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(imr, Lan966xSpi),
        VMSTATE_BOOL(enabled, Lan966xSpi),
        VMSTATE_BOOL(fifo, Lan966xSpi),
        VMSTATE_BOOL(overrun, Lan966xSpi),
        VMSTATE_BOOL(threshold, Lan966xSpi),
        VMSTATE_UINT8(selected, Lan966xSpi),
        VMSTATE_UINT32(rdr, Lan966xSpi),
        VMSTATE_FIFO32(tx, Lan966xSpi),
        VMSTATE_FIFO32(rx, Lan966xSpi),
        VMSTATE_END_OF_LIST()
    }
};
