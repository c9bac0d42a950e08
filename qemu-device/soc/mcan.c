/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MCAN: a Bosch M_CAN on QEMU's CAN bus, its message RAM in the SRAM.
 *
 * A frame is on the wire for its number of bits at the nominal rate, of a clock
 * of 40 MHz. When no other controller takes it, it is sent again, as on a bus
 * without acknowledge but once in a millisecond only, and the controller
 * becomes error passive; other errors do not happen. Frames for transmission
 * lie in a FIFO behind the dedicated buffers. What comes goes to a FIFO as GFC
 * says: filters, a queue by identifiers and the time-out counter are not
 * modelled.
 *
 * As a flexcom, a controller needs its clock and its pins; without pins it is
 * on no bus. x-strict=off of the card: neither matters.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "net/can_emu.h"
#include "qapi/error.h"
#include "qemu/timer.h"
#include "../trace.h"
#include "gck.h"
#include "gpio.h"
#include "lan966x_regs.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xMcan, LAN966X_MCAN)

#define MCAN_NS_PER_CYCLE 25    /* 40 MHz */
#define MCAN_AGAIN_NS SCALE_MS
#define MCAN_FIFOS 2
#define MCAN_PIN_GROUPS 2

struct Lan966xMcan {
    Lan966xBlock parent_obj;

    CanBusState *bus;           /* a property */
    CanBusClientState client;
    QEMUTimer *sent;            /* what is on the wire has been sent */
    int64_t counter;            /* when the time stamps' counter was 0 */
    qemu_irq irq[MCAN_LINES];
};

/* First of two pins, and the function that is the controller's there */
static const struct {
    uint8_t first;
    uint8_t function;
} mcan_pins[MCANS][MCAN_PIN_GROUPS] = {
    { { 26, 5 }, { 35, 4 } },
    { { 30, 2 } },
};

static uint32_t *mcan_reg(Lan966xMcan *s, uint32_t off)
{
    return lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

static bool mcan_has_clock(Lan966xBlock *b)
{
    return !b->chip->strict ||
           lan966x_gck_runs(b->chip->gck, GCK_MCAN(b->index));
}

static bool mcan_has_pins(Lan966xBlock *b)
{
    for (unsigned i = 0; i < MCAN_PIN_GROUPS; i++) {
        if (mcan_pins[b->index][i].function &&
            lan966x_gpio_muxed(b->chip->gpio, mcan_pins[b->index][i].first, 2,
                               mcan_pins[b->index][i].function)) {
            return true;
        }
    }
    return !b->chip->strict;
}

/* Whether it takes part in what happens on the bus */
static bool mcan_runs(Lan966xMcan *s)
{
    return !(*mcan_reg(s, MCAN_CCCR) & MCAN_INIT) &&
           mcan_has_clock(LAN966X_BLOCK(s));
}

static void mcan_update(Lan966xMcan *s)
{
    uint32_t ir = *mcan_reg(s, MCAN_IR) & *mcan_reg(s, MCAN_IE);
    uint32_t ils = *mcan_reg(s, MCAN_ILS);
    uint32_t ile = *mcan_reg(s, MCAN_ILE);

    qemu_set_irq(s->irq[0], ir & ~ils && ile & BIT(0));
    qemu_set_irq(s->irq[1], ir & ils && ile & BIT(1));
}

static void mcan_raise(Lan966xMcan *s, uint32_t bits)
{
    *mcan_reg(s, MCAN_IR) |= bits;
    mcan_update(s);
}

/* --- message RAM --- */

static uint32_t mcan_ram_read(Lan966xMcan *s, uint32_t addr)
{
    MemoryRegion *sram = LAN966X_BLOCK(s)->chip->sram;

    return ldl_le_p((uint8_t *)memory_region_get_ram_ptr(sram) + addr);
}

static void mcan_ram_write(Lan966xMcan *s, uint32_t addr, uint32_t val)
{
    MemoryRegion *sram = LAN966X_BLOCK(s)->chip->sram;

    stl_le_p((uint8_t *)memory_region_get_ram_ptr(sram) + addr, val);
    memory_region_set_dirty(sram, addr, sizeof(val));
}

/* Bytes of data in an element, by its size code */
static unsigned mcan_data_size(unsigned code)
{
    static const uint8_t size[] = { 8, 12, 16, 20, 24, 32, 48, 64 };

    return size[code & 7];
}

/* Below the end of the SRAM: 16 bits of base, 64 elements of 72 bytes */
static uint32_t mcan_element(uint32_t cfg, unsigned index, unsigned size)
{
    return MCAN_RAM_BASE(cfg) + (index & 63) * size;
}

/* --- time --- */

static int64_t mcan_bit_ns(Lan966xMcan *s)
{
    uint32_t nbtp = *mcan_reg(s, MCAN_NBTP);

    return MCAN_NS_PER_CYCLE * (MCAN_NBRP(nbtp) + 1) *
           (MCAN_NTSEG1(nbtp) + MCAN_NTSEG2(nbtp) + 3);
}

static uint16_t mcan_stamp(Lan966xMcan *s)
{
    uint32_t tscc = *mcan_reg(s, MCAN_TSCC);
    int64_t ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) - s->counter;

    if (MCAN_TSS(tscc) != 1) {
        return 0;
    }
    return MAX(ns, 0) / (mcan_bit_ns(s) * (MCAN_TCP(tscc) + 1));
}

