/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PTP: three clocks that can be set and tuned, their pins, and stamps of sent
 * frames.
 *
 * A clock runs with the machine's virtual time, scaled by its increment
 * against the nominal one, while its domain is enabled. A new increment counts
 * from the write of either half; CLKCFG_DIS, which the driver sets for another
 * domain than it means, is ignored.
 *
 * An action of a pin is done when it is written with PIN_SYNC = 0, but for that
 * which makes an output of it: high and low follow each other, or with PIN_SYNC
 * there is a pulse in each second. The first period starts when the clock's
 * time is a multiple of it, a guess. A period below PTP_LEAST_NS is none. SAVE
 * with PIN_SYNC is done when the selected pin rises. LOAD and DELTA with
 * PIN_SYNC are not modelled.
 *
 * TOD_NSEC of the last 16 ns of a second counts down to the next one: from -16
 * on, with the next second in TOD_SEC, as mainline's driver expects it.
 *
 * A sent frame with one-step command gets the time as that of its origin. One
 * with two-step command leaves two entries in a FIFO: the time, then the id
 * from its header. When there is no room for both there are none.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/host-utils.h"
#include "qemu/timer.h"
#include "../soc/gpio.h"
#include "../soc/types.h"
#include "../trace.h"
#include "switch.h"
#include "switch_regs.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xPtp, LAN966X_PTP)

/* Room for as many frames as the driver has ids for */
#define PTP_STAMPS 1024
#define PTP_SECONDS_MASK MAKE_64BIT_MASK(0, 48)
#define PTP_NEGATIVE_NS 16
#define PTP_LEAST_NS (100 * SCALE_US)

typedef struct Lan966xPtpPin {
    Lan966xPtp *ptp;
    unsigned n;
    QEMUTimer *edge;            /* the next one of an output */
} Lan966xPtpPin;

typedef struct Lan966xClock {
    uint64_t sec;               /* its time ... */
    uint32_t nsec;
    int64_t at;                 /* ... at this virtual time */
} Lan966xClock;

struct Lan966xPtp {
    Lan966xBlock parent_obj;

    Lan966xClock clock[PTP_DOMAINS];
    Lan966xPtpPin pin[PTP_PINS];
    uint32_t stamp[PTP_STAMPS];         /* ring of entries: STAMP ... */
    uint32_t stamp_ctrl[PTP_STAMPS];    /* ... and CTRL */
    uint32_t stamp_head;
    uint32_t stamps;
    qemu_irq irq;
    qemu_irq irq_ext;
};

