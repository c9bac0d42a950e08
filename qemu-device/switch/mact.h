/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The analyser's table of MAC addresses. */

#ifndef LAN966X_MACT_H
#define LAN966X_MACT_H

#include "migration/vmstate.h"
#include "net/eth.h"

#define MACT_ROWS 2048
#define MACT_COLUMNS 4
#define MACT_NO_ROW MACT_ROWS
#define MACT_LAST_GROUP 63      /* that an entry can name */

enum {
    MACT_NORMAL,
    MACT_LOCKED,
    MACT_IPV4_MC,               /* ports in bytes 1, 2 of the address */
    MACT_IPV6_MC,               /* ports in bytes 0, 1 of the address */
};

typedef struct Lan966xMac {
    uint8_t addr[ETH_ALEN];
    uint16_t vid;
    uint8_t type;
    uint8_t dest;               /* index of a port group */
    bool valid;
    bool cpu_copy;
    bool aged;                  /* not seen since the last pass */
} Lan966xMac;

typedef struct Lan966xMact {
    Lan966xMac entry[MACT_ROWS * MACT_COLUMNS];
    uint8_t changed[MACT_ROWS]; /* by itself, and not scanned since */
    uint16_t nr_changed;
    uint16_t scan_next;         /* row to look from */
    uint16_t scan_row;          /* row being returned, or MACT_NO_ROW */
    uint8_t scan_column;
} Lan966xMact;

extern const VMStateDescription vmstate_lan966x_mact;

void lan966x_mact_reset(Lan966xMact *t);

/* Where a frame to this address goes; NULL if not known */
const Lan966xMac *lan966x_mact_find(Lan966xMact *t, const uint8_t *addr,
                                    uint16_t vid);

/* The ports of an entry of a multicast type */
unsigned lan966x_mact_ports(const Lan966xMac *m);

/* A frame from this address came in. True if that changed the table */
bool lan966x_mact_learn(Lan966xMact *t, const uint8_t *addr, uint16_t vid,
                        unsigned dest);

/* One pass of ageing. True if that changed the table */
bool lan966x_mact_age(Lan966xMact *t);

/* Commands. Insert or replace an entry; remove or find one as it is written */
void lan966x_mact_insert(Lan966xMact *t, const Lan966xMac *key);
void lan966x_mact_remove(Lan966xMact *t, const Lan966xMac *key);
const Lan966xMac *lan966x_mact_get(Lan966xMact *t, const Lan966xMac *key);

/*
 * The entry that follows a key in the order of VLAN and address, whatever its
 * type; NULL after the last one.
 */
const Lan966xMac *lan966x_mact_next(Lan966xMact *t, const Lan966xMac *key);

/*
 * Scan of the changed rows. Start at a row; then each step gives the next
 * bucket of such a row, and row 0, column 3 with NULL at the end.
 */
void lan966x_mact_scan(Lan966xMact *t, unsigned row);
const Lan966xMac *lan966x_mact_scan_next(Lan966xMact *t, unsigned *row,
                                         unsigned *column);

#endif /* LAN966X_MACT_H */
