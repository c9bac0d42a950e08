/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gates of the ports' queues, which lists open and shut by the clock. */

#ifndef LAN966X_TAS_H
#define LAN966X_TAS_H

#include "switch.h"

#define TAS_LISTS 32
#define TAS_LIST_REGS 16
#define TAS_ENTRIES 256
#define TAS_ENTRY_REGS 4

typedef struct Lan966xTas {
    uint32_t list[TAS_LISTS][TAS_LIST_REGS];
    uint32_t entry[TAS_ENTRIES][TAS_ENTRY_REGS];
    uint8_t gates[SWITCH_PORTS];        /* of a port that no list is for */
} Lan966xTas;

/* Whether a register of the queue system is one of these */
bool lan966x_tas_has(uint32_t off);
uint32_t lan966x_tas_read(Lan966xBlock *qsys, Lan966xTas *t, uint32_t off);
void lan966x_tas_write(Lan966xBlock *qsys, Lan966xTas *t, uint32_t off,
                       uint32_t val);
void lan966x_tas_reset(Lan966xTas *t);

/*
 * The virtual time at which a frame of so many bytes on the wire may leave by a
 * queue of the port: here, which is the caller's now, later, or INT64_MAX while
 * no gate of it opens. The clock goes on between two looks at it.
 */
int64_t lan966x_tas_ready(Lan966xBlock *qsys, Lan966xTas *t, unsigned port,
                          unsigned queue, size_t len, int64_t here);

extern const VMStateDescription vmstate_lan966x_tas;

#endif /* LAN966X_TAS_H */
