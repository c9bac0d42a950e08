/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The analyser's decision: VLAN and priority of a frame, learning, and the
 * ports that it leaves by.
 *
 * The CPU's bit is taken from the port group alone, not from the mask of the
 * source port: those are 0 while ports are not bridged, yet the CPU has to get
 * its frames.
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "../trace.h"
#include "ana.h"
#include "switch_regs.h"

#define TAG_LEN 4
#define MAX_TAGS 2

static bool ana_is_tag(uint16_t type)
{
    return type == ETH_P_VLAN || type == ETH_P_DVLAN;
}

static AnaFrame ana_parse(unsigned port, const uint8_t *data, size_t len)
{
    AnaFrame f = { .port = port, .data = data, .len = len };
    size_t off = 2 * ETH_ALEN;

    f.type = lduw_be_p(data + off);
    for (unsigned n = 0; n < MAX_TAGS && ana_is_tag(f.type) &&
         len >= off + TAG_LEN + 2; n++) {
        if (n == 0) {
            f.tagged = true;
            f.s_tag = f.type == ETH_P_DVLAN;
            f.tag = lduw_be_p(data + off + 2);
        } else {
            f.inner = true;
            f.inner_type = f.type;
            f.inner_tag = lduw_be_p(data + off + 2);
        }
        off += TAG_LEN;
        f.type = lduw_be_p(data + off);
    }
    f.l3 = data + off + 2;
    f.l3_len = len - off - 2;
    return f;
}

/* --- classification --- */

/* The first six bits of what IPv4 calls TOS and IPv6 traffic class, or -1 */
static int ana_dscp(const AnaFrame *f)
{
    if (f->type == ETH_P_IP && f->l3_len >= 20) {
        return f->l3[1] >> 2;
    }
    if (f->type == ETH_P_IPV6 && f->l3_len >= 40) {
        return lduw_be_p(f->l3) >> 6 & 0x3f;
    }
    return -1;
}

/* The port's default, by the tag, or by a trusted DSCP */
static unsigned ana_priority(Lan966xAna *s, const AnaFrame *f)
{
    uint32_t qos = ana_reg(s, ANA_QOS_CFG(f->port));
    unsigned prio = ANA_QOS_DEFAULT(qos);
    int dscp = ana_dscp(f);

    if (qos & ANA_QOS_PCP_ENA && f->tagged) {
        unsigned pcp_dei = (f->tag >> 13) | (f->tag >> 12 & 1) << 3;

        prio = ana_reg(s, ANA_PCP_DEI_CFG(f->port, pcp_dei)) & 7;
    }
    if (qos & ANA_QOS_DSCP_ENA && dscp >= 0) {
        uint32_t map = ana_reg(s, ANA_DSCP_CFG(dscp));

        if (map & ANA_DSCP_TRUST) {
            prio = ANA_DSCP_QOS(map);
        }
    }
    return prio;
}

static bool ana_classify(Lan966xAna *s, AnaFrame *f, Lan966xVerdict *v)
{
    uint32_t cfg = ana_reg(s, ANA_VLAN_CFG(f->port));
    uint32_t drop = ana_reg(s, ANA_DROP_CFG(f->port));
    bool prio_tagged = f->tagged && !(f->tag & 0xfff);

    v->tci = ANA_VLAN_TCI(cfg);
    if (cfg & ANA_VLAN_AWARE) {
        v->pop = ANA_VLAN_POP_CNT(cfg);
        if (f->tagged) {
            v->tci = f->tag | (f->s_tag ? BIT(16) : 0);
            if (prio_tagged) {
                v->tci |= ANA_VLAN_TCI(cfg) & 0xfff;
            }
        }
    }
    f->tci = v->tci;
    f->vid = v->tci & 0xfff;
    v->prio = ana_priority(s, f);
    return !((drop & ANA_DROP_MC_SMAC && f->data[ETH_ALEN] & 1) ||
             (drop & ANA_DROP_UNTAGGED && !f->tagged) ||
             (drop & (f->s_tag ? ANA_DROP_PRIO_S_TAGGED
                               : ANA_DROP_PRIO_C_TAGGED) && prio_tagged));
}

/*
 * The policer of a port, the first nine of all: frames pass while the traffic
 * is not ahead of its rate by a burst. Rates are in units of 33 1/3 kbit/s,
 * bursts in 4096 bytes. Which bytes count on silicon (FRM_MODE) is a guess.
 */
static bool ana_police(Lan966xAna *s, const AnaFrame *f)
{
    uint32_t cfg = ana_reg(s, ANA_POL_PIR_CFG(f->port));
    int64_t rate = ANA_POL_PIR_RATE(cfg);
    int64_t ns_per_unit = 8 * NANOSECONDS_PER_SECOND * 3 / 100000;
    int64_t burst = 4096 * (int64_t)ANA_POL_PIR_BURST(cfg);
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    int64_t at = MAX(s->policed[f->port], now);

    if (!(ana_reg(s, ANA_POL_CFG(f->port)) & ANA_PORT_POL_ENA)) {
        return true;
    }
    if (!rate || at - now >= burst * ns_per_unit / rate) {
        return false;
    }
    s->policed[f->port] = at + (int64_t)(f->len + SWITCH_FCS) * ns_per_unit /
                          rate;
    return true;
}

