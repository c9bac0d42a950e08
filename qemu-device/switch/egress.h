/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds frames back that leave by a port: shapers, gates and pause. */

#ifndef LAN966X_EGRESS_H
#define LAN966X_EGRESS_H

#include "switch.h"

#define EGRESS_FRAMES 64
#define EGRESS_PRIOS 8
#define EGRESS_ELEMENTS (EGRESS_PRIOS + 1)      /* with shapers: and the port */

typedef struct Lan966xKept {
    uint8_t *data;
    size_t len;
    unsigned prio;
} Lan966xKept;

typedef struct Lan966xEgress {
    Lan966xBlock *port;
    Lan966xKept kept[EGRESS_FRAMES];    /* in the order that they came */
    unsigned frames;
    int64_t within[EGRESS_ELEMENTS];    /* when traffic was within its rate */
    uint64_t spent[EGRESS_PRIOS];       /* by queues that share */
    int64_t paused;                     /* nothing leaves before */
    bool vain;                          /* nothing has left since the timer */
    QEMUTimer *timer;
} Lan966xEgress;

/* instance_init and instance_finalize of a port */
void lan966x_egress_init(Lan966xEgress *e, Lan966xBlock *port);
void lan966x_egress_finalize(Lan966xEgress *e);

/* Drop what is kept; the port is reset, or goes */
void lan966x_egress_clear(Lan966xEgress *e);

/* A frame may leave now, and does: it counts for the shapers */
bool lan966x_egress_pass(Lan966xEgress *e, size_t len, unsigned prio);

/* Keep a frame that may not leave. False: no room */
bool lan966x_egress_keep(Lan966xEgress *e, const uint8_t *data, size_t len,
                         unsigned prio);

/*
 * The next frame that may leave now, or false. The caller frees its data. When
 * there is none, the switch's work is scheduled for the time when there is.
 */
bool lan966x_egress_take(Lan966xEgress *e, Lan966xKept *frame);

/* Nothing leaves for so long; 0 ends a pause */
void lan966x_egress_pause(Lan966xEgress *e, int64_t ns);

#endif /* LAN966X_EGRESS_H */
