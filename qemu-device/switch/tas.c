/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TAS: time-aware scheduling. TAS_CFG_CTRL chooses the list and the entry that
 * the registers of these are of.
 *
 * A list is ADMIN until the driver has it advance. It is PENDING until the
 * clock of domain 0 has reached its base time, then OPERATING, and the list
 * that it replaces is ADMIN. Its entries, from BASE_ADDR on, set the gates of a
 * port one after the other, anew in each cycle; what does not fit into the
 * cycle is cut off. A list that is terminated leaves the gates as they are.
 *
 * Nothing runs meanwhile: the state follows from the time when it is looked at.
 * With ALWAYS_GB_SCH_Q a frame leaves only if it is over at the port's speed
 * before the gate shuts. What has a clock that stands still waits.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/timer.h"
#include "switch_regs.h"
#include "tas.h"

#define TAS_DOMAIN 0
#define TAS_CYCLES 3            /* after which nothing new comes */
#define TAS_SLACK_NS 16         /* what the clocks' conversions may lose */
#define TAS_LINE_BYTES 20       /* preamble and gap */
#define TAS_NEVER INT64_MAX

/* From a time of the cycle on, gates of a port */
typedef struct Lan966xGates {
    int64_t from;
    uint8_t open;
} Lan966xGates;

static uint32_t *tas_list(Lan966xTas *t, unsigned list, uint32_t off)
{
    return &t->list[list][(off - QSYS_TAS_LIST) / 4];
}

static uint32_t *tas_entry(Lan966xTas *t, unsigned entry, uint32_t off)
{
    return &t->entry[entry][(off - QSYS_TAS_GCL) / 4];
}

static int64_t tas_base(Lan966xTas *t, unsigned list)
{
    return *tas_list(t, list, QSYS_TAS_BT_SEC_LSB) * NANOSECONDS_PER_SECOND +
           (*tas_list(t, list, QSYS_TAS_BT_NSEC) & PTP_TOD_NSEC_MASK);
}

/* How far a list is in its cycle, also where the clock was set back */
static int64_t tas_offset(Lan966xTas *t, unsigned list, int64_t now)
{
    int64_t cycle = *tas_list(t, list, QSYS_TAS_CT_CFG);
    int64_t offset = (now - tas_base(t, list)) % cycle;

    return offset < 0 ? offset + cycle : offset;
}

/* Lists whose time has come take over */
static void tas_advance(Lan966xBlock *qsys, Lan966xTas *t, int64_t now)
{
    for (unsigned list = 0; list < TAS_LISTS; list++) {
        uint32_t *state = tas_list(t, list, QSYS_TAS_LST);
        uint32_t startup = *tas_list(t, list, QSYS_TAS_STARTUP_CFG);
        uint32_t *old = tas_list(t, QSYS_TAS_OBSOLETE(startup), QSYS_TAS_LST);

        if (*state != TAS_PENDING || tas_base(t, list) > now) {
            continue;
        }
        if (*old == TAS_OPERATING) {
            *old = TAS_ADMIN;
        }
        *state = TAS_OPERATING;
    }
}

/* The gates of a port that a list sets in one cycle; returns how many times */
static unsigned tas_cycle(Lan966xTas *t, unsigned list, unsigned port,
                          Lan966xGates *gates)
{
    uint32_t cycle = *tas_list(t, list, QSYS_TAS_CT_CFG);
    unsigned base = QSYS_TAS_BASE_ADDR(*tas_list(t, list, QSYS_TAS_LIST_CFG));
    unsigned entry = base, found = 0;
    int64_t from = 0;

    for (unsigned n = 0; n < TAS_ENTRIES && from < cycle; n++) {
        uint32_t cfg, next;

        if (entry >= TAS_ENTRIES) {
            break;
        }
        cfg = *tas_entry(t, entry, QSYS_TAS_GCL_CT_CFG);
        next = *tas_entry(t, entry, QSYS_TAS_GCL_CT_CFG2);
        if (QSYS_TAS_HSCH_POS(cfg) == port) {
            gates[found++] = (Lan966xGates) { from, QSYS_TAS_GATES(cfg) };
        }
        from += *tas_entry(t, entry, QSYS_TAS_GCL_TM_CFG);
        entry = QSYS_TAS_NEXT_GCL(next);
        if (entry == base) {
            break;
        }
    }
    return found;
}

/* The operating list that is for a port, and what it sets; 0: there is none */
static unsigned tas_find(Lan966xTas *t, unsigned port, Lan966xGates *gates,
                         unsigned *list)
{
    for (*list = 0; *list < TAS_LISTS; (*list)++) {
        unsigned found;

        if (*tas_list(t, *list, QSYS_TAS_LST) != TAS_OPERATING) {
            continue;
        }
        found = tas_cycle(t, *list, port, gates);
        if (found) {
            return found;
        }
    }
    return 0;
}

