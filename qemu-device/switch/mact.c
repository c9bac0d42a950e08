/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The analyser's table of MAC addresses: rows of four buckets, found by a hash.
 *
 * Valid entries are at the start of their row, which is what the driver's scan
 * expects. The hash is not that of silicon, and never gives row 0: the driver
 * files stations that it enters itself under that row and would take them for
 * gone whenever a scan returned it.
 *
 * The scan returns only what hardware learns for a front port. The driver
 * warns of any other destination, also of its own entries for the CPU.
 */

#include "qemu/osdep.h"
#include "mact.h"

#define MACT_FRONT_PORTS 8

/* The address as it appears in a frame */
static void mact_canonical(const Lan966xMac *m, uint8_t *addr)
{
    memcpy(addr, m->addr, ETH_ALEN);
    if (m->type == MACT_IPV4_MC) {
        addr[0] = 0x01;
        addr[1] = 0x00;
        addr[2] = 0x5e;
    } else if (m->type == MACT_IPV6_MC) {
        addr[0] = 0x33;
        addr[1] = 0x33;
    }
}

static Lan966xMac *mact_row(Lan966xMact *t, const uint8_t *addr, uint16_t vid)
{
    uint32_t hash = 2166136261u ^ vid;

    for (unsigned i = 0; i < ETH_ALEN; i++) {
        hash = (hash ^ addr[i]) * 16777619u;
    }
    hash ^= hash >> 15;
    return &t->entry[(1 + hash % (MACT_ROWS - 1)) * MACT_COLUMNS];
}

static Lan966xMac *mact_search(Lan966xMact *t, const uint8_t *addr,
                               uint16_t vid)
{
    Lan966xMac *row = mact_row(t, addr, vid);

    for (unsigned i = 0; i < MACT_COLUMNS && row[i].valid; i++) {
        uint8_t canonical[ETH_ALEN];

        mact_canonical(&row[i], canonical);
        if (row[i].vid == vid && !memcmp(canonical, addr, ETH_ALEN)) {
            return &row[i];
        }
    }
    return NULL;
}

static Lan966xMac *mact_search_key(Lan966xMact *t, const Lan966xMac *key)
{
    uint8_t addr[ETH_ALEN];

    mact_canonical(key, addr);
    return mact_search(t, addr, key->vid);
}

static void mact_mark(Lan966xMact *t, const Lan966xMac *m)
{
    unsigned row = (m - t->entry) / MACT_COLUMNS;

    t->nr_changed += !t->changed[row];
    t->changed[row] = true;
}

/* A bucket for an entry of this address: free, or that of the least needed */
static Lan966xMac *mact_bucket(Lan966xMact *t, const uint8_t *addr,
                               uint16_t vid)
{
    Lan966xMac *row = mact_row(t, addr, vid);
    Lan966xMac *victim = NULL;

    for (unsigned i = 0; i < MACT_COLUMNS; i++) {
        Lan966xMac *m = &row[i];

        if (!m->valid) {
            return m;
        }
        if (m->type == MACT_NORMAL && (!victim || (m->aged && !victim->aged))) {
            victim = m;
        }
    }
    return victim;
}

static void mact_delete(Lan966xMact *t, Lan966xMac *m)
{
    unsigned column = (m - t->entry) % MACT_COLUMNS;

    for (; column < MACT_COLUMNS - 1; column++, m++) {
        *m = m[1];
    }
    memset(m, 0, sizeof(*m));
}

void lan966x_mact_reset(Lan966xMact *t)
{
    memset(t, 0, sizeof(*t));
    t->scan_row = MACT_NO_ROW;
}

const Lan966xMac *lan966x_mact_find(Lan966xMact *t, const uint8_t *addr,
                                    uint16_t vid)
{
    return mact_search(t, addr, vid);
}

unsigned lan966x_mact_ports(const Lan966xMac *m)
{
    return m->type == MACT_IPV4_MC ? lduw_be_p(&m->addr[1])
                                   : lduw_be_p(&m->addr[0]);
}

bool lan966x_mact_learn(Lan966xMact *t, const uint8_t *addr, uint16_t vid,
                        unsigned dest)
{
    Lan966xMac *m = mact_search(t, addr, vid);

    if (m && (m->type != MACT_NORMAL || m->dest == dest)) {
        m->aged = false;
        return false;
    }
    if (!m) {
        m = mact_bucket(t, addr, vid);
        if (!m) {
            return false;
        }
        memset(m, 0, sizeof(*m));
        memcpy(m->addr, addr, ETH_ALEN);
        m->vid = vid;
        m->valid = true;
    }
    m->dest = dest;
    m->aged = false;
    mact_mark(t, m);
    return true;
}

