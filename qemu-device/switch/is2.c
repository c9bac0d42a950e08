/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IS2: which of its rules a frame matches, and what they make of where it goes.
 *
 * Each frame is looked up twice, with a bit that says which time. The kind of
 * key depends on the frame and on the port's VCAP_S2_CFG. Of OAM there is the
 * key for what has none of its own, and an IPv6 frame has no key of IPv4. Of
 * the actions there are CPU_COPY_ENA and MASK_MODE "replace": traps and drops.
 */

#include "qemu/osdep.h"
#include "ana.h"
#include "switch_regs.h"
#include "vcap.h"

#define IS2_LOOKUPS 2
#define IS2_SUBWORDS VCAP_MAX_SUBWORDS

/* Types of keys: of two subwords, but for the last one, which has four */
#define IS2_TYPE_MAC_ETYPE 0
#define IS2_TYPE_MAC_LLC 1
#define IS2_TYPE_MAC_SNAP 2
#define IS2_TYPE_ARP 3
#define IS2_TYPE_IP4_TCP_UDP 4
#define IS2_TYPE_IP4_OTHER 5
#define IS2_TYPE_IP6_STD 6
#define IS2_TYPE_IP6_TCP_UDP 0
#define IS2_TYPE_IP6_OTHER 1

/* --- keys --- */

/* What all keys begin with */
static void is2_start(VcapKey *k, unsigned subwords, unsigned type,
                      unsigned lookup, const AnaFrame *f)
{
    *k = (VcapKey) { .subwords = subwords };
    lan966x_vcap_put(k, type, subwords == IS2_SUBWORDS ? 2 : 4);
    lan966x_vcap_put(k, lookup == 0, 1);
    lan966x_vcap_put(k, f->pag, 8);
    lan966x_vcap_put(k, BIT(f->port), 9);
    lan966x_vcap_put(k, f->isdx > 0, 1);
    lan966x_vcap_put(k, 0, 1);                  /* HOST_MATCH */
    lan966x_vcap_put(k, f->data[0] & 1, 1);
    lan966x_vcap_put(k, is_broadcast_ether_addr(f->data), 1);
    lan966x_vcap_put(k, f->tagged, 1);
    lan966x_vcap_put(k, f->vid, 12);
    lan966x_vcap_put(k, f->tci >> 12 & 1, 1);
    lan966x_vcap_put(k, f->tci >> 13 & 7, 3);
}

/* TCP and UDP alike: from where on addresses and ports were the same */
static void is2_put_l4(VcapKey *k, const uint8_t *l4, unsigned proto)
{
    bool tcp = proto == IP_PROTO_TCP;
    uint16_t sport = lduw_be_p(l4), dport = lduw_be_p(l4 + 2);

    lan966x_vcap_put(k, tcp, 1);
    lan966x_vcap_put(k, dport, 16);
    lan966x_vcap_put(k, sport, 16);
    lan966x_vcap_put(k, 0, 8);                  /* L4_RNG */
    lan966x_vcap_put(k, sport == dport, 1);
    lan966x_vcap_put(k, tcp && !ldl_be_p(l4 + 4), 1);
    lan966x_vcap_put(k, tcp ? l4[13] : 0, 6);   /* FIN to URG */
    lan966x_vcap_put(k, 0, 12);                 /* PTP domain, version */
}

static size_t is2_l4_length(unsigned proto)
{
    return proto == IP_PROTO_TCP ? 20 : proto == IP_PROTO_UDP ? 8 : SIZE_MAX;
}

static bool is2_mac_key(VcapKey *k, unsigned lookup, const AnaFrame *f)
{
    is2_start(k, 2, IS2_TYPE_MAC_ETYPE, lookup, f);
    lan966x_vcap_put_bytes(k, f->data, ETH_ALEN);
    lan966x_vcap_put_bytes(k, f->data + ETH_ALEN, ETH_ALEN);
    lan966x_vcap_put(k, f->type, 16);
    lan966x_vcap_put(k, 0, 4);                  /* L2_FRM_TYPE */
    lan966x_vcap_put(k, f->l3_len >= 2 ? lduw_be_p(f->l3) : 0, 16);
    lan966x_vcap_put(k, f->l3_len >= 3 ? f->l3[2] : 0, 8);
    lan966x_vcap_put(k, 0, 3);                  /* L2_PAYLOAD2 */
    return true;
}

