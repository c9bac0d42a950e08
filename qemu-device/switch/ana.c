/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ANA: registers of the analyser, commands of its MAC and VLAN tables, ageing,
 * interrupt. What becomes of a frame is in forward.c.
 *
 * Commands are done when they are written. GET_NEXT, which mainline does not
 * use, goes through the entries in order of VLAN and address, a guess; without
 * a further one VALID is clear. WRITE is not modelled. ANAINTR.INTR is written,
 * not W1C; it comes back at once if there are changed rows that no scan has
 * returned.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/timer.h"
#include "../trace.h"
#include "ana.h"
#include "switch_regs.h"

static void ana_update(Lan966xAna *s)
{
    uint32_t intr = ana_reg(s, ANA_ANAINTR);

    qemu_set_irq(s->irq, intr & ANA_INTR && intr & ANA_INTR_ENA);
}

void lan966x_ana_notify(Lan966xAna *s)
{
    *lan966x_block_reg(LAN966X_BLOCK(s), 0, ANA_ANAINTR) |= ANA_INTR;
    ana_update(s);
}

/* --- MAC table --- */

/* The entry that the registers describe */
static Lan966xMac ana_mac_key(Lan966xAna *s, uint32_t access)
{
    uint32_t mach = ana_reg(s, ANA_MACHDATA);
    Lan966xMac m = {
        .vid = extract32(mach, 16, 13),
        .type = MACACCESS_TYPE(access),
        .dest = MACACCESS_DEST(access),
        .cpu_copy = access & MACACCESS_CPU_COPY,
        .aged = access & MACACCESS_AGED,
        .valid = true,
    };

    stw_be_p(m.addr, mach);
    stl_be_p(m.addr + 2, ana_reg(s, ANA_MACLDATA));
    return m;
}

/* Have the registers describe an entry, or none */
static uint32_t ana_mac_show(Lan966xAna *s, const Lan966xMac *m)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);

    if (!m || !m->valid) {
        *lan966x_block_reg(b, 0, ANA_MACHDATA) = 0;
        *lan966x_block_reg(b, 0, ANA_MACLDATA) = 0;
        return 0;
    }
    *lan966x_block_reg(b, 0, ANA_MACHDATA) = m->vid << 16 | lduw_be_p(m->addr);
    *lan966x_block_reg(b, 0, ANA_MACLDATA) = ldl_be_p(m->addr + 2);
    return MACACCESS_VALID | m->dest << 4 | m->type << 10 |
           (m->aged ? MACACCESS_AGED : 0) |
           (m->cpu_copy ? MACACCESS_CPU_COPY : 0);
}

static uint32_t ana_mac_read(Lan966xAna *s, uint32_t access)
{
    uint32_t index = ana_reg(s, ANA_MACTINDX);

    if (access & MACACCESS_VALID) {
        Lan966xMac key = ana_mac_key(s, access);
        const Lan966xMac *m = lan966x_mact_get(&s->mact, &key);

        return m ? ana_mac_show(s, m) : access & ~MACACCESS_VALID;
    }
    return ana_mac_show(s, &s->mact.entry[MACTINDX_ROW(index) * MACT_COLUMNS +
                                          MACTINDX_BUCKET(index)]);
}

static uint32_t ana_mac_scan_next(Lan966xAna *s)
{
    unsigned row, column;
    const Lan966xMac *m = lan966x_mact_scan_next(&s->mact, &row, &column);

    *lan966x_block_reg(LAN966X_BLOCK(s), 0, ANA_MACTINDX) = column << 11 | row;
    return ana_mac_show(s, m);
}