/* --- what comes --- */

/* A new element of a FIFO, filled by the caller; SIZE_MAX: it is lost */
static size_t mcan_fifo_add(Lan966xMcan *s, unsigned fifo, unsigned size)
{
    uint32_t cfg = *mcan_reg(s, MCAN_RXFC(fifo));
    uint32_t *status = mcan_reg(s, MCAN_RXFS(fifo));
    unsigned count = MIN(MCAN_FIFO_SIZE(cfg), 64);
    unsigned level = MCAN_FIFO_LEVEL(*status);
    unsigned get = MCAN_FIFO_GET(*status);
    unsigned put = MCAN_FIFO_PUT(*status);

    if (level >= count) {
        mcan_raise(s, MCAN_IR_RX(fifo) << 3);
        if (!count || !(cfg & MCAN_FIFO_OVERWRITE)) {
            *status |= MCAN_FIFO_LOST;
            return SIZE_MAX;
        }
        get = (get + 1) % count;
        level = count - 1;
    }
    put %= count;
    level++;
    *status = MCAN_FIFO_STATUS(level, get, (put + 1) % count) |
              (*status & MCAN_FIFO_LOST) |
              (level == count ? MCAN_FIFO_FULL : 0);
    mcan_raise(s, MCAN_IR_RX(fifo) |
               (level == MCAN_FIFO_MARK(cfg) ? MCAN_IR_RX(fifo) << 1 : 0) |
               (level == count ? MCAN_IR_RX(fifo) << 2 : 0));
    return mcan_element(cfg, put, size);
}

/* The FIFO that GFC has for a frame, or MCAN_FIFOS */
static unsigned mcan_fifo_of(Lan966xMcan *s, const qemu_can_frame *frame)
{
    uint32_t gfc = *mcan_reg(s, MCAN_GFC);
    bool ext = frame->can_id & QEMU_CAN_EFF_FLAG;

    if (frame->can_id & QEMU_CAN_RTR_FLAG && gfc & BIT(ext ? 0 : 1)) {
        return MCAN_FIFOS;
    }
    if (MCAN_FILTERS(*mcan_reg(s, ext ? MCAN_XIDFC : MCAN_SIDFC))) {
        lan966x_block_unimp_once(LAN966X_BLOCK(s), "filters");
    }
    return MIN(extract32(gfc, ext ? 2 : 4, 2), MCAN_FIFOS);
}

