/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * REW: VLAN tags of a frame on its way out of a port.
 *
 * First the tags go that the analyser said are to be popped, then the port's
 * TAG_CFG decides whether the classified VLAN is pushed. The mapping of
 * priorities and DSCP is not modelled: a tag carries what was classified.
 */

#include "qemu/osdep.h"
#include "net/eth.h"
#include "../soc/types.h"
#include "switch.h"
#include "switch_regs.h"

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

bool lan966x_rew_send(Lan966xBlock *b, unsigned port, const uint8_t *data,
                      size_t len, const Lan966xVerdict *v)
{
    uint32_t cfg = *lan966x_block_reg(b, 0, REW_PORT_CFG(port));
    uint32_t tag_cfg = *lan966x_block_reg(b, 0, REW_TAG_CFG(port));
    uint32_t port_vlan = *lan966x_block_reg(b, 0, REW_PORT_VLAN_CFG(port));
    bool rewrite = !(cfg & REW_NO_REWRITE);
    bool push = rewrite && rew_wants_tag(tag_cfg, port_vlan, v->tci & 0xfff);
    unsigned pop = rewrite ? rew_tags(data, len, v->pop) : 0;
    g_autofree uint8_t *buf = NULL;
    uint8_t *p;

    if (push || pop) {
        p = buf = g_malloc(len + REW_TAG);
        p = mempcpy(p, data, REW_MACS);
        if (push) {
            stw_be_p(p, rew_tpid(tag_cfg, port_vlan, v->tci));
            stw_be_p(p + 2, v->tci);
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

static void rew_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    LAN966X_BLOCK_CLASS(klass)->window_size[0] = REW_SIZE;
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
