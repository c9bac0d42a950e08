/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of a frame through the switch core, and its header at the CPU port.
 *
 * Frames from backends are queued, and looked at in a bottom half: to deliver
 * one means DMA and messages, which can reach anything, also what unplugs the
 * card; a backend that is in the middle of its delivery would not survive that.
 * The bottom half looks after each frame whether the card is still there.
 *
 * Two ports whose backends are connected outside make a loop, like two cables
 * would. The bottom half takes as many frames as there were when it began, so
 * that such a storm does not stop QEMU.
 */

#include "qemu/osdep.h"
#include <zlib.h>
#include "qemu/main-loop.h"
#include "system/runstate.h"
#include "../trace.h"
#include "switch.h"
#include "switch_regs.h"

/* REW_CMD of an injected frame */
/* What a frame takes from port to port, with guest_time */
#define SWITCH_LATENCY_NS 10000

#define REW_CMD_OP(v) ((v) & 0x3f)
#define REW_CMD_DOMAIN(v) ((v) >> 6 & 3)
#define REW_OP_ONE_STEP 3
#define REW_OP_TWO_STEP 4

/* Position and width of the fields; bit 0 is the last one of the header */
#define IFH_FIELD(pos, width) ((pos) | (width) << 8)
#define IFH_FIELD_POS(field) ((field) & 0xff)
#define IFH_FIELD_WIDTH(field) ((field) >> 8)
#define IFH_TIMESTAMP IFH_FIELD(192, 32)
#define IFH_BYPASS IFH_FIELD(191, 1)
#define IFH_MASQ IFH_FIELD(190, 1)
#define IFH_MASQ_PORT IFH_FIELD(186, 4)
#define IFH_LEN IFH_FIELD(178, 14)
#define IFH_REW_CMD IFH_FIELD(163, 10)
#define IFH_PDU_TYPE IFH_FIELD(158, 4)
#define IFH_SRCPORT IFH_FIELD(141, 4)
#define IFH_TCI IFH_FIELD(103, 17)
#define IFH_QOS IFH_FIELD(100, 3)
#define IFH_CPUQ IFH_FIELD(92, 8)
#define IFH_DSTS IFH_FIELD(62, 9)

static uint32_t ifh_field(const uint8_t *bytes, unsigned field)
{
    uint32_t val = 0;

    for (unsigned i = 0; i < IFH_FIELD_WIDTH(field); i++) {
        unsigned bit = IFH_FIELD_POS(field) + i;

        val |= (bytes[SWITCH_IFH - 1 - bit / 8] >> (bit % 8) & 1u) << i;
    }
    return val;
}

static void ifh_set_field(uint8_t *bytes, unsigned field, uint32_t val)
{
    for (unsigned i = 0; i < IFH_FIELD_WIDTH(field); i++) {
        unsigned bit = IFH_FIELD_POS(field) + i;

        bytes[SWITCH_IFH - 1 - bit / 8] |= (val >> i & 1u) << (bit % 8);
    }
}

/* An injected header has MASQ and others where an extracted one has LEN */
void lan966x_ifh_get(Lan966xIfh *ifh, const uint8_t *bytes)
{
    *ifh = (Lan966xIfh) {
        .timestamp = ifh_field(bytes, IFH_TIMESTAMP),
        .bypass = ifh_field(bytes, IFH_BYPASS),
        .masq = ifh_field(bytes, IFH_MASQ),
        .masq_port = ifh_field(bytes, IFH_MASQ_PORT),
        .rew_cmd = ifh_field(bytes, IFH_REW_CMD),
        .pdu_type = ifh_field(bytes, IFH_PDU_TYPE),
        .tci = ifh_field(bytes, IFH_TCI),
        .qos = ifh_field(bytes, IFH_QOS),
        .dsts = ifh_field(bytes, IFH_DSTS),
    };
}

void lan966x_ifh_put(const Lan966xIfh *ifh, uint8_t *bytes)
{
    memset(bytes, 0, SWITCH_IFH);
    ifh_set_field(bytes, IFH_TIMESTAMP, ifh->timestamp);
    ifh_set_field(bytes, IFH_LEN, ifh->len);
    ifh_set_field(bytes, IFH_SRCPORT, ifh->srcport);
    ifh_set_field(bytes, IFH_TCI, ifh->tci);
    ifh_set_field(bytes, IFH_QOS, ifh->qos);
    ifh_set_field(bytes, IFH_CPUQ, ifh->cpuq);
}

static bool switch_port_enabled(Lan966xSwitch *sw, unsigned port)
{
    return lan966x_sys_enabled(sw->sys) &&
           *lan966x_block_reg(sw->qsys, 0, QSYS_SW_PORT_MODE(port)) &
           QSYS_PORT_ENA;
}