static void mcan_store(Lan966xMcan *s, const qemu_can_frame *frame)
{
    unsigned fifo = mcan_fifo_of(s, frame);
    unsigned length = MIN(frame->can_dlc, sizeof(frame->data));
    bool fd = frame->flags & QEMU_CAN_FRMF_TYPE_FD;
    unsigned data;
    size_t addr;

    trace_lan966x_mcan_received(LAN966X_BLOCK(s)->name, frame->can_id, fifo);
    if (fifo == MCAN_FIFOS) {
        return;
    }
    data = mcan_data_size(*mcan_reg(s, MCAN_RXESC) >> 4 * fifo);
    addr = mcan_fifo_add(s, fifo, 8 + data);
    if (addr == SIZE_MAX) {
        return;
    }
    mcan_ram_write(s, addr,
                   (frame->can_id & QEMU_CAN_EFF_FLAG
                    ? MCAN_XTD | (frame->can_id & QEMU_CAN_EFF_MASK)
                    : (frame->can_id & QEMU_CAN_SFF_MASK) << 18) |
                   (frame->can_id & QEMU_CAN_RTR_FLAG ? MCAN_RTR : 0) |
                   (frame->flags & QEMU_CAN_FRMF_ESI ? MCAN_ESI : 0));
    mcan_ram_write(s, addr + 4,
                   MCAN_ANMF | (fd ? MCAN_FDF : 0) | mcan_stamp(s) |
                   (fd && frame->flags & QEMU_CAN_FRMF_BRS ? MCAN_BRS : 0) |
                   MCAN_DLC_IS(can_len2dlc(length)));
    for (unsigned n = 0; n < MIN(length, data); n += 4) {
        mcan_ram_write(s, addr + 8 + n, ldl_le_p(frame->data + n));
    }
}

static bool mcan_can_receive(CanBusClientState *client)
{
    Lan966xMcan *s = container_of(client, Lan966xMcan, client);

    return mcan_runs(s) && mcan_has_pins(LAN966X_BLOCK(s));
}

/* Returns 1 for an acknowledge, which a monitor does not give */
static ssize_t mcan_receive(CanBusClientState *client,
                            const qemu_can_frame *frames, size_t count)
{
    Lan966xMcan *s = container_of(client, Lan966xMcan, client);
    uint32_t cccr = *mcan_reg(s, MCAN_CCCR);

    for (size_t i = 0; i < count; i++) {
        if (frames[i].can_id & QEMU_CAN_ERR_FLAG ||
            (frames[i].flags & QEMU_CAN_FRMF_TYPE_FD &&
             !(cccr & MCAN_FDOE))) {
            return 0;
        }
        mcan_store(s, &frames[i]);
    }
    return !(cccr & MCAN_MON);
}

static CanBusClientInfo mcan_client_info = {
    .can_receive = mcan_can_receive,
    .receive = mcan_receive,
};

/* --- what goes --- */

static unsigned mcan_tx_dedicated(Lan966xMcan *s)
{
    return MIN(MCAN_NDTB(*mcan_reg(s, MCAN_TXBC)), 32);
}

static unsigned mcan_tx_fifo_size(Lan966xMcan *s)
{
    return MIN(MCAN_TFQS(*mcan_reg(s, MCAN_TXBC)), 32 - mcan_tx_dedicated(s));
}

static unsigned mcan_tx_level(Lan966xMcan *s)
{
    unsigned size = mcan_tx_fifo_size(s);

    return size - MIN(MCAN_TXFQ_FREE(*mcan_reg(s, MCAN_TXFQS)), size);
}

/* Get and put index of the FIFO, which start behind the dedicated buffers */
static void mcan_tx_set(Lan966xMcan *s, unsigned get, unsigned put,
                        unsigned level)
{
    unsigned size = mcan_tx_fifo_size(s);

    *mcan_reg(s, MCAN_TXFQS) =
        MCAN_TXFQ_STATUS(size - level, get, put) |
        (level == size ? MCAN_TXFQ_FULL : 0);
}

static unsigned mcan_tx_next(Lan966xMcan *s, unsigned index)
{
    unsigned first = mcan_tx_dedicated(s);
    unsigned size = mcan_tx_fifo_size(s);

    return size && index + 1 < first + size ? index + 1 : first;
}

