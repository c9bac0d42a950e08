/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * REW: VLAN tags of a frame on its way out of a port.
 *
 * First the tags go that the analyser said are to be popped, then the port's
 * TAG_CFG decides whether the classified VLAN is pushed, unless a rule of ES0
 * does. A tag's priority is the classified one, the port's, or mapped from the
 * frame's. DSCP stays as it is, and no rule makes up a tag of its own.
 */

#include "qemu/osdep.h"
#include "net/eth.h"
#include "../soc/types.h"
#include "switch.h"
#include "switch_regs.h"
#include "vcap.h"

#define REW_MACS (2 * ETH_ALEN)
#define REW_TAG 4

static bool rew_wants_tag(uint32_t tag_cfg, uint32_t port_vlan, unsigned vid)
{
    switch (REW_TAG_CFG_TAG(tag_cfg)) {
    case REW_TAG_NONE:
        return false;
    case REW_TAG_BUT_PORT_VID:
        return vid != 0 && vid != REW_PORT_VID(port_vlan);
    case REW_TAG_BUT_ZERO:
        return vid != 0;
    default:
        return true;
    }
}

static uint16_t rew_tpid(uint32_t tag_cfg, uint32_t port_vlan, uint32_t tci)
{
    bool s_tag = tci & BIT(16);

    switch (REW_TAG_CFG_TPID(tag_cfg)) {
    case REW_TPID_C:
        return ETH_P_VLAN;
    case REW_TPID_S:
        return ETH_P_DVLAN;
    case REW_TPID_PORT:
        return REW_PORT_TPID(port_vlan);
    default:
        return s_tag ? REW_PORT_TPID(port_vlan) : ETH_P_VLAN;
    }
}

static uint16_t rew_tci(Lan966xBlock *b, unsigned port, uint32_t tag_cfg,
                        uint32_t port_vlan, const Lan966xVerdict *v)
{
    uint32_t map = *lan966x_block_reg(b, 0, REW_PCP_DEI_CFG(port, v->prio));
    uint16_t tci = v->tci;

    switch (REW_TAG_CFG_PCP(tag_cfg)) {
    case REW_TAG_PORT:
        tci = deposit32(tci, 13, 3, port_vlan >> 13);
        break;
    case REW_TAG_MAPPED:
        tci = deposit32(tci, 13, 3, REW_MAP_PCP(map));
        break;
    }
    switch (REW_TAG_CFG_DEI(tag_cfg)) {
    case REW_TAG_PORT:
        tci = deposit32(tci, 12, 1, port_vlan >> 12);
        break;
    case REW_TAG_MAPPED:
        tci = deposit32(tci, 12, 1, REW_MAP_DEI(map));
        break;
    }
    return tci;
}

static unsigned rew_tags(const uint8_t *data, size_t len, unsigned pop)
{
    unsigned n = 0;

    while (n < pop && len >= ETH_HLEN + REW_TAG * (n + 1)) {
        uint16_t type = lduw_be_p(data + REW_MACS + REW_TAG * n);

        if (type != ETH_P_VLAN && type != ETH_P_DVLAN) {
            break;
        }
        n++;
    }
    return n;
}

/* The action of the rule of ES0 for a frame that leaves by a port, or NULL */
static const uint32_t *rew_find_rule(Lan966xBlock *b, unsigned port,
                                     const uint8_t *data,
                                     const Lan966xVerdict *v)
{
    VcapKey k = { .subwords = 1 };

    lan966x_vcap_put(&k, port, 4);
    lan966x_vcap_put(&k, v->srcport, 4);
    lan966x_vcap_put(&k, v->isdx > 0, 1);
    lan966x_vcap_put(&k, v->isdx, 8);
    lan966x_vcap_put(&k, data[0] & 1, 1);
    lan966x_vcap_put(&k, is_broadcast_ether_addr(data), 1);
    lan966x_vcap_put(&k, v->tci, 12);
    lan966x_vcap_put(&k, v->tci >> 12, 1);
    lan966x_vcap_put(&k, v->tci >> 13, 3);
    lan966x_vcap_put(&k, 0, 15);                /* DP, RTP, kind of PDU */
    return lan966x_vcap_find(b->sw->es0, &k);
}

/* Whether a rule has the frame have the tag of the port */
static bool rew_rule_wants_tag(Lan966xBlock *b, const uint32_t *rule,
                               bool port_wants)
{
    if (ES0_INNER_TAG(rule)) {
        lan966x_block_unimp_once(b->sw->es0, "inner tag");
    }
    switch (ES0_OUTER_TAG(rule)) {
    case ES0_OUTER_PORT:
        return port_wants;
    case ES0_OUTER_ES0:
        lan966x_block_unimp_once(b->sw->es0, "outer tag of a rule");
        return port_wants;
    case ES0_OUTER_FORCE_PORT:
        return true;
    default:
        return false;
    }
}

bool lan966x_rew_send(Lan966xBlock *b, unsigned port, const uint8_t *data,
                      size_t len, const Lan966xVerdict *v)
{
    uint32_t cfg = *lan966x_block_reg(b, 0, REW_PORT_CFG(port));
    uint32_t tag_cfg = *lan966x_block_reg(b, 0, REW_TAG_CFG(port));
    uint32_t port_vlan = *lan966x_block_reg(b, 0, REW_PORT_VLAN_CFG(port));
    bool rewrite = !(cfg & REW_NO_REWRITE);
    bool push = rewrite && rew_wants_tag(tag_cfg, port_vlan, v->tci & 0xfff);
    unsigned pop = rewrite ? rew_tags(data, len, v->pop) : 0;
    uint32_t stat = *lan966x_block_reg(b, 0, REW_STAT_CFG);
    g_autofree uint8_t *buf = NULL;
    const uint32_t *rule = NULL;
    uint8_t *p;

    if (cfg & REW_ES0_EN) {
        rule = rew_find_rule(b, port, data, v);
    }
    if (rule) {
        push = rewrite && rew_rule_wants_tag(b, rule, push);
        if (REW_STAT_MODE(stat) == REW_STAT_ESDX && v->isdx) {
            lan966x_sys_count_rule(b->sw->sys, ES0_ESDX(rule),
                                   len + SWITCH_FCS);
        }
    }
    if (push || pop) {
        p = buf = g_malloc(len + REW_TAG);
        p = mempcpy(p, data, REW_MACS);
        if (push) {
            stw_be_p(p, rew_tpid(tag_cfg, port_vlan, v->tci));
            stw_be_p(p + 2, rew_tci(b, port, tag_cfg, port_vlan, v));
            p += REW_TAG;
        }
        data += REW_MACS + REW_TAG * pop;
        len -= REW_MACS + REW_TAG * pop;
        memcpy(p, data, len);
        data = buf;
        len += p - buf;
    }
    return lan966x_port_send(b->sw->port[port], data, len, v->prio);
}

static void rew_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    *lan966x_block_reg(b, win, off) = val;
    if (val && off < REW_PORT_STRIDE * REW_PORTS &&
        off % REW_PORT_STRIDE == REW_DSCP_CFG(0)) {
        lan966x_block_unimp_once(b, "DSCP of a frame that leaves");
    }
}

static void rew_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    bc->window_size[0] = REW_SIZE;
    bc->write = rew_write;
}

static const TypeInfo rew_type = {
    .name = TYPE_LAN966X_REW,
    .parent = TYPE_LAN966X_BLOCK,
    .class_init = rew_class_init,
};

static void rew_register_types(void)
{
    type_register_static(&rew_type);
}

type_init(rew_register_types)