static uint32_t ptp_reg(Lan966xPtp *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

/* --- clocks --- */

static uint64_t ptp_increment(Lan966xPtp *s, unsigned d)
{
    return (uint64_t)ptp_reg(s, PTP_CLK_PER_CFG(d, 1)) << 32 |
           ptp_reg(s, PTP_CLK_PER_CFG(d, 0));
}

static uint64_t ptp_scale(Lan966xPtp *s, unsigned d, uint64_t ns)
{
    uint64_t lo, hi;

    mulu64(&lo, &hi, ns, ptp_increment(s, d));
    divu128(&lo, &hi, PTP_CLK_PER_NOMINAL);
    return lo;
}

static void ptp_add(Lan966xClock *c, int64_t ns)
{
    int64_t sec = ns / NANOSECONDS_PER_SECOND;
    int64_t nsec = c->nsec + ns % NANOSECONDS_PER_SECOND;

    if (nsec < 0) {
        nsec += NANOSECONDS_PER_SECOND;
        sec--;
    } else if (nsec >= NANOSECONDS_PER_SECOND) {
        nsec -= NANOSECONDS_PER_SECOND;
        sec++;
    }
    c->sec = (c->sec + sec) & PTP_SECONDS_MASK;
    c->nsec = nsec;
}

/* A clock's time now. Readings leave the clock, which rounds, as it is */
static Lan966xClock ptp_now(Lan966xPtp *s, unsigned d)
{
    Lan966xClock c = s->clock[d];
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    if (now > c.at && PTP_DOM_CFG_ENA(ptp_reg(s, PTP_DOM_CFG), d)) {
        uint64_t ns = (uint64_t)now - (uint64_t)c.at;

        ptp_add(&c, ptp_scale(s, d, ns) & INT64_MAX);
    }
    c.at = now;
    return c;
}

/* Bring a clock's time up to now, with the increment up to now */
static Lan966xClock *ptp_clock(Lan966xPtp *s, unsigned d)
{
    s->clock[d] = ptp_now(s, d);
    return &s->clock[d];
}

uint32_t lan966x_ptp_stamp(Lan966xBlock *b, unsigned domain)
{
    return ptp_now(LAN966X_PTP(b), domain).nsec << 2;
}

int64_t lan966x_ptp_ns(Lan966xBlock *b, unsigned domain)
{
    Lan966xClock c = ptp_now(LAN966X_PTP(b), domain);

    return (c.sec & UINT32_MAX) * NANOSECONDS_PER_SECOND + c.nsec;
}

/* --- one step --- */

/* Kinds of PDU; a message of its own type has none */
#define PTP_PDU_IP4 7
#define PTP_PDU_IP6 8
#define PTP_HEADER 34           /* before the time of origin: 48 + 32 bits */
#define PTP_ORIGIN 10
#define PTP_UDP_HEADER 8

static unsigned ptp_checksum(const uint8_t *data, size_t len)
{
    unsigned sum = 0;

    for (size_t i = 0; i < len; i += 2) {
        sum += lduw_be_p(data + i);
    }
    return sum;
}

void lan966x_ptp_write_origin(Lan966xBlock *b, unsigned domain, uint8_t *data,
                              size_t len, unsigned pdu)
{
    size_t at = 2 * ETH_ALEN, udp = 0;
    unsigned before, sum;
    Lan966xClock c;

    if (domain >= PTP_DOMAINS) {
        return;
    }
    while (at + 24 < len && (lduw_be_p(data + at) == ETH_P_VLAN ||
                             lduw_be_p(data + at) == ETH_P_DVLAN)) {
        at += 4;
    }
    at += 2;
    if (at < len && (pdu == PTP_PDU_IP4 || pdu == PTP_PDU_IP6)) {
        udp = at + (pdu == PTP_PDU_IP4 ? 4 * (data[at] & 0xf) : 40);
        at = udp + PTP_UDP_HEADER;
    }
    at += PTP_HEADER;
    if (at + PTP_ORIGIN > len) {
        return;
    }
    c = ptp_now(LAN966X_PTP(b), domain);
    before = ptp_checksum(data + at, PTP_ORIGIN);
    stw_be_p(data + at, c.sec >> 32);
    stl_be_p(data + at + 2, c.sec);
    stl_be_p(data + at + 6, c.nsec);
    if (udp && lduw_be_p(data + udp + 6)) {
        sum = (uint16_t)~lduw_be_p(data + udp + 6) + 5 * 0xffff - before +
              ptp_checksum(data + at, PTP_ORIGIN);
        while (sum >> 16) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        sum = (uint16_t)~sum;
        stw_be_p(data + udp + 6, sum ?: 0xffff);
    }
}

/* --- outputs --- */

uint64_t lan966x_ptp_machine_ns(Lan966xBlock *b, unsigned d, uint64_t ns)
{
    Lan966xPtp *s = LAN966X_PTP(b);
    uint64_t inc = ptp_increment(s, d);
    uint64_t lo, hi;

    if (!inc || !PTP_DOM_CFG_ENA(ptp_reg(s, PTP_DOM_CFG), d)) {
        return 0;
    }
    mulu64(&lo, &hi, ns, PTP_CLK_PER_NOMINAL);
    divu128(&lo, &hi, inc);
    return hi || lo > INT64_MAX / 4 ? 0 : lo + 1;
}

/* Set the level of an output, and the time when it changes */
static void ptp_drive(Lan966xPtp *s, unsigned pin)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    uint32_t base = pin * PTP_PIN_STRIDE;
    uint32_t cfg = ptp_reg(s, base + PTP_PIN_CFG);
    uint64_t high = ptp_reg(s, base + PTP_WF_HIGH_PERIOD);
    uint64_t low = ptp_reg(s, base + PTP_WF_LOW_PERIOD);
    uint64_t period = high + low;
    unsigned d = PTP_PIN_DOM(cfg);
    uint64_t now, next;
    Lan966xClock c;
    bool level;

    timer_del(s->pin[pin].edge);
    if (PTP_PIN_ACTION(cfg) != PTP_ACTION_CLOCK || d >= PTP_DOMAINS) {
        lan966x_gpio_sync(b->sw->gpio, pin, -1);
        return;
    }
    c = ptp_now(s, d);
    now = c.nsec;
    if (PTP_PIN_SYNC(cfg)) {
        period = NANOSECONDS_PER_SECOND;
        now += period - low % period;   /* the pulse's phase */
    } else {
        now += (c.sec & UINT32_MAX) * NANOSECONDS_PER_SECOND;
    }
    if (period < PTP_LEAST_NS) {
        lan966x_block_guest_error(b, 0, base + PTP_PIN_CFG, cfg,
                                  "a period of %" PRIu64 " ns", period);
        lan966x_gpio_sync(b->sw->gpio, pin, 0);
        return;
    }
    now %= period;
    level = now < high;
    next = lan966x_ptp_machine_ns(b, d, level ? MIN(high, period) - now
                                              : period - now);
    if (next) {
        timer_mod(s->pin[pin].edge,
                  qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + next);
    }
    lan966x_gpio_sync(b->sw->gpio, pin, level);
}