/* The buffer that goes first; 32: there is none */
static unsigned mcan_tx_first(Lan966xMcan *s)
{
    uint32_t pending = *mcan_reg(s, MCAN_TXBRP);
    unsigned get = MCAN_TXFQ_GET(*mcan_reg(s, MCAN_TXFQS));

    if (!pending) {
        return 32;
    }
    return ctz32(pending) >= mcan_tx_dedicated(s) && pending & BIT(get)
           ? get : ctz32(pending);
}

/* A buffer of the FIFO is empty again */
static void mcan_tx_release(Lan966xMcan *s, unsigned n)
{
    uint32_t status = *mcan_reg(s, MCAN_TXFQS);
    unsigned level = mcan_tx_level(s);
    unsigned get = MCAN_TXFQ_GET(status);

    *mcan_reg(s, MCAN_TXBRP) &= ~BIT(n);
    if (n < mcan_tx_dedicated(s)) {
        return;
    }
    while (level && !(*mcan_reg(s, MCAN_TXBRP) & BIT(get))) {
        get = mcan_tx_next(s, get);
        level--;
    }
    mcan_tx_set(s, get, MCAN_TXFQ_PUT(status), level);
    if (!level) {
        mcan_raise(s, MCAN_IR_TFE);
    }
}

static uint32_t mcan_tx_address(Lan966xMcan *s, unsigned n)
{
    return mcan_element(*mcan_reg(s, MCAN_TXBC), n,
                        8 + mcan_data_size(*mcan_reg(s, MCAN_TXESC)));
}

/* Have the first of the frames go onto the wire, unless one is there */
static void mcan_tx_start(Lan966xMcan *s, int64_t least)
{
    unsigned n = mcan_tx_first(s);
    uint32_t cccr = *mcan_reg(s, MCAN_CCCR);
    bool loop = cccr & MCAN_TEST_MODE && *mcan_reg(s, MCAN_TEST) & MCAN_LBCK;
    unsigned bits;

    if (n == 32 || !mcan_runs(s) || timer_pending(s->sent) ||
        (cccr & MCAN_MON && !loop)) {
        return;
    }
    bits = 47 + 8 * can_dlc2len(MCAN_DLC(mcan_ram_read(s,
                                         mcan_tx_address(s, n) + 4)));
    timer_mod(s->sent, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                       MAX(bits * mcan_bit_ns(s), least));
}

static void mcan_tx_event(Lan966xMcan *s, uint32_t t0, uint32_t t1)
{
    uint32_t cfg = *mcan_reg(s, MCAN_TXEFC);
    uint32_t *status = mcan_reg(s, MCAN_TXEFS);
    unsigned count = MIN(MCAN_EFS(cfg), 32);
    unsigned level = MCAN_EVENT_LEVEL(*status);
    unsigned put = MCAN_EVENT_PUT(*status);
    uint32_t addr;

    if (level >= count) {
        *status |= MCAN_EVENT_LOST;
        mcan_raise(s, MCAN_IR_TEFL);
        return;
    }
    put %= count;
    level++;
    addr = mcan_element(cfg, put, 8);
    mcan_ram_write(s, addr, t0);
    mcan_ram_write(s, addr + 4, (t1 & MCAN_EVENT_OF_TX) | 1 << 22 |
                                mcan_stamp(s));
    *status = MCAN_EVENT_STATUS(level, MCAN_EVENT_GET(*status),
                                (put + 1) % count) |
              (*status & MCAN_EVENT_LOST) |
              (level == count ? MCAN_EVENT_FULL : 0);
    mcan_raise(s, MCAN_IR_TEFN |
               (level == MCAN_EFWM(cfg) ? MCAN_IR_TEFW : 0) |
               (level == count ? MCAN_IR_TEFF : 0));
}