static void ana_mac_command(Lan966xAna *s, uint32_t access)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    Lan966xMac key = ana_mac_key(s, access);
    unsigned cmd = MACACCESS_CMD(access);

    trace_lan966x_ana_mac_command(b->name, cmd, ana_reg(s, ANA_MACHDATA),
                                  ana_reg(s, ANA_MACLDATA), access);
    switch (cmd) {
    case 0:
        break;
    case MAC_CMD_LEARN:
        if (access & MACACCESS_SRC_KILL) {
            lan966x_block_unimp_once(b, "sources that are dropped");
        }
        lan966x_mact_insert(&s->mact, &key);
        break;
    case MAC_CMD_FORGET:
        lan966x_mact_remove(&s->mact, &key);
        break;
    case MAC_CMD_AGE:
        if (lan966x_mact_age(&s->mact)) {
            lan966x_ana_notify(s);
        }
        break;
    case MAC_CMD_INIT:
        lan966x_mact_reset(&s->mact);
        break;
    case MAC_CMD_READ:
        access = ana_mac_read(s, access);
        break;
    case MAC_CMD_GET_NEXT:
        access = ana_mac_show(s, lan966x_mact_next(&s->mact, &key));
        break;
    case MAC_CMD_SYNC_GET_NEXT:
        access = ana_mac_scan_next(s);
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "lan966x %s: MAC table command %u\n", b->name,
                      cmd);
    }
    *lan966x_block_reg(b, 0, ANA_MACACCESS) = access & ~MACACCESS_CMD_MASK;
}

static int64_t ana_age_period(Lan966xAna *s)
{
    return (int64_t)ANA_AGE_PERIOD(ana_reg(s, ANA_AUTOAGE)) *
           NANOSECONDS_PER_SECOND;
}

static void ana_restart_age(Lan966xAna *s)
{
    int64_t period = ana_age_period(s);

    if (period) {
        timer_mod(s->age, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + period);
    } else {
        timer_del(s->age);
    }
}

static void ana_age(void *opaque)
{
    Lan966xAna *s = opaque;
    bool changed = lan966x_mact_age(&s->mact);

    trace_lan966x_ana_age(LAN966X_BLOCK(s)->name, changed);
    if (changed) {
        lan966x_ana_notify(s);
    }
    ana_restart_age(s);
}

/* --- VLAN table --- */

static void ana_vlan_command(Lan966xAna *s, uint32_t val)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    uint32_t *mask = lan966x_block_reg(b, 0, ANA_VLAN_PORT_MASK);
    uint32_t *index = lan966x_block_reg(b, 0, ANA_VLANTIDX);
    uint16_t *vlan = &s->vlan[VLANTIDX_INDEX(*index)];

    switch (VLANACCESS_CMD(val)) {
    case VLAN_CMD_READ:
        *mask = *vlan & ~ANA_VLAN_CPU_DIS;
        *index &= ~VLANTIDX_CPU_DIS;
        *index |= *vlan & ANA_VLAN_CPU_DIS ? VLANTIDX_CPU_DIS : 0;
        break;
    case VLAN_CMD_WRITE:
        *vlan = *mask & MAKE_64BIT_MASK(0, ANA_PORTS);
        *vlan |= *index & VLANTIDX_CPU_DIS ? ANA_VLAN_CPU_DIS : 0;
        trace_lan966x_ana_vlan(b->name, VLANTIDX_INDEX(*index), *vlan);
        break;
    case VLAN_CMD_INIT:
        for (unsigned vid = 0; vid < ANA_VLANS; vid++) {
            s->vlan[vid] = MAKE_64BIT_MASK(0, ANA_PORTS);
        }
        break;
    }
    *lan966x_block_reg(b, 0, ANA_VLANACCESS) = 0;
}

/* --- registers --- */

/* Policers, the tables' group, port groups, ports, common and aggregation */
static bool ana_is_listed(uint32_t off)
{
    return (off >= 0x4000 && off < ANA_PGID(ANA_PGIDS)) ||
           (off >= ANA_VLAN_CFG(0) && off < 0x7b8c);
}

static uint32_t ana_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    if (!ana_is_listed(off)) {
        return lan966x_block_unlisted_read(b, win, off);
    }
    return *lan966x_block_reg(b, win, off);
}