static void ptp_edge(void *opaque)
{
    Lan966xPtpPin *pin = opaque;

    ptp_drive(pin->ptp, pin->n);
}

static void ptp_drive_all(Lan966xPtp *s)
{
    for (unsigned pin = 0; pin < PTP_PINS; pin++) {
        ptp_drive(s, pin);
    }
}

/* A clock is another one now, for the gates of queues, too */
static void ptp_changed(Lan966xPtp *s)
{
    ptp_drive_all(s);
    lan966x_switch_schedule(LAN966X_BLOCK(s)->sw);
}

static void ptp_resume(Lan966xBlock *b)
{
    ptp_drive_all(LAN966X_PTP(b));
}

/* --- actions --- */

static void ptp_save(Lan966xPtp *s, unsigned pin, unsigned d)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    uint32_t base = pin * PTP_PIN_STRIDE;
    Lan966xClock c = ptp_now(s, d);

    if (c.nsec >= NANOSECONDS_PER_SECOND - PTP_NEGATIVE_NS) {
        c.sec++;
        c.nsec = (c.nsec - NANOSECONDS_PER_SECOND) & PTP_TOD_NSEC_MASK;
    }
    *lan966x_block_reg(b, 0, base + PTP_TOD_SEC_MSB) = c.sec >> 32;
    *lan966x_block_reg(b, 0, base + PTP_TOD_SEC_LSB) = c.sec;
    *lan966x_block_reg(b, 0, base + PTP_TOD_NSEC) = c.nsec;
}

static void ptp_pin_action(Lan966xPtp *s, unsigned pin, uint32_t cfg)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    uint32_t base = pin * PTP_PIN_STRIDE;
    uint32_t msb = ptp_reg(s, base + PTP_TOD_SEC_MSB);
    uint32_t lsb = ptp_reg(s, base + PTP_TOD_SEC_LSB);
    uint32_t nsec = ptp_reg(s, base + PTP_TOD_NSEC);
    unsigned action = PTP_PIN_ACTION(cfg);
    unsigned d = PTP_PIN_DOM(cfg);
    Lan966xClock *c;

    ptp_drive(s, pin);
    if (action == PTP_ACTION_IDLE || action == PTP_ACTION_CLOCK ||
        (action == PTP_ACTION_SAVE && PTP_PIN_SYNC(cfg))) {
        return;
    }
    if (d >= PTP_DOMAINS) {
        lan966x_block_guest_error(b, 0, base + PTP_PIN_CFG, cfg, "no domain");
        return;
    }
    if (PTP_PIN_SYNC(cfg)) {
        qemu_log_mask(LOG_UNIMP, "lan966x %s: pin %u action %u sync %u\n",
                      b->name, pin, action, PTP_PIN_SYNC(cfg));
        return;
    }
    c = ptp_clock(s, d);
    switch (action) {
    case PTP_ACTION_LOAD:
        c->sec = (uint64_t)(msb & 0xffff) << 32 | lsb;
        c->nsec = 0;
        ptp_add(c, nsec & PTP_TOD_NSEC_MASK);
        ptp_changed(s);
        break;
    case PTP_ACTION_SAVE:
        ptp_save(s, pin, d);
        break;
    case PTP_ACTION_DELTA:
        ptp_add(c, sextract32(nsec, 0, 30));
        ptp_changed(s);
        break;
    default:
        lan966x_block_guest_error(b, 0, base + PTP_PIN_CFG, cfg, "no action");
    }
    trace_lan966x_ptp_action(b->name, pin, action, d, c->sec, c->nsec);
}

