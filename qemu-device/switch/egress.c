/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shapers of a port and of its eight queues, their gates, and pause.
 *
 * A frame passes while the traffic is not ahead of its shaper's rate by a
 * burst, in units of 100 kbit/s and 4096 bytes. What may not pass is kept, and
 * leaves by priority, in the order that it came; what finds no room is dropped.
 * With SE_FRM_MODE = 1 preamble and gap count, too.
 *
 * The lowest DWRR_CNT queues share what the others leave: each byte costs a
 * queue DWRR_COST + 1, and the one that has spent least is next.
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "egress.h"
#include "switch_regs.h"

#define EGRESS_LINE_BYTES 20    /* preamble and gap */
#define EGRESS_NS_UNITS 10000   /* ns of a bit at 100 kbit/s */
#define EGRESS_LEAST_NS (100 * SCALE_US)    /* after a look in vain */

/* The scheduler's element behind one of ours */
static uint32_t egress_reg(Lan966xEgress *e, unsigned element, uint32_t off)
{
    unsigned index = e->port->index;
    unsigned n = element < EGRESS_PRIOS ? index * EGRESS_PRIOS + element
                                        : QSYS_ELEMENT_PORT + index;

    return *lan966x_block_reg(e->port->sw->qsys, 0, QSYS_CIR_CFG(n) + off);
}

/* When a shaper lets a frame pass */
static int64_t egress_element_ready(Lan966xEgress *e, unsigned element)
{
    uint32_t cfg = egress_reg(e, element, 0);
    int64_t burst = 4096 * 8 * (int64_t)QSYS_CIR_BURST(cfg);

    if (!QSYS_CIR_RATE(cfg)) {
        return 0;
    }
    return e->within[element] - burst * EGRESS_NS_UNITS / QSYS_CIR_RATE(cfg);
}

/* When a frame may leave, or its gate is to be looked at again */
static int64_t egress_ready(Lan966xEgress *e, size_t len, unsigned prio,
                            int64_t now)
{
    int64_t ready = MAX(e->paused, MAX(egress_element_ready(e, prio),
                                       egress_element_ready(e, EGRESS_PRIOS)));

    return ready > now ? ready
                       : lan966x_qsys_ready(e->port->sw->qsys, e->port->index,
                                            prio, len + SWITCH_FCS, now);
}

static void egress_account(Lan966xEgress *e, unsigned element, size_t len,
                           int64_t now)
{
    uint32_t rate = QSYS_CIR_RATE(egress_reg(e, element, 0));
    uint32_t mode = QSYS_SE_FRM_MODE(egress_reg(e, element, QSYS_SE_CFG));
    int64_t bits = 8 * (len + SWITCH_FCS + (mode == 1 ? EGRESS_LINE_BYTES : 0));

    if (rate) {
        e->within[element] = MAX(e->within[element], now) +
                             bits * EGRESS_NS_UNITS / rate;
    }
}

static unsigned egress_sharing(Lan966xEgress *e)
{
    return QSYS_SE_DWRR_CNT(egress_reg(e, EGRESS_PRIOS, QSYS_SE_CFG));
}

/* What a queue had left while it had no frames is lost */
static void egress_share_anew(Lan966xEgress *e, unsigned prio)
{
    uint64_t least = UINT64_MAX;

    for (unsigned i = 0; i < e->frames; i++) {
        if (e->kept[i].prio == prio) {
            return;
        }
        least = MIN(least, e->spent[e->kept[i].prio]);
    }
    e->spent[prio] = e->frames ? MAX(e->spent[prio], least) : 0;
}

/* Whether a frame of one queue leaves before that of another */
static bool egress_before(Lan966xEgress *e, unsigned one, unsigned other)
{
    if (MAX(one, other) < egress_sharing(e) &&
        e->spent[one] != e->spent[other]) {
        return e->spent[one] < e->spent[other];
    }
    return one > other;
}

static void egress_leave(Lan966xEgress *e, size_t len, unsigned prio,
                         int64_t now)
{
    uint32_t cfg = egress_reg(e, EGRESS_PRIOS, QSYS_SE_DWRR_CFG(prio));

    e->vain = false;
    if (prio < egress_sharing(e)) {
        e->spent[prio] += (len + SWITCH_FCS) * (QSYS_DWRR_COST(cfg) + 1);
    }
    egress_account(e, prio, len, now);
    egress_account(e, EGRESS_PRIOS, len, now);
}

static void egress_due(void *opaque)
{
    Lan966xEgress *e = opaque;

    e->vain = true;
    lan966x_switch_schedule(e->port->sw);
}

/* Have the switch look again when the first of the frames may leave */
static void egress_arm(Lan966xEgress *e)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    int64_t first = INT64_MAX;

    for (unsigned i = 0; i < e->frames; i++) {
        first = MIN(first, egress_ready(e, e->kept[i].len, e->kept[i].prio,
                                        now));
    }
    if (first == INT64_MAX) {
        timer_del(e->timer);
    } else {
        timer_mod(e->timer, e->vain ? MAX(first, now + EGRESS_LEAST_NS)
                                    : first);
    }
}

bool lan966x_egress_pass(Lan966xEgress *e, size_t len, unsigned prio)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    if (e->frames || egress_ready(e, len, prio, now) > now) {
        return false;
    }
    egress_leave(e, len, prio, now);
    return true;
}

bool lan966x_egress_keep(Lan966xEgress *e, const uint8_t *data, size_t len,
                         unsigned prio)
{
    if (e->frames == EGRESS_FRAMES) {
        return false;
    }
    egress_share_anew(e, prio);
    e->kept[e->frames++] = (Lan966xKept) {
        .data = g_memdup2(data, len), .len = len, .prio = prio,
    };
    egress_arm(e);
    return true;
}

bool lan966x_egress_take(Lan966xEgress *e, Lan966xKept *frame)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    unsigned best = e->frames;

    for (unsigned i = 0; i < e->frames; i++) {
        if (egress_ready(e, e->kept[i].len, e->kept[i].prio, now) <= now &&
            (best == e->frames ||
             egress_before(e, e->kept[i].prio, e->kept[best].prio))) {
            best = i;
        }
    }
    if (best == e->frames) {
        egress_arm(e);
        return false;
    }
    *frame = e->kept[best];
    e->frames--;
    memmove(&e->kept[best], &e->kept[best + 1],
            (e->frames - best) * sizeof(e->kept[0]));
    egress_leave(e, frame->len, frame->prio, now);
    return true;
}

void lan966x_egress_pause(Lan966xEgress *e, int64_t ns)
{
    e->paused = ns ? qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + ns : 0;
    egress_arm(e);
}

void lan966x_egress_clear(Lan966xEgress *e)
{
    timer_del(e->timer);
    while (e->frames) {
        g_free(e->kept[--e->frames].data);
    }
    memset(e->within, 0, sizeof(e->within));
    memset(e->spent, 0, sizeof(e->spent));
    e->paused = 0;
}

void lan966x_egress_init(Lan966xEgress *e, Lan966xBlock *port)
{
    e->port = port;
    e->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, egress_due, e);
}

void lan966x_egress_finalize(Lan966xEgress *e)
{
    lan966x_egress_clear(e);
    timer_free(e->timer);
}