static void mcan_tx_frame(Lan966xMcan *s, uint32_t addr, qemu_can_frame *frame)
{
    uint32_t t0 = mcan_ram_read(s, addr);
    uint32_t t1 = mcan_ram_read(s, addr + 4);
    bool fd = t1 & MCAN_FDF && *mcan_reg(s, MCAN_CCCR) & MCAN_FDOE;
    unsigned data = mcan_data_size(*mcan_reg(s, MCAN_TXESC));

    *frame = (qemu_can_frame) { .can_dlc = can_dlc2len(MCAN_DLC(t1)) };
    frame->can_id = t0 & MCAN_XTD
                    ? QEMU_CAN_EFF_FLAG | (t0 & QEMU_CAN_EFF_MASK)
                    : t0 >> 18 & QEMU_CAN_SFF_MASK;
    if (fd) {
        frame->flags = QEMU_CAN_FRMF_TYPE_FD |
                       (t1 & MCAN_BRS ? QEMU_CAN_FRMF_BRS : 0) |
                       (t0 & MCAN_ESI ? QEMU_CAN_FRMF_ESI : 0);
    } else {
        frame->can_dlc = MIN(frame->can_dlc, 8);
        frame->can_id |= t0 & MCAN_RTR ? QEMU_CAN_RTR_FLAG : 0;
    }
    for (unsigned n = 0; n < frame->can_dlc; n += 4) {
        /* what has no room in the element is padded */
        stl_le_p(frame->data + n, n < data ? mcan_ram_read(s, addr + 8 + n)
                                           : 0xcccccccc);
    }
}

/* Offer a frame to the bus; returns whether it was acknowledged */
static bool mcan_tx_offer(Lan966xMcan *s, const qemu_can_frame *frame)
{
    uint32_t cccr = *mcan_reg(s, MCAN_CCCR);
    bool loop = cccr & MCAN_TEST_MODE && *mcan_reg(s, MCAN_TEST) & MCAN_LBCK;

    if (loop) {
        mcan_store(s, frame);
        if (cccr & MCAN_MON) {
            return true;
        }
    }
    if (!s->client.bus || !mcan_has_pins(LAN966X_BLOCK(s))) {
        return loop;
    }
    return can_bus_client_send(&s->client, frame, 1) > 0 || loop;
}

/* Without an acknowledge the counter of errors ends at error passive */
static void mcan_set_errors(Lan966xMcan *s, bool acknowledged)
{
    uint32_t *psr = mcan_reg(s, MCAN_PSR);
    uint32_t before = *psr;

    *psr = acknowledged ? MCAN_PSR_DLEC
                        : MCAN_PSR_DLEC | MCAN_PSR_EP | MCAN_PSR_EW |
                          MCAN_LEC_ACK;
    *mcan_reg(s, MCAN_ECR) = acknowledged ? 0 : 128;
    mcan_raise(s, (acknowledged ? 0 : MCAN_IR_PEA) |
               ((before ^ *psr) & MCAN_PSR_EP ? MCAN_IR_EP : 0) |
               ((before ^ *psr) & MCAN_PSR_EW ? MCAN_IR_EW : 0));
}

static void mcan_sent(void *opaque)
{
    Lan966xMcan *s = opaque;
    unsigned n = mcan_tx_first(s);
    qemu_can_frame frame;
    bool acknowledged;
    uint32_t addr, t0, t1;

    if (n == 32 || !mcan_runs(s)) {
        return;
    }
    addr = mcan_tx_address(s, n);
    t0 = mcan_ram_read(s, addr);
    t1 = mcan_ram_read(s, addr + 4);
    mcan_tx_frame(s, addr, &frame);
    acknowledged = mcan_tx_offer(s, &frame);
    trace_lan966x_mcan_sent(LAN966X_BLOCK(s)->name, n, frame.can_id,
                            acknowledged);
    mcan_set_errors(s, acknowledged);
    if (acknowledged) {
        *mcan_reg(s, MCAN_TXBTO) |= BIT(n);
        mcan_tx_release(s, n);
        mcan_raise(s, *mcan_reg(s, MCAN_TXBTIE) & BIT(n) ? MCAN_IR_TC : 0);
        if (t1 & MCAN_EFC) {
            mcan_tx_event(s, t0, t1);
        }
    } else if (*mcan_reg(s, MCAN_CCCR) & MCAN_DAR) {
        *mcan_reg(s, MCAN_TXBCF) |= BIT(n);
        mcan_tx_release(s, n);
        mcan_raise(s, *mcan_reg(s, MCAN_TXBCIE) & BIT(n) ? MCAN_IR_TCF : 0);
    }
    mcan_tx_start(s, acknowledged ? 0 : MCAN_AGAIN_NS);
}