/* --- stamps --- */

static void ptp_update(Lan966xPtp *s)
{
    qemu_set_irq(s->irq, s->stamps);
    qemu_set_irq(s->irq_ext,
                 !!(ptp_reg(s, PTP_PIN_INTR) & ptp_reg(s, PTP_PIN_INTR_ENA)));
}

/* A pin that is multiplexed to PTP has changed */
static void ptp_sync_in(void *opaque, int n, int level)
{
    Lan966xPtp *s = opaque;

    for (unsigned pin = 0; level && pin < PTP_PINS; pin++) {
        uint32_t cfg = ptp_reg(s, pin * PTP_PIN_STRIDE + PTP_PIN_CFG);
        unsigned d = PTP_PIN_DOM(cfg);

        if (PTP_PIN_ACTION(cfg) == PTP_ACTION_SAVE && PTP_PIN_SYNC(cfg) &&
            PTP_PIN_SELECT(cfg) == n && d < PTP_DOMAINS) {
            ptp_save(s, pin, d);
            *lan966x_block_reg(LAN966X_BLOCK(s), 0, PTP_PIN_INTR) |= BIT(pin);
        }
    }
    ptp_update(s);
}

static void ptp_push(Lan966xPtp *s, uint32_t ctrl, uint32_t stamp)
{
    unsigned i = (s->stamp_head + s->stamps++) % PTP_STAMPS;

    s->stamp_ctrl[i] = PTP_TWOSTEP_VLD | ctrl;
    s->stamp[i] = stamp;
}

void lan966x_ptp_sent(Lan966xBlock *b, unsigned port, uint32_t id)
{
    Lan966xPtp *s = LAN966X_PTP(b);
    uint32_t stamp = lan966x_ptp_stamp(b, 0);

    trace_lan966x_ptp_sent(b->name, port, id, stamp >> 2);
    if (s->stamps > PTP_STAMPS - 2) {
        lan966x_block_guest_error(b, 0, PTP_TWOSTEP_CTRL, id,
                                  "time stamp lost, nobody reads them");
        return;
    }
    ptp_push(s, PTP_TWOSTEP_STAMP_TX | PTP_TWOSTEP_STAMP_PORT(port), stamp);
    ptp_push(s, PTP_TWOSTEP_STAMP_PORT(port), id);
    ptp_update(s);
}

static void ptp_pop(Lan966xPtp *s)
{
    if (s->stamps) {
        s->stamp_head = (s->stamp_head + 1) % PTP_STAMPS;
        s->stamps--;
        ptp_update(s);
    }
}

/* --- registers --- */