/* Gates now: those of the last entry that was reached, maybe a cycle ago */
static uint8_t tas_gates(Lan966xTas *t, unsigned port, int64_t now)
{
    Lan966xGates gates[TAS_ENTRIES];
    unsigned list, found = tas_find(t, port, gates, &list);
    int64_t at;

    if (!found) {
        return t->gates[port];
    }
    at = tas_offset(t, list, now);
    while (found > 1 && gates[found - 1].from > at) {
        found--;
    }
    if (gates[0].from > at) {
        found = tas_cycle(t, list, port, gates);
    }
    return gates[found - 1].open;
}

/* From when on a queue's gate is open for so long */
static int64_t tas_open(Lan966xTas *t, unsigned port, unsigned queue,
                        int64_t now, int64_t ns)
{
    Lan966xGates gates[TAS_ENTRIES];
    unsigned list, found = tas_find(t, port, gates, &list);
    int64_t cycle, start, open = TAS_NEVER;
    bool shuts = false;

    if (!found) {
        return t->gates[port] & BIT(queue) ? now : TAS_NEVER;
    }
    cycle = *tas_list(t, list, QSYS_TAS_CT_CFG);
    start = now - tas_offset(t, list, now) - cycle;
    for (unsigned n = 0; n < found * (TAS_CYCLES + 1); n++) {
        Lan966xGates *g = &gates[n % found];
        int64_t from = start + n / found * cycle + g->from;
        int64_t to = n % found + 1 < found
                      ? from - g->from + g[1].from
                      : from - g->from + cycle + gates[0].from;

        if (!(g->open & BIT(queue))) {
            shuts = true;
            open = TAS_NEVER;
        } else if (to > now) {
            open = MIN(open, MAX(from, now));
            if (to - open + TAS_SLACK_NS >= ns) {
                return open;
            }
        }
    }
    return shuts ? TAS_NEVER : now;
}

/* How long a frame takes; 0 where no guard band is wanted */
static int64_t tas_frame_ns(Lan966xBlock *qsys, unsigned port, size_t len)
{
    static const uint32_t ps[] = { 0, 100000, 10000, 1000, 400 };
    uint32_t profile = *lan966x_block_reg(qsys, 0, QSYS_TAS_PROFILE(port));
    unsigned speed = QSYS_TAS_SPEED(profile);
    uint32_t cfg = *lan966x_block_reg(qsys, 0, QSYS_TAS_CFG_CTRL);

    if (!(cfg & QSYS_TAS_ALWAYS_GB) || speed >= ARRAY_SIZE(ps)) {
        return 0;
    }
    return (len + TAS_LINE_BYTES) * 8 * ps[speed] / 1000;
}

int64_t lan966x_tas_ready(Lan966xBlock *qsys, Lan966xTas *t, unsigned port,
                          unsigned queue, size_t len, int64_t here)
{
    int64_t now = lan966x_ptp_ns(qsys->sw->ptp, TAS_DOMAIN);
    int64_t open;
    uint64_t later;

    tas_advance(qsys, t, now);
    open = tas_open(t, port, queue, now, tas_frame_ns(qsys, port, len));
    if (open == now) {
        return here;
    }
    later = open == TAS_NEVER
            ? 0 : lan966x_ptp_machine_ns(qsys->sw->ptp, TAS_DOMAIN, open - now);
    return later ? here + (int64_t)later : INT64_MAX;
}

/* --- registers --- */

bool lan966x_tas_has(uint32_t off)
{
    return (off >= QSYS_TAS_LIST && off < QSYS_TAS_LIST_END) ||
           (off >= QSYS_TAS_GCL && off < QSYS_TAS_GCL_END) ||
           off == QSYS_TAS_GATE_STATE;
}

static unsigned tas_chosen_list(Lan966xBlock *qsys)
{
    return QSYS_TAS_LIST_NUM(*lan966x_block_reg(qsys, 0, QSYS_TAS_CFG_CTRL));
}

static unsigned tas_chosen_port(Lan966xBlock *qsys)
{
    return *lan966x_block_reg(qsys, 0, QSYS_TAS_GS_CTRL) % SWITCH_PORTS;
}