static void ana_learn(Lan966xAna *s, const AnaFrame *f)
{
    uint32_t cfg = ana_reg(s, ANA_PORT_CFG(f->port));
    const uint8_t *smac = f->data + ETH_ALEN;

    if (!(cfg & ANA_LEARN) || !(cfg & ANA_LEARNAUTO) || smac[0] & 1 ||
        !lan966x_mact_learn(&s->mact, smac, f->vid, ANA_PORTID(cfg))) {
        return;
    }
    trace_lan966x_ana_learn(LAN966X_BLOCK(s)->name, f->port, f->vid,
                            lduw_be_p(smac), ldl_be_p(smac + 2));
    lan966x_ana_notify(s);
}

/* --- multicast of IP --- */

static bool ana_is_ip4_mc(const AnaFrame *f)
{
    return f->type == ETH_P_IP && f->data[0] == 0x01 && f->data[1] == 0x00 &&
           f->data[2] == 0x5e && f->l3_len >= 20;
}

static bool ana_is_ip6_mc(const AnaFrame *f)
{
    return f->type == ETH_P_IPV6 && f->data[0] == 0x33 &&
           f->data[1] == 0x33 && f->l3_len >= 40;
}

/* 224.0.0.x or ff02::x */
static bool ana_is_mc_control(const AnaFrame *f)
{
    static const uint8_t ip4_control[] = { 224, 0, 0 };

    return ana_is_ip4_mc(f) ? !memcmp(f->l3 + 16, ip4_control, 3)
                            : lduw_be_p(f->l3 + 24) == 0xff02;
}

static bool ana_is_igmp(const AnaFrame *f)
{
    return ana_is_ip4_mc(f) && f->l3[9] == 2;
}

/* ICMPv6 types 130 to 132 and 143 behind a hop-by-hop header */
static bool ana_is_mld(const AnaFrame *f)
{
    size_t off = 40;
    uint8_t type;

    if (!ana_is_ip6_mc(f) || f->l3[6] != 0 || f->l3_len < off + 8 ||
        f->l3[off] != 58) {
        return false;
    }
    off += 8 * (f->l3[off + 1] + 1);
    if (f->l3_len <= off) {
        return false;
    }
    type = f->l3[off];
    return (type >= 130 && type <= 132) || type == 143;
}

/* --- destination --- */

/* A frame that only the CPU gets */
static bool ana_is_redirected(Lan966xAna *s, const AnaFrame *f)
{
    static const uint8_t bpdu[] = { 0x01, 0x80, 0xc2, 0x00, 0x00 };
    uint32_t cfg = ana_reg(s, ANA_CPU_FWD_CFG(f->port));

    if (!memcmp(f->data, bpdu, sizeof(bpdu)) && f->data[5] < 16 &&
        ana_reg(s, ANA_CPU_FWD_BPDU_CFG(f->port)) & BIT(f->data[5])) {
        return true;
    }
    return (cfg & ANA_IGMP_REDIR && ana_is_igmp(f)) ||
           (cfg & ANA_MLD_REDIR && ana_is_mld(f));
}

/* The port group for a destination that is not in the table */
static unsigned ana_flood_group(Lan966xAna *s, const AnaFrame *f, unsigned prio)
{
    uint32_t flooding = ana_reg(s, ANA_FLOODING(prio));
    uint32_t ipmc = ana_reg(s, ANA_FLOODING_IPMC);

    if (!(f->data[0] & 1)) {
        return ANA_FLD_UNICAST(flooding);
    }
    if (is_broadcast_ether_addr(f->data)) {
        return ANA_FLD_BROADCAST(flooding);
    }
    if (ana_is_ip4_mc(f)) {
        return ana_is_mc_control(f) ? ANA_FLD_MC4_CTRL(ipmc)
                                    : ANA_FLD_MC4_DATA(ipmc);
    }
    if (ana_is_ip6_mc(f)) {
        return ana_is_mc_control(f) ? ANA_FLD_MC6_CTRL(ipmc)
                                    : ANA_FLD_MC6_DATA(ipmc);
    }
    return ANA_FLD_MULTICAST(flooding);
}

static unsigned ana_xor(const uint8_t *data, size_t len)
{
    unsigned hash = 0;

    for (size_t i = 0; i < len; i++) {
        hash ^= data[i] ^ data[i] >> 4;
    }
    return hash;
}

