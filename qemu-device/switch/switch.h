/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The switch core: what its blocks share, and the way of a frame through them.
 *
 *   NIC -> switch.c: queue -> port.c -> switch.c -> ana.c: which ports and tags
 *                       |-> rew.c (tags) -> port.c -> NIC
 *                       '-> qs.c or fdma.c -> the driver
 *   the driver -> qs.c or fdma.c -> switch.c -> rew.c -> port.c -> NIC
 *
 * A frame in here has neither preamble nor FCS; its length on the wire, which
 * the counters and limits use, is SWITCH_FCS longer.
 */

#ifndef LAN966X_SWITCH_H
#define LAN966X_SWITCH_H

#include "net/eth.h"
#include "hw/pci/pci_device.h"
#include "net/net.h"
#include "../soc/block.h"

#define SWITCH_PORTS 8          /* of the chip */
#define SWITCH_NICS 4           /* of them on the card's front */
#define SWITCH_CPU_PORT 8
#define SWITCH_FCS 4
#define SWITCH_MIN_FRAME 60
#define SWITCH_MAX_FRAME (0x3fff - SWITCH_FCS)  /* what fits the IFH's LEN */
#define SWITCH_IFH 28

/* Frames from backends that wait for the switch */
#define SWITCH_ARRIVALS 64

/* A frame as it came from a port's backend */
typedef struct Lan966xArrival {
    unsigned port;
    size_t len;
    uint8_t *data;
} Lan966xArrival;

struct Lan966xSwitch {
    Lan966xBlock *ana;
    Lan966xBlock *es0;
    Lan966xBlock *fdma;
    Lan966xBlock *gpio;
    Lan966xBlock *iatu;
    Lan966xBlock *is1;
    Lan966xBlock *is2;
    Lan966xBlock *miim;         /* of the internal PHYs */
    Lan966xBlock *port[SWITCH_PORTS];
    Lan966xBlock *ptp;
    Lan966xBlock *qs;
    Lan966xBlock *qsys;
    Lan966xBlock *rew;
    Lan966xBlock *sys;
    MACAddr mac;                /* of the card; that of port n is n + 1 more */
    PCIDevice *pci;             /* by which the card reaches the host */
    bool dark;
    Lan966xArrival arrival[SWITCH_ARRIVALS];    /* ring */
    unsigned arrival_head;
    unsigned arrivals;
    QEMUBH *work;               /* NULL: the card is not there (any more) */
    bool guest_time;            /* work is done by the guest's clock */
    QEMUTimer *later;           /* that is for then */
    bool *busy;                 /* the card's guard against itself */
};

/* The internal frame header, in front of a frame from or to the driver */
typedef struct Lan966xIfh {
    uint32_t timestamp;
    bool bypass;
    bool masq;
    uint8_t masq_port;
    uint16_t len;
    uint16_t rew_cmd;
    uint8_t pdu_type;
    uint8_t srcport;
    uint32_t tci;               /* bit 16: S-tag */
    uint8_t qos;
    uint8_t cpuq;
    uint16_t dsts;
} Lan966xIfh;

/* What the analyser says about a frame */
typedef struct Lan966xVerdict {
    uint32_t ports;             /* bit 8: the CPU */
    uint32_t tci;
    uint8_t pop;                /* tags to take off on the way out */
    uint8_t prio;
    uint8_t srcport;            /* SWITCH_CPU_PORT: from the driver */
    uint8_t isdx;               /* what rules of IS1 say of it */
} Lan966xVerdict;

/* --- switch.c --- */

/* realize: of the card, before that of the blocks */
void lan966x_switch_realize(Lan966xSwitch *sw, DeviceState *card);
void lan966x_switch_unrealize(Lan966xSwitch *sw);

/* Whether the card is there: any DMA or message may have unplugged it */
bool lan966x_switch_alive(Lan966xSwitch *sw);

/* Have the main loop do what is due: arrivals, injection, full backends */
void lan966x_switch_schedule(Lan966xSwitch *sw);

/* A frame from a backend is queued. False: no room, offer it again later */
bool lan966x_switch_arrive(Lan966xSwitch *sw, unsigned port,
                           const uint8_t *data, size_t len);

/* Whether an injected frame might find a backend that takes no more */
bool lan966x_switch_stalled(Lan966xSwitch *sw);

/* A frame from a MAC. Takes any length, consumes it in any case */
void lan966x_switch_receive(Lan966xSwitch *sw, unsigned port,
                            const uint8_t *data, size_t len);

/* A frame with IFH from the driver, without FCS */
void lan966x_switch_inject(Lan966xSwitch *sw, const uint8_t *data, size_t len);

/* Whether the port gets frames out */
bool lan966x_switch_can_send(Lan966xSwitch *sw, unsigned port);

