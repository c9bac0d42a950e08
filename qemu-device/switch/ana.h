/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The analyser: state that its registers and its decisions share. */

#ifndef LAN966X_ANA_H
#define LAN966X_ANA_H

#include "../soc/types.h"
#include "mact.h"
#include "switch.h"
#include "switch_regs.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xAna, LAN966X_ANA)

#define ANA_VLANS 4096
#define ANA_VLAN_CPU_DIS (1u << 15)

struct Lan966xAna {
    Lan966xBlock parent_obj;

    Lan966xMact mact;
    uint16_t vlan[ANA_VLANS];   /* ports, and ANA_VLAN_CPU_DIS */
    int64_t policed[ANA_PORTS]; /* when a port's traffic was within its rate */
    QEMUTimer *age;
    qemu_irq irq;
};

/* What the analyser looks at */
typedef struct AnaFrame {
    unsigned port;
    const uint8_t *data;
    size_t len;
    bool tagged;
    bool s_tag;
    uint16_t tag;               /* TCI of the outer tag */
    uint16_t type;              /* behind the tags */
    bool inner;                 /* there is a second tag: */
    uint16_t inner_tag;
    uint16_t inner_type;
    const uint8_t *l3;
    size_t l3_len;
    uint32_t tci;               /* of the VLAN and priority it has in here */
    unsigned vid;
    uint8_t pag;                /* by IS1, for IS2 */
    uint8_t isdx;               /* by IS1, for ES0 */
} AnaFrame;

static inline uint32_t ana_reg(Lan966xAna *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

static inline bool ana_is_tcp_udp(unsigned proto)
{
    return proto == IP_PROTO_TCP || proto == IP_PROTO_UDP;
}

/* is1.c: what the rules that a frame matches say that it is */
void lan966x_is1_apply(Lan966xAna *s, AnaFrame *f);

/* is2.c: what the rules that a frame matches make of where it goes */
void lan966x_is2_apply(Lan966xAna *s, const AnaFrame *f, Lan966xVerdict *v);

/* A row of the MAC table has changed by itself */
void lan966x_ana_notify(Lan966xAna *s);

#endif /* LAN966X_ANA_H */