static void mcan_tx_add(Lan966xMcan *s, uint32_t bits)
{
    unsigned dedicated = mcan_tx_dedicated(s);
    unsigned total = dedicated + mcan_tx_fifo_size(s);

    if (*mcan_reg(s, MCAN_CCCR) & MCAN_CCE) {
        return;
    }
    for (unsigned n = 0; n < total; n++) {
        uint32_t status = *mcan_reg(s, MCAN_TXFQS);
        unsigned level = mcan_tx_level(s);

        if (!(bits & BIT(n)) || *mcan_reg(s, MCAN_TXBRP) & BIT(n)) {
            continue;
        }
        if (n >= dedicated) {
            if (level == total - dedicated || n != MCAN_TXFQ_PUT(status)) {
                lan966x_block_guest_error(LAN966X_BLOCK(s), 0, MCAN_TXBAR, bits,
                                          "not the FIFO's next buffer");
                continue;
            }
            mcan_tx_set(s, MCAN_TXFQ_GET(status), mcan_tx_next(s, n),
                        level + 1);
        }
        *mcan_reg(s, MCAN_TXBRP) |= BIT(n);
        *mcan_reg(s, MCAN_TXBTO) &= ~BIT(n);
        *mcan_reg(s, MCAN_TXBCF) &= ~BIT(n);
    }
    mcan_tx_start(s, 0);
}

static void mcan_tx_cancel(Lan966xMcan *s, uint32_t bits)
{
    for (unsigned n = 0; n < 32; n++) {
        if (bits & *mcan_reg(s, MCAN_TXBRP) & BIT(n)) {
            *mcan_reg(s, MCAN_TXBCF) |= BIT(n);
            mcan_tx_release(s, n);
            mcan_raise(s, *mcan_reg(s, MCAN_TXBCIE) & BIT(n) ? MCAN_IR_TCF : 0);
        }
    }
}

/* --- registers --- */

/* What is where it was before the controller was ever on the bus */
static void mcan_forget(Lan966xMcan *s)
{
    timer_del(s->sent);
    for (unsigned fifo = 0; fifo < MCAN_FIFOS; fifo++) {
        *mcan_reg(s, MCAN_RXFS(fifo)) = 0;
    }
    *mcan_reg(s, MCAN_TXBRP) = 0;
    *mcan_reg(s, MCAN_TXBTO) = 0;
    *mcan_reg(s, MCAN_TXBCF) = 0;
    *mcan_reg(s, MCAN_TXEFS) = 0;
    mcan_tx_set(s, mcan_tx_dedicated(s), mcan_tx_dedicated(s), 0);
}

static void mcan_write_cccr(Lan966xMcan *s, uint32_t val)
{
    uint32_t *cccr = mcan_reg(s, MCAN_CCCR);
    uint32_t before = *cccr;
    uint32_t may = MCAN_INIT | MCAN_CSR;

    if (before & MCAN_INIT) {
        may |= MCAN_CCE | MCAN_ASM;
    }
    if (before & MCAN_CCE) {
        may |= MCAN_CONFIG_BITS;
    }
    val = (val & may) | (before & ~may & ~MCAN_CSA);
    if (val & MCAN_CSR) {
        val |= MCAN_CSA | MCAN_INIT;
    }
    if (!(val & MCAN_INIT)) {
        val &= ~MCAN_CCE;
    }
    *cccr = val;
    if (val & ~before & MCAN_CCE) {
        mcan_forget(s);
    }
    mcan_tx_start(s, 0);
}