/* What has a length where others have their type */
static bool is2_llc_key(VcapKey *k, uint32_t cfg, unsigned lookup,
                        const AnaFrame *f)
{
    static const uint8_t snap[] = { 0xaa, 0xaa, 0x03 };
    bool is_snap = f->l3_len >= 8 && !memcmp(f->l3, snap, sizeof(snap)) &&
                   !(ANA_S2_SNAP_DIS(cfg) >> lookup & 1);
    uint8_t header[5] = { };

    is2_start(k, 2, is_snap ? IS2_TYPE_MAC_SNAP : IS2_TYPE_MAC_LLC, lookup, f);
    lan966x_vcap_put_bytes(k, f->data, ETH_ALEN);
    lan966x_vcap_put_bytes(k, f->data + ETH_ALEN, ETH_ALEN);
    if (is_snap) {
        memcpy(header, f->l3 + sizeof(snap), sizeof(header));
    } else {
        memcpy(header, f->l3, MIN(sizeof(header), f->l3_len));
    }
    lan966x_vcap_put_bytes(k, header, sizeof(header));
    return true;
}

/* TCP and UDP have keys of their own, but for fragments that lack the ports */
static bool is2_ip4_key(VcapKey *k, uint32_t cfg, unsigned lookup,
                        const AnaFrame *f)
{
    const uint8_t *ip = f->l3;
    size_t header = 4 * (ip[0] & 0xf);
    unsigned fragment = lduw_be_p(ip + 6);
    bool first = !(fragment & 0x1fff);
    uint8_t payload[7] = { };
    bool l4;

    if (header < 20 || f->l3_len < header) {
        return false;
    }
    l4 = first && f->l3_len - header >= is2_l4_length(ip[9]);
    if ((l4 ? ANA_S2_IP_TCPUDP_DIS(cfg) : ANA_S2_IP_OTHER_DIS(cfg)) >> lookup &
        1) {
        return is2_mac_key(k, lookup, f);
    }
    is2_start(k, 2, l4 ? IS2_TYPE_IP4_TCP_UDP : IS2_TYPE_IP4_OTHER, lookup, f);
    lan966x_vcap_put(k, 1, 1);                  /* IP4 */
    lan966x_vcap_put(k, !first || fragment >> 13 & 1, 1);
    lan966x_vcap_put(k, !first, 1);             /* L3_FRAG_OFS_GT0 */
    lan966x_vcap_put(k, header > 20, 1);
    lan966x_vcap_put(k, ip[8] > 0, 1);
    lan966x_vcap_put(k, ip[1], 8);
    lan966x_vcap_put_bytes(k, ip + 16, 4);
    lan966x_vcap_put_bytes(k, ip + 12, 4);
    lan966x_vcap_put(k, !memcmp(ip + 12, ip + 16, 4), 1);
    if (l4) {
        is2_put_l4(k, ip + header, ip[9]);
        return true;
    }
    lan966x_vcap_put(k, ip[9], 8);
    memcpy(payload, ip + header, MIN(sizeof(payload), f->l3_len - header));
    lan966x_vcap_put_bytes(k, payload, sizeof(payload));
    return true;
}

static bool is2_arp_key(VcapKey *k, unsigned lookup, const AnaFrame *f)
{
    const uint8_t *arp = f->l3;
    unsigned op;

    if (f->l3_len < 28) {
        return false;
    }
    op = lduw_be_p(arp + 6);
    is2_start(k, 2, IS2_TYPE_ARP, lookup, f);
    lan966x_vcap_put_bytes(k, f->data + ETH_ALEN, ETH_ALEN);
    lan966x_vcap_put(k, lduw_be_p(arp) == 1, 1);    /* Ethernet, IPv4 */
    lan966x_vcap_put(k, lduw_be_p(arp + 2) == ETH_P_IP, 1);
    lan966x_vcap_put(k, arp[4] == ETH_ALEN && arp[5] == 4, 1);
    lan966x_vcap_put(k, !memcmp(arp + 18, f->data, ETH_ALEN), 1);
    lan966x_vcap_put(k, !memcmp(arp + 8, f->data + ETH_ALEN, ETH_ALEN), 1);
    lan966x_vcap_put(k, op < 1 || op > 4, 1);   /* unknown opcode */
    lan966x_vcap_put(k, op - 1, 2);
    lan966x_vcap_put_bytes(k, arp + 24, 4);
    lan966x_vcap_put_bytes(k, arp + 14, 4);
    lan966x_vcap_put(k, !memcmp(arp + 24, arp + 14, 4), 1);
    return true;
}