bool lan966x_switch_can_send(Lan966xSwitch *sw, unsigned port)
{
    return !sw->dark && switch_port_enabled(sw, port);
}

static bool switch_extract(Lan966xSwitch *sw, const uint8_t *data, size_t len)
{
    switch (lan966x_qs_xtr_mode(sw->qs)) {
    case QS_MODE_REGISTER:
        return lan966x_qs_extract(sw->qs, data, len);
    case QS_MODE_FDMA:
        return lan966x_fdma_extract(sw->fdma, data, len);
    default:
        return false;
    }
}

static void switch_to_cpu(Lan966xSwitch *sw, unsigned port,
                          const uint8_t *data, size_t len,
                          const Lan966xVerdict *v)
{
    size_t total = SWITCH_IFH + len + SWITCH_FCS;
    g_autofree uint8_t *buf = g_malloc(total);
    Lan966xIfh ifh = {
        .timestamp = lan966x_ptp_stamp(sw->ptp, 0),
        .len = len + SWITCH_FCS,
        .srcport = port,
        .tci = v->tci,
        .qos = v->prio,
        .cpuq = 1,
    };

    lan966x_ifh_put(&ifh, buf);
    memcpy(buf + SWITCH_IFH, data, len);
    stl_le_p(buf + SWITCH_IFH + len, crc32(0, data, len));
    if (!switch_extract(sw, buf, total)) {
        lan966x_sys_count(sw->sys, port, CNT_DROP_TAIL, 1);
        trace_lan966x_switch_drop(port, len, "no room to the CPU");
    }
}

static void switch_deliver(Lan966xSwitch *sw, unsigned port,
                           const uint8_t *data, size_t len,
                           const Lan966xVerdict *v)
{
    trace_lan966x_switch_forward(port, len, v->ports, v->tci);
    for (unsigned p = 0; p < SWITCH_PORTS; p++) {
        if (v->ports & BIT(p)) {
            lan966x_rew_send(sw->rew, p, data, len, v);
        }
    }
    /* A driver does not expect a frame from its own port */
    if (v->ports & BIT(SWITCH_CPU_PORT) && port != SWITCH_CPU_PORT) {
        switch_to_cpu(sw, port, data, len, v);
    }
}

/* A frame that is to be looked at as if it had come in at a port */
static void switch_analyse(Lan966xSwitch *sw, unsigned port,
                           const uint8_t *data, size_t len)
{
    Lan966xVerdict v = { .srcport = port };

    if (!lan966x_ana_forward(sw->ana, port, data, len, &v)) {
        return;
    }
    if (!v.ports) {
        lan966x_sys_count(sw->sys, port, CNT_DROP_LOCAL, 1);
        trace_lan966x_switch_drop(port, len, "no destination");
        return;
    }
    lan966x_sys_count(sw->sys, port, CNT_RX_GREEN(v.prio), 1);
    switch_deliver(sw, port, data, len, &v);
}

void lan966x_switch_receive(Lan966xSwitch *sw, unsigned port,
                            const uint8_t *data, size_t len)
{
    if (sw->dark || !switch_port_enabled(sw, port) ||
        !lan966x_ana_receives(sw->ana, port)) {
        trace_lan966x_switch_drop(port, len, "port not enabled");
        return;
    }
    switch_analyse(sw, port, data, len);
}

/* A PTP message tells by itself when it left */
static void switch_send_stamped(Lan966xSwitch *sw, unsigned port,
                                const Lan966xIfh *ifh, const uint8_t *data,
                                size_t len, const Lan966xVerdict *v)
{
    g_autofree uint8_t *buf = g_memdup2(data, len);

    lan966x_ptp_write_origin(sw->ptp, REW_CMD_DOMAIN(ifh->rew_cmd), buf, len,
                             ifh->pdu_type);
    lan966x_rew_send(sw->rew, port, buf, len, v);
}