/* What TAS_CFG_CTRL and TAS_GS_CTRL choose; NULL: there is none */
static uint32_t *tas_reg(Lan966xBlock *qsys, Lan966xTas *t, uint32_t off)
{
    uint32_t ctrl = *lan966x_block_reg(qsys, 0, QSYS_TAS_CFG_CTRL);
    unsigned entry = QSYS_TAS_ENTRY_NUM(ctrl);

    if (off < QSYS_TAS_LIST_END) {
        return tas_list(t, tas_chosen_list(qsys), off);
    }
    if (entry >= TAS_ENTRIES) {
        lan966x_block_guest_error(qsys, 0, off, ctrl, "no entry %u", entry);
        return NULL;
    }
    return tas_entry(t, entry, off);
}

static void tas_stop(Lan966xTas *t, unsigned list, int64_t now)
{
    Lan966xGates gates[TAS_ENTRIES];

    for (unsigned port = 0; port < SWITCH_PORTS; port++) {
        if (tas_cycle(t, list, port, gates)) {
            t->gates[port] = tas_gates(t, port, now);
        }
    }
    *tas_list(t, list, QSYS_TAS_LST) = TAS_ADMIN;
}

static void tas_command(Lan966xBlock *qsys, Lan966xTas *t, unsigned list,
                        unsigned wanted, int64_t now)
{
    uint32_t *state = tas_list(t, list, QSYS_TAS_LST);

    if (wanted == *state) {
        return;
    }
    if (wanted == TAS_ADVANCING && *state == TAS_ADMIN &&
        *tas_list(t, list, QSYS_TAS_CT_CFG) >= TAS_LEAST_NS) {
        *state = TAS_PENDING;
    } else if (wanted == TAS_ADMIN && *state == TAS_PENDING) {
        *state = TAS_ADMIN;
    } else if (wanted == TAS_TERMINATING && *state == TAS_OPERATING) {
        tas_stop(t, list, now);
    } else {
        lan966x_block_guest_error(qsys, 0, QSYS_TAS_LST, wanted,
                                  "list %u has state %u and a cycle of %u ns",
                                  list, *state,
                                  *tas_list(t, list, QSYS_TAS_CT_CFG));
    }
}

uint32_t lan966x_tas_read(Lan966xBlock *qsys, Lan966xTas *t, uint32_t off)
{
    int64_t now = lan966x_ptp_ns(qsys->sw->ptp, TAS_DOMAIN);
    uint32_t *reg;

    tas_advance(qsys, t, now);
    if (off == QSYS_TAS_GATE_STATE) {
        return tas_gates(t, tas_chosen_port(qsys), now);
    }
    reg = tas_reg(qsys, t, off);
    return reg ? *reg : 0;
}

void lan966x_tas_write(Lan966xBlock *qsys, Lan966xTas *t, uint32_t off,
                       uint32_t val)
{
    int64_t now = lan966x_ptp_ns(qsys->sw->ptp, TAS_DOMAIN);
    unsigned list = tas_chosen_list(qsys);
    uint32_t *reg;

    tas_advance(qsys, t, now);
    if (off == QSYS_TAS_GATE_STATE) {
        t->gates[tas_chosen_port(qsys)] = val;
    } else if (off == QSYS_TAS_LST) {
        tas_command(qsys, t, list, QSYS_TAS_STATE(val), now);
    } else if (off < QSYS_TAS_LIST_END &&
               *tas_list(t, list, QSYS_TAS_LST) != TAS_ADMIN) {
        lan966x_block_guest_error(qsys, 0, off, val, "list %u is in use", list);
    } else {
        reg = tas_reg(qsys, t, off);
        if (reg) {
            *reg = val;
        }
    }
    /* what waited for a gate looks again */
    lan966x_switch_schedule(qsys->sw);
}

void lan966x_tas_reset(Lan966xTas *t)
{
    memset(t, 0, sizeof(*t));
    memset(t->gates, 0xff, sizeof(t->gates));
}

/* A list that is in use has a cycle to divide by */
static int tas_post_load(void *opaque, int version_id)
{
    Lan966xTas *t = opaque;

    for (unsigned list = 0; list < TAS_LISTS; list++) {
        uint32_t state = *tas_list(t, list, QSYS_TAS_LST);

        if (state > TAS_TERMINATING ||
            (state != TAS_ADMIN &&
             *tas_list(t, list, QSYS_TAS_CT_CFG) < TAS_LEAST_NS)) {
            return -EINVAL;
        }
    }
    return 0;
}

const VMStateDescription vmstate_lan966x_tas = {
    .name = "lan966x-tas",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = tas_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_2DARRAY(list, Lan966xTas, TAS_LISTS, TAS_LIST_REGS),
        VMSTATE_UINT32_2DARRAY(entry, Lan966xTas, TAS_ENTRIES, TAS_ENTRY_REGS),
        VMSTATE_UINT8_ARRAY(gates, Lan966xTas, SWITCH_PORTS),
        VMSTATE_END_OF_LIST()
    }
};