static bool is2_ip6_std_key(VcapKey *k, unsigned lookup, const AnaFrame *f)
{
    const uint8_t *ip = f->l3;

    is2_start(k, 2, IS2_TYPE_IP6_STD, lookup, f);
    lan966x_vcap_put(k, ip[7] > 0, 1);
    lan966x_vcap_put_bytes(k, ip + 8, 16);
    lan966x_vcap_put(k, ip[6], 8);
    return true;
}

static bool is2_ip6_key(VcapKey *k, unsigned lookup, const AnaFrame *f)
{
    const uint8_t *ip = f->l3;

    bool l4 = f->l3_len - 40 >= is2_l4_length(ip[6]);
    uint8_t payload[7] = { };

    is2_start(k, IS2_SUBWORDS, l4 ? IS2_TYPE_IP6_TCP_UDP : IS2_TYPE_IP6_OTHER,
              lookup, f);
    lan966x_vcap_put(k, ip[7] > 0, 1);
    lan966x_vcap_put(k, lduw_be_p(ip) >> 4 & 0xff, 8);
    lan966x_vcap_put_bytes(k, ip + 24, 16);
    lan966x_vcap_put_bytes(k, ip + 8, 16);
    lan966x_vcap_put(k, !memcmp(ip + 8, ip + 24, 16), 1);
    if (l4) {
        is2_put_l4(k, ip + 40, ip[6]);
        return true;
    }
    lan966x_vcap_put(k, ip[6], 8);
    memcpy(payload, ip + 40, MIN(sizeof(payload), f->l3_len - 40));
    lan966x_vcap_put_bytes(k, payload, sizeof(payload));
    return true;
}

/* The key of a frame that a port looks up by, if there is one */
static bool is2_key(Lan966xBlock *is2, VcapKey *k, uint32_t cfg,
                    unsigned lookup, const AnaFrame *f)
{
    switch (f->type) {
    case ETH_P_IP:
        if (f->l3_len < 20) {
            return false;
        }
        return is2_ip4_key(k, cfg, lookup, f);
    case ETH_P_IPV6:
        if (f->l3_len < 40) {
            return false;
        }
        switch (ANA_S2_IP6_CFG(cfg) >> 2 * lookup & 3) {
        case ANA_S2_IP6_TCPUDP_OTHER:
            return is2_ip6_key(k, lookup, f);
        case ANA_S2_IP6_STD:
            return is2_ip6_std_key(k, lookup, f);
        case ANA_S2_IP6_MAC_ETYPE:
            return is2_mac_key(k, lookup, f);
        default:
            lan966x_block_unimp_once(is2, "key of IPv4 for IPv6");
            return false;
        }
    case ETH_P_ARP:
        return ANA_S2_ARP_DIS(cfg) >> lookup & 1 ? is2_mac_key(k, lookup, f)
                                                 : is2_arp_key(k, lookup, f);
    default:
        return f->type < 0x600 ? is2_llc_key(k, cfg, lookup, f)
                               : is2_mac_key(k, lookup, f);
    }
}

/* --- actions --- */

void lan966x_is2_apply(Lan966xAna *s, const AnaFrame *f, Lan966xVerdict *v)
{
    Lan966xBlock *is2 = LAN966X_BLOCK(s)->sw->is2;
    uint32_t cfg = ana_reg(s, ANA_VCAP_S2_CFG(f->port));

    if (!(cfg & ANA_S2_ENA)) {
        return;
    }
    for (unsigned lookup = 0; lookup < IS2_LOOKUPS; lookup++) {
        const uint32_t *words;
        uint32_t action;
        VcapKey key;

        if (!is2_key(is2, &key, cfg, lookup, f)) {
            continue;
        }
        words = lan966x_vcap_find(is2, &key);
        if (!words) {
            continue;
        }
        action = words[0];
        switch (IS2_MASK_MODE(action)) {
        case IS2_MASK_KEEP:
            break;
        case IS2_MASK_REPLACE:
            v->ports = IS2_PORT_MASK(action);
            break;
        default:
            qemu_log_mask(LOG_UNIMP, "lan966x %s: mask mode %u\n", is2->name,
                          IS2_MASK_MODE(action));
        }
        if (action & IS2_OTHER_ACTIONS) {
            lan966x_block_unimp_once(is2, "mirror, police or no learning");
        }
        if (action & IS2_CPU_COPY) {
            v->ports |= BIT(SWITCH_CPU_PORT);
        }
    }
}