bool lan966x_mact_age(Lan966xMact *t)
{
    bool changed = false;

    for (unsigned i = ARRAY_SIZE(t->entry); i-- > 0; ) {
        Lan966xMac *m = &t->entry[i];

        if (!m->valid || m->type != MACT_NORMAL) {
            continue;
        }
        if (m->aged) {
            mact_mark(t, m);
            mact_delete(t, m);
            changed = true;
        } else {
            m->aged = true;
        }
    }
    return changed;
}

void lan966x_mact_insert(Lan966xMact *t, const Lan966xMac *key)
{
    Lan966xMac *m = mact_search_key(t, key);
    uint8_t addr[ETH_ALEN];

    if (!m) {
        mact_canonical(key, addr);
        m = mact_bucket(t, addr, key->vid);
    }
    if (m) {
        *m = *key;
        m->valid = true;
    }
}

void lan966x_mact_remove(Lan966xMact *t, const Lan966xMac *key)
{
    Lan966xMac *m = mact_search_key(t, key);

    if (m) {
        mact_delete(t, m);
    }
}

const Lan966xMac *lan966x_mact_get(Lan966xMact *t, const Lan966xMac *key)
{
    return mact_search_key(t, key);
}

static int mact_compare(const Lan966xMac *a, const Lan966xMac *b)
{
    return a->vid != b->vid ? a->vid - b->vid
                            : memcmp(a->addr, b->addr, ETH_ALEN);
}

const Lan966xMac *lan966x_mact_next(Lan966xMact *t, const Lan966xMac *key)
{
    const Lan966xMac *next = NULL;

    for (unsigned i = 0; i < ARRAY_SIZE(t->entry); i++) {
        const Lan966xMac *m = &t->entry[i];

        if (m->valid && mact_compare(m, key) > 0 &&
            (!next || mact_compare(m, next) < 0)) {
            next = m;
        }
    }
    return next;
}

void lan966x_mact_scan(Lan966xMact *t, unsigned row)
{
    t->scan_next = row;
    t->scan_row = MACT_NO_ROW;
}

/* Bucket n of those that hardware has learnt in a row */
static const Lan966xMac *mact_learned(Lan966xMact *t, unsigned row, unsigned n)
{
    for (unsigned i = 0; i < MACT_COLUMNS; i++) {
        Lan966xMac *m = &t->entry[row * MACT_COLUMNS + i];

        if (m->valid && m->type == MACT_NORMAL && m->dest < MACT_FRONT_PORTS &&
            n-- == 0) {
            return m;
        }
    }
    return NULL;
}

const Lan966xMac *lan966x_mact_scan_next(Lan966xMact *t, unsigned *row,
                                         unsigned *column)
{
    if (t->scan_row < MACT_ROWS && t->scan_column < MACT_COLUMNS - 1) {
        t->scan_column++;
    } else {
        while (t->scan_next < MACT_ROWS && !t->changed[t->scan_next]) {
            t->scan_next++;
        }
        if (t->scan_next >= MACT_ROWS) {
            t->scan_row = MACT_NO_ROW;
            *row = 0;
            *column = MACT_COLUMNS - 1;
            return NULL;
        }
        t->changed[t->scan_next] = false;
        t->nr_changed--;
        t->scan_row = t->scan_next++;
        t->scan_column = 0;
    }
    *row = t->scan_row;
    *column = t->scan_column;
    return mact_learned(t, t->scan_row, t->scan_column);
}

/* The scan, the count and the groups are what a stream could get wrong */
static int mact_post_load(void *opaque, int version_id)
{
    Lan966xMact *t = opaque;

    t->nr_changed = 0;
    for (unsigned i = 0; i < MACT_ROWS; i++) {
        t->nr_changed += !!t->changed[i];
    }
    if (t->scan_column >= MACT_COLUMNS) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(t->entry); i++) {
        if (t->entry[i].dest > MACT_LAST_GROUP) {
            return -EINVAL;
        }
    }
    return 0;
}

static const VMStateDescription vmstate_lan966x_mac = {
    .name = "lan966x-mac",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8_ARRAY(addr, Lan966xMac, ETH_ALEN),
        VMSTATE_UINT16(vid, Lan966xMac),
        VMSTATE_UINT8(type, Lan966xMac),
        VMSTATE_UINT8(dest, Lan966xMac),
        VMSTATE_BOOL(valid, Lan966xMac),
        VMSTATE_BOOL(cpu_copy, Lan966xMac),
        VMSTATE_BOOL(aged, Lan966xMac),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_lan966x_mact = {
    .name = "lan966x-mact",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = mact_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(entry, Lan966xMact, MACT_ROWS * MACT_COLUMNS, 1,
                             vmstate_lan966x_mac, Lan966xMac),
        VMSTATE_UINT8_ARRAY(changed, Lan966xMact, MACT_ROWS),
        VMSTATE_UINT16(scan_next, Lan966xMact),
        VMSTATE_UINT16(scan_row, Lan966xMact),
        VMSTATE_UINT8(scan_column, Lan966xMact),
        VMSTATE_END_OF_LIST()
    }
};