static uint32_t ptp_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    Lan966xPtp *s = LAN966X_PTP(b);

    switch (off) {
    case PTP_TWOSTEP_CTRL:
        return s->stamps ? s->stamp_ctrl[s->stamp_head] : 0;
    case PTP_TWOSTEP_STAMP:
        return s->stamps ? s->stamp[s->stamp_head] : 0;
    case PTP_INTR_IDENT:
        return ptp_reg(s, PTP_PIN_INTR) & ptp_reg(s, PTP_PIN_INTR_ENA);
    case 0 ... PTP_PIN_INTR_ENA:
    case PTP_DOM_CFG ... PTP_DOM_END - 4:
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void ptp_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    Lan966xPtp *s = LAN966X_PTP(b);

    switch (off) {
    case PTP_TWOSTEP_CTRL:
        if (val & PTP_TWOSTEP_NXT) {
            ptp_pop(s);
        }
        break;
    case PTP_PIN_INTR:
        *lan966x_block_reg(b, win, off) &= ~val;
        ptp_update(s);
        break;
    case PTP_PIN_INTR_ENA:
        *lan966x_block_reg(b, win, off) = val;
        ptp_update(s);
        break;
    case PTP_DOM_CFG ... PTP_DOM_END - 4:
        for (unsigned d = 0; d < PTP_DOMAINS; d++) {
            ptp_clock(s, d);
        }
        *lan966x_block_reg(b, win, off) = val;
        ptp_changed(s);
        break;
    case 0 ... PTP_PIN_INTR - 4:
        *lan966x_block_reg(b, win, off) = val;
        if (off % PTP_PIN_STRIDE == PTP_PIN_CFG) {
            ptp_pin_action(s, off / PTP_PIN_STRIDE, val);
        } else {
            ptp_drive(s, off / PTP_PIN_STRIDE);
        }
        break;
    case PTP_TWOSTEP_STAMP:
    case PTP_INTR_IDENT:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void ptp_reset(Lan966xBlock *b)
{
    Lan966xPtp *s = LAN966X_PTP(b);

    memset(s->clock, 0, sizeof(s->clock));
    s->stamp_head = 0;
    s->stamps = 0;
}

static void ptp_reset_update(Lan966xBlock *b)
{
    ptp_update(LAN966X_PTP(b));
    ptp_drive_all(LAN966X_PTP(b));
}

static void ptp_init(Object *obj)
{
    Lan966xPtp *s = LAN966X_PTP(obj);

    lan966x_block_init_irq(LAN966X_BLOCK(obj), &s->irq);
    lan966x_block_init_irq(LAN966X_BLOCK(obj), &s->irq_ext);
    qdev_init_gpio_in_named(DEVICE(obj), ptp_sync_in, "sync-in", PTP_PINS);
    for (unsigned n = 0; n < PTP_PINS; n++) {
        Lan966xPtpPin *pin = &s->pin[n];

        pin->ptp = s;
        pin->n = n;
        pin->edge = timer_new_ns(QEMU_CLOCK_VIRTUAL, ptp_edge, pin);
    }
}

static void ptp_unrealize(DeviceState *dev)
{
    for (unsigned n = 0; n < PTP_PINS; n++) {
        timer_del(LAN966X_PTP(dev)->pin[n].edge);
    }
}

static void ptp_finalize(Object *obj)
{
    for (unsigned n = 0; n < PTP_PINS; n++) {
        timer_free(LAN966X_PTP(obj)->pin[n].edge);
    }
}

static int ptp_post_load(void *opaque, int version_id)
{
    Lan966xPtp *s = opaque;

    for (unsigned d = 0; d < PTP_DOMAINS; d++) {
        if (s->clock[d].nsec >= NANOSECONDS_PER_SECOND) {
            return -EINVAL;
        }
    }
    return s->stamp_head < PTP_STAMPS && s->stamps <= PTP_STAMPS ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_ptp_clock = {
    .name = "lan966x-ptp-clock",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(sec, Lan966xClock),
        VMSTATE_UINT32(nsec, Lan966xClock),
        VMSTATE_INT64(at, Lan966xClock),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_ptp = {
    .name = TYPE_LAN966X_PTP,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = ptp_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xPtp),
        VMSTATE_STRUCT_ARRAY(clock, Lan966xPtp, PTP_DOMAINS, 1,
                             vmstate_ptp_clock, Lan966xClock),
        VMSTATE_UINT32_ARRAY(stamp, Lan966xPtp, PTP_STAMPS),
        VMSTATE_UINT32_ARRAY(stamp_ctrl, Lan966xPtp, PTP_STAMPS),
        VMSTATE_UINT32(stamp_head, Lan966xPtp),
        VMSTATE_UINT32(stamps, Lan966xPtp),
        VMSTATE_END_OF_LIST()
    }
};

static void ptp_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    dc->unrealize = ptp_unrealize;
    dc->vmsd = &vmstate_ptp;
    bc->resume = ptp_resume;
    bc->window_size[0] = PTP_SIZE;
    bc->read = ptp_read;
    bc->write = ptp_write;
    bc->reset = ptp_reset;
    bc->update = ptp_reset_update;
}

static const TypeInfo ptp_type = {
    .name = TYPE_LAN966X_PTP,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xPtp),
    .instance_init = ptp_init,
    .instance_finalize = ptp_finalize,
    .class_init = ptp_class_init,
};

static void ptp_register_types(void)
{
    type_register_static(&ptp_type);
}

type_init(ptp_register_types)