void lan966x_ifh_get(Lan966xIfh *ifh, const uint8_t *bytes);
void lan966x_ifh_put(const Lan966xIfh *ifh, uint8_t *bytes);

/* --- ana.c --- */

/* Classify and learn; ports without the ingress port. False: drop, counted */
bool lan966x_ana_forward(Lan966xBlock *b, unsigned port, const uint8_t *data,
                         size_t len, Lan966xVerdict *v);

/* Whether the driver has opened the port for reception */
bool lan966x_ana_receives(Lan966xBlock *b, unsigned port);

/* --- fdma.c, qs.c: IFH, frame and FCS to the driver. False: no room --- */

bool lan966x_fdma_extract(Lan966xBlock *b, const uint8_t *data, size_t len);
/* Go on with injection, which a full backend may have held up */
void lan966x_fdma_resume(Lan966xBlock *b);
bool lan966x_qs_extract(Lan966xBlock *b, const uint8_t *data, size_t len);

/* Which of the two, QS_MODE_*, for a group; 0 if neither */
unsigned lan966x_qs_xtr_mode(Lan966xBlock *b);
unsigned lan966x_qs_inj_mode(Lan966xBlock *b);

/* --- cages.c --- */

/* Whether the port has an SFP cage; only then the others mean anything */
bool lan966x_cage_exists(unsigned port);
/* Light comes in, or none does: the line los */
void lan966x_cage_light(Lan966xSwitch *sw, unsigned port, bool light);
/* Whether the module sends: not while the guest holds tx-disable */
bool lan966x_cage_emits(Lan966xSwitch *sw, unsigned port);

/* --- port.c --- */

bool lan966x_port_link(Lan966xBlock *b);
/* False: lost, the port is not up */
bool lan966x_port_send(Lan966xBlock *b, const uint8_t *data, size_t len,
                       unsigned prio);
/* What the backend has been holding back may arrive now */
void lan966x_port_flush(Lan966xBlock *b);
/* A frame that has arrived, of any length */
void lan966x_port_receive(Lan966xBlock *b, const uint8_t *data, size_t len);
/* Whether the backend has let as many frames pile up as a port keeps */
bool lan966x_port_stalled(Lan966xBlock *b);

/* A module went into the cage of the port, or out of it */
void lan966x_port_set_module(Lan966xBlock *b, bool present);

/* The cable: property link<n> of the card */
bool lan966x_port_cable(Lan966xBlock *b, unsigned n);
void lan966x_port_set_cable(Lan966xBlock *b, unsigned n, bool up);

/* --- ptp.c --- */

/* Time of a domain now: ns within the second, in the form of IFH.TIMESTAMP */
uint32_t lan966x_ptp_stamp(Lan966xBlock *b, unsigned domain);

/*
 * Write the clock's time into a PTP message as that of its origin, and have the
 * checksum of UDP right. What is no such message, by the kind of PDU that its
 * header told, stays as it is.
 */
void lan966x_ptp_write_origin(Lan966xBlock *b, unsigned domain, uint8_t *data,
                              size_t len, unsigned pdu);

/* A frame with two-step command and this id has left the port */
void lan966x_ptp_sent(Lan966xBlock *b, unsigned port, uint32_t id);

/* A domain's time in ns; seconds that 32 bits do not hold are left out */
int64_t lan966x_ptp_ns(Lan966xBlock *b, unsigned domain);

/* In how much of the machine's time it goes on by ns; 0: it does not */
uint64_t lan966x_ptp_machine_ns(Lan966xBlock *b, unsigned domain, uint64_t ns);

/* --- qsys.c --- */

/*
 * When the gate of a port's queue lets a frame of so many bytes with FCS pass:
 * now, which is the caller's, or later in virtual time, INT64_MAX if it does
 * not open.
 */
int64_t lan966x_qsys_ready(Lan966xBlock *b, unsigned port, unsigned queue,
                           size_t len, int64_t now);

/* --- rew.c --- */

/* Out of port: pop tags, push one if so configured. False: lost */
bool lan966x_rew_send(Lan966xBlock *b, unsigned port, const uint8_t *data,
                      size_t len, const Lan966xVerdict *v);

/* --- sys.c --- */

bool lan966x_sys_enabled(Lan966xBlock *b);
void lan966x_sys_count(Lan966xBlock *b, unsigned port, unsigned counter,
                       uint32_t n);

/* A frame of len bytes on the wire that a rule of ES0 counts by this number */
void lan966x_sys_count_rule(Lan966xBlock *b, uint8_t esdx, size_t len);

/*
 * A frame of len bytes on the wire: octets, kind of destination and size, from
 * the counter octets (RX or TX) on. What is not well-formed is not for here.
 */
void lan966x_sys_count_frame(Lan966xBlock *b, unsigned port, unsigned octets,
                             const uint8_t *data, size_t len);

#endif /* LAN966X_SWITCH_H */