static void ana_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    Lan966xAna *s = LAN966X_ANA(b);

    if (!ana_is_listed(off)) {
        lan966x_block_unlisted_write(b, win, off, val);
        return;
    }
    *lan966x_block_reg(b, win, off) = val;
    switch (off) {
    case ANA_MACACCESS:
        ana_mac_command(s, val);
        break;
    case ANA_MACTINDX:
        lan966x_mact_scan(&s->mact, MACTINDX_ROW(val));
        break;
    case ANA_VLANACCESS:
        ana_vlan_command(s, val);
        break;
    case ANA_AUTOAGE:
        ana_restart_age(s);
        break;
    case ANA_ANAINTR:
        if (s->mact.nr_changed) {
            *lan966x_block_reg(b, win, off) |= ANA_INTR;
        }
        ana_update(s);
        break;
    }
}

/*
 * The driver writes neither the groups of single ports, which it uses for the
 * stations it enters, nor the masks of aggregation codes before there is a
 * LAG: so these come out of reset ready for use.
 */
static void ana_reset(Lan966xBlock *b)
{
    Lan966xAna *s = LAN966X_ANA(b);

    lan966x_mact_reset(&s->mact);
    memset(s->vlan, 0, sizeof(s->vlan));
    memset(s->policed, 0, sizeof(s->policed));
    for (unsigned p = 0; p < SWITCH_PORTS; p++) {
        *lan966x_block_reg(b, 0, ANA_PGID(p)) = BIT(p);
    }
    for (unsigned i = ANA_PGID_AGGR; i < ANA_PGID_SRC; i++) {
        *lan966x_block_reg(b, 0, ANA_PGID(i)) = MAKE_64BIT_MASK(0, ANA_PORTS);
    }
    *lan966x_block_reg(b, 0, ANA_PGID(ANA_PGID_SRC + SWITCH_CPU_PORT)) =
        MAKE_64BIT_MASK(0, ANA_PORTS);
}

static void ana_reset_update(Lan966xBlock *b)
{
    ana_restart_age(LAN966X_ANA(b));
    ana_update(LAN966X_ANA(b));
}

static void ana_init(Object *obj)
{
    Lan966xAna *s = LAN966X_ANA(obj);

    s->age = timer_new_ns(QEMU_CLOCK_VIRTUAL, ana_age, s);
    lan966x_block_init_irq(LAN966X_BLOCK(obj), &s->irq);
}

static void ana_unrealize(DeviceState *dev)
{
    timer_del(LAN966X_ANA(dev)->age);
}

static void ana_finalize(Object *obj)
{
    timer_free(LAN966X_ANA(obj)->age);
}

static const VMStateDescription vmstate_ana = {
    .name = TYPE_LAN966X_ANA,
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xAna),
        VMSTATE_STRUCT(mact, Lan966xAna, 1, vmstate_lan966x_mact, Lan966xMact),
        VMSTATE_UINT16_ARRAY(vlan, Lan966xAna, ANA_VLANS),
        VMSTATE_TIMER_PTR(age, Lan966xAna),
        VMSTATE_INT64_ARRAY(policed, Lan966xAna, ANA_PORTS),
        VMSTATE_END_OF_LIST()
    }
};

static void ana_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    dc->unrealize = ana_unrealize;
    dc->vmsd = &vmstate_ana;
    bc->window_size[0] = ANA_SIZE;
    bc->read = ana_read;
    bc->write = ana_write;
    bc->reset = ana_reset;
    bc->update = ana_reset_update;
}

static const TypeInfo ana_type = {
    .name = TYPE_LAN966X_ANA,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xAna),
    .instance_init = ana_init,
    .instance_finalize = ana_finalize,
    .class_init = ana_class_init,
};

static void ana_register_types(void)
{
    type_register_static(&ana_type);
}

type_init(ana_register_types)