/* Whether a register can only be written while the controller is set up */
static bool mcan_is_config(uint32_t off)
{
    switch (off) {
    case MCAN_DBTP ... MCAN_RWD:
    case MCAN_NBTP:
    case MCAN_TSCC:
    case MCAN_TOCC:
    case MCAN_TDCR:
    case MCAN_GFC ... MCAN_XIDFC:
    case MCAN_XIDAM:
    case MCAN_RXFC(0):
    case MCAN_RXBC:
    case MCAN_RXFC(1):
    case MCAN_RXESC:
    case MCAN_TXBC:
    case MCAN_TXESC:
    case MCAN_TXEFC:
        return true;
    default:
        return false;
    }
}

static uint32_t mcan_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    Lan966xMcan *s = LAN966X_MCAN(b);
    uint32_t val = *lan966x_block_reg(b, win, off);

    switch (off) {
    case MCAN_TSCV:
        return mcan_stamp(s);
    case MCAN_PSR:
        *mcan_reg(s, MCAN_PSR) |= MCAN_LEC_NONE;
        return val;
    case MCAN_TXBAR:
    case MCAN_TXBCR:
    case MCAN_RXFA(0):
    case MCAN_RXFA(1):
    case MCAN_TXEFA:
        return 0;
    default:
        return val;
    }
}

/* Elements up to this index have been read */
static void mcan_fifo_acknowledge(Lan966xMcan *s, unsigned fifo, unsigned index)
{
    unsigned count = MIN(MCAN_FIFO_SIZE(*mcan_reg(s, MCAN_RXFC(fifo))), 64);
    uint32_t *status = mcan_reg(s, MCAN_RXFS(fifo));
    unsigned level = MCAN_FIFO_LEVEL(*status);
    unsigned get = MCAN_FIFO_GET(*status);
    unsigned read;

    if (index >= count || get >= count) {
        return;
    }
    read = (index + count - get) % count + 1;
    if (read <= level) {
        *status = MCAN_FIFO_STATUS(level - read, (index + 1) % count,
                                   MCAN_FIFO_PUT(*status));
    }
}

static void mcan_event_acknowledge(Lan966xMcan *s, unsigned index)
{
    unsigned count = MIN(MCAN_EFS(*mcan_reg(s, MCAN_TXEFC)), 32);
    uint32_t *status = mcan_reg(s, MCAN_TXEFS);
    unsigned level = MCAN_EVENT_LEVEL(*status);
    unsigned get = MCAN_EVENT_GET(*status);
    unsigned read;

    if (index >= count || get >= count) {
        return;
    }
    read = (index + count - get) % count + 1;
    if (read <= level) {
        *status = MCAN_EVENT_STATUS(level - read, (index + 1) % count,
                                    MCAN_EVENT_PUT(*status));
    }
}

static void mcan_write(Lan966xBlock *b, unsigned win, uint32_t off,
                       uint32_t val)
{
    Lan966xMcan *s = LAN966X_MCAN(b);

    if (!mcan_has_clock(b)) {
        lan966x_block_guest_error(b, win, off, val, "write without its clock");
        return;
    }
    if (mcan_is_config(off) && !(*mcan_reg(s, MCAN_CCCR) & MCAN_CCE)) {
        lan966x_block_guest_error(b, win, off, val, "is not being set up");
        return;
    }
    switch (off) {
    case MCAN_CCCR:
        mcan_write_cccr(s, val);
        break;
    case MCAN_TSCV:
        s->counter = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        break;
    case MCAN_IR:
        *mcan_reg(s, MCAN_IR) &= ~val;
        break;
    case MCAN_RXFA(0):
    case MCAN_RXFA(1):
        mcan_fifo_acknowledge(s, off == MCAN_RXFA(1), val & 0x3f);
        break;
    case MCAN_TXEFA:
        mcan_event_acknowledge(s, val & 0x1f);
        break;
    case MCAN_TXBAR:
        mcan_tx_add(s, val);
        break;
    case MCAN_TXBCR:
        mcan_tx_cancel(s, val);
        break;
    case MCAN_TXBC:
        if (val & MCAN_TFQM) {
            lan966x_block_unimp_once(b, "queue by identifiers");
        }
        *mcan_reg(s, off) = val;
        mcan_forget(s);
        break;
    case MCAN_CREL:
    case MCAN_ENDN:
    case MCAN_ECR:
    case MCAN_PSR:
    case MCAN_HPMS:
    case MCAN_RXFS(0):
    case MCAN_RXFS(1):
    case MCAN_TXFQS:
    case MCAN_TXBRP:
    case MCAN_TXBTO:
    case MCAN_TXBCF:
    case MCAN_TXEFS:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        *lan966x_block_reg(b, win, off) = val;
    }
    mcan_update(s);
}