void lan966x_switch_inject(Lan966xSwitch *sw, const uint8_t *data, size_t len)
{
    Lan966xIfh ifh;

    lan966x_ifh_get(&ifh, data);
    data += SWITCH_IFH;
    len -= SWITCH_IFH;
    trace_lan966x_switch_inject(len, ifh.bypass, ifh.dsts, ifh.tci,
                                ifh.rew_cmd);
    if (ifh.bypass) {
        Lan966xVerdict v = { .tci = ifh.tci, .prio = ifh.qos,
                             .srcport = SWITCH_CPU_PORT };

        for (unsigned p = 0; p < SWITCH_PORTS; p++) {
            if (!(ifh.dsts & BIT(p))) {
                continue;
            }
            if (REW_CMD_OP(ifh.rew_cmd) == REW_OP_ONE_STEP) {
                switch_send_stamped(sw, p, &ifh, data, len, &v);
            } else if (lan966x_rew_send(sw->rew, p, data, len, &v) &&
                       REW_CMD_OP(ifh.rew_cmd) == REW_OP_TWO_STEP) {
                lan966x_ptp_sent(sw->ptp, p, ifh.timestamp);
            }
        }
    } else if (!ifh.masq) {
        switch_analyse(sw, SWITCH_CPU_PORT, data, len);
    } else if (ifh.masq_port < SWITCH_PORTS) {
        lan966x_switch_receive(sw, ifh.masq_port, data, len);
    } else {
        qemu_log_mask(LOG_GUEST_ERROR, "lan966x: frame injected as of port "
                      "%u, which is none\n", ifh.masq_port);
    }
}

/* --- what the main loop does --- */

bool lan966x_switch_alive(Lan966xSwitch *sw)
{
    return sw->work;
}

/*
 * The main loop works in the host's time. With -icount a guest may want frames
 * to take a time of its own instead, so that each run is like the last one.
 */
void lan966x_switch_schedule(Lan966xSwitch *sw)
{
    if (!sw->work) {
        return;
    }
    if (!sw->guest_time) {
        qemu_bh_schedule(sw->work);
    } else if (!timer_pending(sw->later)) {
        timer_mod(sw->later, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                  SWITCH_LATENCY_NS);
    }
}

bool lan966x_switch_arrive(Lan966xSwitch *sw, unsigned port,
                           const uint8_t *data, size_t len)
{
    Lan966xArrival *a;

    if (!sw->work || sw->arrivals == SWITCH_ARRIVALS) {
        return false;
    }
    a = &sw->arrival[(sw->arrival_head + sw->arrivals++) % SWITCH_ARRIVALS];
    a->port = port;
    a->len = len;
    a->data = g_memdup2(data, len);
    lan966x_switch_schedule(sw);
    return true;
}

bool lan966x_switch_stalled(Lan966xSwitch *sw)
{
    for (unsigned p = 0; p < SWITCH_PORTS; p++) {
        if (lan966x_port_stalled(sw->port[p])) {
            return true;
        }
    }
    return false;
}

static void switch_take_arrival(Lan966xSwitch *sw)
{
    Lan966xArrival a = sw->arrival[sw->arrival_head];

    sw->arrival_head = (sw->arrival_head + 1) % SWITCH_ARRIVALS;
    sw->arrivals--;
    lan966x_port_receive(sw->port[a.port], a.data, a.len);
    g_free(a.data);
}

/* Nothing moves while the machine is stopped: its memory may be on its way */
static void switch_work(void *opaque)
{
    Lan966xSwitch *sw = opaque;
    Object *card = OBJECT(sw->pci);
    unsigned n = sw->arrivals;

    if (!runstate_is_running()) {
        return;
    }
    object_ref(card);
    while (n-- && sw->arrivals) {
        switch_take_arrival(sw);
    }
    lan966x_fdma_resume(sw->fdma);
    if (sw->arrivals) {
        lan966x_switch_schedule(sw);
    }
    for (unsigned p = 0; p < SWITCH_PORTS && sw->work; p++) {
        lan966x_port_flush(sw->port[p]);
    }
    object_unref(card);
}

static void switch_work_later(void *opaque)
{
    Lan966xSwitch *sw = opaque;
    Object *card = OBJECT(sw->pci);
    bool *busy = sw->busy;

    object_ref(card);
    *busy = true;
    switch_work(sw);
    *busy = false;
    object_unref(card);
}

void lan966x_switch_realize(Lan966xSwitch *sw, DeviceState *card)
{
    sw->busy = &card->mem_reentrancy_guard.engaged_in_io;
    sw->later = timer_new_ns(QEMU_CLOCK_VIRTUAL, switch_work_later, sw);
    sw->work = qemu_bh_new_guarded(switch_work, sw,
                                   &card->mem_reentrancy_guard);
}

void lan966x_switch_unrealize(Lan966xSwitch *sw)
{
    g_clear_pointer(&sw->work, qemu_bh_delete);
    g_clear_pointer(&sw->later, timer_free);
    for (; sw->arrivals; sw->arrivals--) {
        g_free(sw->arrival[sw->arrival_head].data);
        sw->arrival_head = (sw->arrival_head + 1) % SWITCH_ARRIVALS;
    }
}