/* Which member of a LAG a frame takes: 16 codes, hashed as on no silicon */
static unsigned ana_aggr_code(Lan966xAna *s, const AnaFrame *f)
{
    uint32_t cfg = ana_reg(s, ANA_AGGR_CFG);
    unsigned hash = 0;

    if (cfg & ANA_AC_DMAC) {
        hash ^= ana_xor(f->data, ETH_ALEN);
    }
    if (cfg & ANA_AC_SMAC) {
        hash ^= ana_xor(f->data + ETH_ALEN, ETH_ALEN);
    }
    if (f->type == ETH_P_IP && f->l3_len >= 20) {
        size_t header = 4 * (f->l3[0] & 0xf);

        if (cfg & ANA_AC_IP4_SIPDIP) {
            hash ^= ana_xor(f->l3 + 12, 8);
        }
        if (cfg & ANA_AC_IP4_TCPUDP && ana_is_tcp_udp(f->l3[9]) &&
            f->l3_len >= header + 4) {
            hash ^= ana_xor(f->l3 + header, 4);
        }
    } else if (f->type == ETH_P_IPV6 && f->l3_len >= 40) {
        if (cfg & ANA_AC_IP6_FLOW_LBL) {
            hash ^= ana_xor(f->l3 + 1, 3);
        }
        if (cfg & ANA_AC_IP6_TCPUDP && ana_is_tcp_udp(f->l3[6]) &&
            f->l3_len >= 44) {
            hash ^= ana_xor(f->l3 + 40, 4);
        }
    }
    return hash % (ANA_PGID_SRC - ANA_PGID_AGGR);
}

static unsigned ana_destinations(Lan966xAna *s, const AnaFrame *f,
                                 unsigned prio)
{
    const Lan966xMac *m = lan966x_mact_find(&s->mact, f->data, f->vid);
    unsigned vlan = s->vlan[f->vid];
    unsigned ports, group;
    bool cpu = false;

    if (m && m->type >= MACT_IPV4_MC) {
        ports = lan966x_mact_ports(m) & MAKE_64BIT_MASK(0, SWITCH_PORTS);
    } else {
        group = m ? m->dest : ana_flood_group(s, f, prio);
        ports = ana_reg(s, ANA_PGID(group));
        cpu = ports & BIT(SWITCH_CPU_PORT) &&
              !(vlan & ANA_VLAN_CPU_DIS &&
                ana_reg(s, ANA_PGID_CFG(group)) & ANA_OBEY_VLAN);
    }
    cpu |= m && m->cpu_copy;
    ports &= MAKE_64BIT_MASK(0, SWITCH_PORTS) & vlan &
             ana_reg(s, ANA_PGID(ANA_PGID_SRC + f->port)) &
             ana_reg(s, ANA_PGID(ANA_PGID_AGGR + ana_aggr_code(s, f))) &
             ~BIT(f->port);
    return ports | (cpu ? BIT(SWITCH_CPU_PORT) : 0);
}

static unsigned ana_mirror(Lan966xAna *s, const AnaFrame *f, unsigned ports)
{
    bool mirror = ana_reg(s, ANA_PORT_CFG(f->port)) & ANA_SRC_MIRROR ||
                  ana_reg(s, ANA_EMIRRORPORTS) & ports;

    return mirror ? ana_reg(s, ANA_MIRRORPORTS) &
                    MAKE_64BIT_MASK(0, ANA_PORTS) : 0;
}

bool lan966x_ana_receives(Lan966xBlock *b, unsigned port)
{
    return ana_reg(LAN966X_ANA(b), ANA_PORT_CFG(port)) & ANA_RECV;
}

bool lan966x_ana_forward(Lan966xBlock *b, unsigned port, const uint8_t *data,
                         size_t len, Lan966xVerdict *v)
{
    Lan966xAna *s = LAN966X_ANA(b);
    AnaFrame f = ana_parse(port, data, len);
    uint32_t cpu_fwd = ana_reg(s, ANA_CPU_FWD_CFG(port));
    bool member;

    if (!ana_classify(s, &f, v)) {
        lan966x_sys_count(b->sw->sys, port, CNT_RX_CAT_DROP, 1);
        trace_lan966x_switch_drop(port, len, "kind of frame not accepted");
        return false;
    }
    lan966x_is1_apply(s, &f);
    v->isdx = f.isdx;
    if (!ana_police(s, &f)) {
        lan966x_sys_count(b->sw->sys, port, CNT_RX_RED(v->prio), 1);
        trace_lan966x_switch_drop(port, len, "ahead of its rate");
        return false;
    }
    if (ana_is_redirected(s, &f)) {
        v->ports = BIT(SWITCH_CPU_PORT) | ana_mirror(s, &f, 0);
        return true;
    }
    member = !(ana_reg(s, ANA_VLANMASK) & BIT(port)) ||
             s->vlan[f.vid] & BIT(port);
    if (member || !(ana_reg(s, ANA_ADVLEARN) & ANA_VLAN_CHK)) {
        ana_learn(s, &f);
    }
    if (!member) {
        lan966x_sys_count(b->sw->sys, port, CNT_RX_CAT_DROP, 1);
        trace_lan966x_switch_drop(port, len, "not a member of the VLAN");
        return false;
    }
    v->ports = ana_destinations(s, &f, v->prio);
    if (cpu_fwd & ANA_SRC_COPY ||
        (cpu_fwd & ANA_IPMC_CTRL_COPY &&
         (ana_is_ip4_mc(&f) || ana_is_ip6_mc(&f)) && ana_is_mc_control(&f))) {
        v->ports |= BIT(SWITCH_CPU_PORT);
    }
    lan966x_is2_apply(s, &f, v);
    v->ports |= ana_mirror(s, &f, v->ports);
    return true;
}