static void mcan_reset(Lan966xBlock *b)
{
    static const struct {
        uint8_t off;
        uint32_t val;
    } values[] = {
        { MCAN_CREL, MCAN_CREL_VALUE },
        { MCAN_ENDN, 0x87654321 },
        { MCAN_DBTP, 0x00000a33 },
        { MCAN_CCCR, MCAN_INIT },
        { MCAN_NBTP, 0x06000a03 },
        { MCAN_TOCC, 0xffff0000 },
        { MCAN_TOCV, 0x0000ffff },
        { MCAN_PSR, MCAN_PSR_DLEC | MCAN_LEC_NONE },
        { MCAN_XIDAM, 0x1fffffff },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(values); i++) {
        *lan966x_block_reg(b, 0, values[i].off) = values[i].val;
    }
    LAN966X_MCAN(b)->counter = 0;
    timer_del(LAN966X_MCAN(b)->sent);
}

static void mcan_reset_update(Lan966xBlock *b)
{
    mcan_update(LAN966X_MCAN(b));
}

static void mcan_realize(DeviceState *dev, Error **errp)
{
    Lan966xMcan *s = LAN966X_MCAN(dev);

    if (s->bus) {
        s->client.info = &mcan_client_info;
        can_bus_insert_client(s->bus, &s->client);
    }
}

static void mcan_unrealize(DeviceState *dev)
{
    Lan966xMcan *s = LAN966X_MCAN(dev);

    can_bus_remove_client(&s->client);
    timer_del(s->sent);
}

static void mcan_init(Object *obj)
{
    Lan966xMcan *s = LAN966X_MCAN(obj);

    for (unsigned n = 0; n < MCAN_LINES; n++) {
        lan966x_block_init_irq(LAN966X_BLOCK(obj), &s->irq[n]);
    }
    s->sent = timer_new_ns(QEMU_CLOCK_VIRTUAL, mcan_sent, s);
}

static void mcan_finalize(Object *obj)
{
    timer_free(LAN966X_MCAN(obj)->sent);
}

static const Property mcan_properties[] = {
    DEFINE_PROP_LINK("canbus", Lan966xMcan, bus, TYPE_CAN_BUS, CanBusState *),
};

static const VMStateDescription vmstate_mcan = {
    .name = TYPE_LAN966X_MCAN,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xMcan),
        VMSTATE_TIMER_PTR(sent, Lan966xMcan),
        VMSTATE_INT64(counter, Lan966xMcan),
        VMSTATE_END_OF_LIST()
    }
};

static void mcan_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    dc->realize = mcan_realize;
    dc->unrealize = mcan_unrealize;
    dc->vmsd = &vmstate_mcan;
    device_class_set_props(dc, mcan_properties);
    bc->window_size[0] = MCAN_SIZE;
    bc->read = mcan_read;
    bc->write = mcan_write;
    bc->reset = mcan_reset;
    bc->update = mcan_reset_update;
}

static const TypeInfo mcan_type = {
    .name = TYPE_LAN966X_MCAN,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xMcan),
    .instance_init = mcan_init,
    .instance_finalize = mcan_finalize,
    .class_init = mcan_class_init,
};

static void mcan_register_types(void)
{
    type_register_static(&mcan_type);
}

type_init(mcan_register_types)
