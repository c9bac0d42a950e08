/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IS1: what a frame is, before the analyser looks where it goes.
 *
 * Each frame is looked up three times, with the number of the lookup in its
 * key. Modelled are the keys that mainline's driver selects: 5-tuples of IPv4
 * and IPv6, and the one for all other frames; no frame has another. What a rule
 * says of PAG and ISDX, by which it chooses rules of IS2 and ES0, counts. The
 * rest of an action is said once not to be modelled.
 */

#include "qemu/osdep.h"
#include "ana.h"
#include "switch_regs.h"
#include "vcap.h"

#define IS1_LOOKUPS 3

/* Types of keys: of two subwords, but for the last one, which has four */
#define IS1_TYPE_NORMAL 0
#define IS1_TYPE_5TUPLE_IP4 1
#define IS1_TYPE_5TUPLE_IP6 2

static void is1_put_tag(VcapKey *k, uint16_t type, uint16_t tci)
{
    lan966x_vcap_put(k, type != ETH_P_VLAN, 1);
    lan966x_vcap_put(k, tci, 12);
    lan966x_vcap_put(k, tci >> 12, 1);
    lan966x_vcap_put(k, tci >> 13, 3);
}

/* What all keys begin with. A frame without a tag has the port's, a guess */
static void is1_start(VcapKey *k, unsigned subwords, unsigned type,
                      unsigned lookup, const AnaFrame *f, bool ip_mc)
{
    *k = (VcapKey) { .subwords = subwords };
    lan966x_vcap_put(k, type, subwords == VCAP_MAX_SUBWORDS ? 2 : 1);
    lan966x_vcap_put(k, lookup, 2);
    lan966x_vcap_put(k, BIT(f->port), 9);
    lan966x_vcap_put(k, f->data[0] & 1, 1);
    lan966x_vcap_put(k, is_broadcast_ether_addr(f->data), 1);
    lan966x_vcap_put(k, ip_mc, 1);
    lan966x_vcap_put(k, 0, 1);                  /* R-tagged */
    lan966x_vcap_put(k, f->tagged, 1);
    lan966x_vcap_put(k, f->inner, 1);
    if (f->tagged) {
        is1_put_tag(k, f->s_tag ? ETH_P_DVLAN : ETH_P_VLAN, f->tag);
    } else {
        is1_put_tag(k, ETH_P_VLAN, f->tci);
    }
}

static void is1_normal_key(VcapKey *k, unsigned lookup, const AnaFrame *f)
{
    is1_start(k, 2, IS1_TYPE_NORMAL, lookup, f, false);
    lan966x_vcap_put_bytes(k, f->data + ETH_ALEN, ETH_ALEN);
    lan966x_vcap_put(k, f->type >= 0x600, 1);
    lan966x_vcap_put(k, f->type, 16);
    /* not IP: of its header and of what that carries there is nothing */
}

static void is1_ip4_key(VcapKey *k, unsigned lookup, const AnaFrame *f)
{
    const uint8_t *ip = f->l3;
    size_t header = 4 * (ip[0] & 0xf);
    unsigned fragment = lduw_be_p(ip + 6);
    bool first = !(fragment & 0x1fff);
    bool l4 = first && f->l3_len >= header + 4 && ana_is_tcp_udp(ip[9]);

    is1_start(k, 2, IS1_TYPE_5TUPLE_IP4, lookup, f, (ip[16] & 0xf0) == 0xe0);
    is1_put_tag(k, f->inner_type, f->inner_tag);
    lan966x_vcap_put(k, 1, 1);                  /* IP4 */
    lan966x_vcap_put(k, !first || fragment >> 13 & 1, 1);
    lan966x_vcap_put(k, !first, 1);
    lan966x_vcap_put(k, header > 20, 1);
    lan966x_vcap_put(k, ip[1] >> 2, 6);         /* DSCP */
    lan966x_vcap_put_bytes(k, ip + 16, 4);
    lan966x_vcap_put_bytes(k, ip + 12, 4);
    lan966x_vcap_put(k, ip[9], 8);
    lan966x_vcap_put(k, l4, 1);
    lan966x_vcap_put(k, l4 && ip[9] == IP_PROTO_TCP, 1);
    lan966x_vcap_put(k, 0, 8);                  /* L4_RNG */
    lan966x_vcap_put(k, l4 ? ldl_be_p(ip + header) : 0, 32);
}

static void is1_ip6_key(VcapKey *k, unsigned lookup, const AnaFrame *f)
{
    const uint8_t *ip = f->l3;
    bool l4 = f->l3_len >= 44 && ana_is_tcp_udp(ip[6]);

    is1_start(k, 4, IS1_TYPE_5TUPLE_IP6, lookup, f, ip[24] == 0xff);
    is1_put_tag(k, f->inner_type, f->inner_tag);
    lan966x_vcap_put(k, lduw_be_p(ip) >> 6, 6); /* DSCP */
    lan966x_vcap_put_bytes(k, ip + 24, 16);
    lan966x_vcap_put_bytes(k, ip + 8, 16);
    lan966x_vcap_put(k, ip[6], 8);
    lan966x_vcap_put(k, l4, 1);
    lan966x_vcap_put(k, 0, 8);                  /* L4_RNG */
    lan966x_vcap_put(k, l4 ? ldl_be_p(ip + 40) : 0, 32);
}

/* The key that a port looks up by in this lookup, if there is one */
static bool is1_key(Lan966xAna *s, VcapKey *k, unsigned lookup,
                    const AnaFrame *f)
{
    uint32_t cfg = ana_reg(s, ANA_VCAP_S1_CFG(f->port, lookup));
    bool known;

    if (f->type == ETH_P_IP && f->l3_len >= 20) {
        known = ANA_S1_IP4_CFG(cfg) == ANA_S1_IP4_5TUPLE;
        is1_ip4_key(k, lookup, f);
    } else if (f->type == ETH_P_IPV6 && f->l3_len >= 40) {
        known = ANA_S1_IP6_CFG(cfg) == ANA_S1_IP6_5TUPLE;
        is1_ip6_key(k, lookup, f);
    } else {
        known = ANA_S1_OTHER_CFG(cfg) == ANA_S1_OTHER_NORMAL;
        is1_normal_key(k, lookup, f);
    }
    if (!known) {
        lan966x_block_unimp_once(LAN966X_BLOCK(s)->sw->is1, "kind of key");
    }
    return known;
}

void lan966x_is1_apply(Lan966xAna *s, AnaFrame *f)
{
    Lan966xBlock *is1 = LAN966X_BLOCK(s)->sw->is1;
    uint32_t cfg = ana_reg(s, ANA_VCAP_CFG(f->port));

    f->pag = ANA_VCAP_PAG(cfg);
    if (!(cfg & ANA_S1_ENA)) {
        return;
    }
    for (unsigned lookup = 0; lookup < IS1_LOOKUPS; lookup++) {
        const uint32_t *action;
        VcapKey key;
        uint8_t mask;

        if (!is1_key(s, &key, lookup, f)) {
            continue;
        }
        action = lan966x_vcap_find(is1, &key);
        if (!action) {
            continue;
        }
        mask = IS1_PAG_MASK(action);
        f->pag = (f->pag & ~mask) | (IS1_PAG_VAL(action) & mask);
        f->isdx = IS1_ISDX_REPLACE(action) ? IS1_ISDX_VAL(action)
                                           : f->isdx + IS1_ISDX_VAL(action);
        if (IS1_OTHER_ACTIONS(action)) {
            lan966x_block_unimp_once(is1, "classification by a rule");
        }
    }
}
