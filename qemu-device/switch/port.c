/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DEV: MAC and PCS of a port, and the network backend behind it.
 *
 * The link of a port is up while its property link<n> is on and its backend,
 * if there is one, has its link on (set_link). Ports 0 and 1 have copper PHYs,
 * which show the link to the driver; the PCS of the others shows it itself.
 * Those have no link without a backend, or without a module in the cage.
 *
 * A PCS whose driver advertises what Cisco's SGMII does meets an SGMII PHY,
 * any other one a 1000BASE-X partner; both agree on 1 Gbit/s full duplex.
 *
 * Backends bring short frames without the padding that there is on a wire, so
 * what has at least a header is padded. pad=off is for a backend that shows the
 * wire as it is: then what is shorter than 60 bytes is a runt.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "net/eth.h"
#include "net/net.h"
#include "qemu/cutils.h"
#include "../soc/miim.h"
#include "../soc/types.h"
#include "../trace.h"
#include "egress.h"
#include "switch.h"
#include "switch_regs.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xPort, LAN966X_PORT)

/* Frames that the backend may keep, before no more are given to it */
#define PORT_PENDING 32

#define ANEG_ADV_SGMII 0x0001
#define ANEG_LP_SGMII 0xd801
#define ANEG_LP_1000BASEX 0x41a0

struct Lan966xPort {
    Lan966xBlock parent_obj;

    NICState *nic;
    NICConf conf;
    bool pad;
    bool cable;
    bool module;                /* is in the cage, if the port has one */
    bool link;
    bool link_dropped;          /* sticky, for the PCS */
    unsigned pending;           /* frames that the backend has not taken yet */
    Lan966xEgress egress;
};

static uint32_t port_reg(Lan966xPort *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

static bool port_is_copper(Lan966xPort *s)
{
    return LAN966X_BLOCK(s)->index < MIIM_PHYS;
}

static void port_update_link(Lan966xPort *s)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    bool cable = s->cable;

    if (s->nic) {
        cable &= !qemu_get_queue(s->nic)->link_down;
    }
    if (port_is_copper(s)) {
        lan966x_miim_set_link(b->sw->miim, b->index, cable);
    } else {
        cable &= s->nic && s->module;
    }
    if (lan966x_cage_exists(b->index)) {
        lan966x_cage_light(b->sw, b->index, cable);
    }
    if (cable != s->link) {
        trace_lan966x_port_link(b->name, cable);
        s->link_dropped |= !cable;
        s->link = cable;
    }
}

bool lan966x_port_link(Lan966xBlock *b)
{
    Lan966xPort *s = LAN966X_PORT(b);

    return port_is_copper(s) ? lan966x_miim_up(b->sw->miim, b->index) : s->link;
}

bool lan966x_port_cable(Lan966xBlock *b, unsigned n)
{
    return LAN966X_PORT(b)->cable;
}

void lan966x_port_set_cable(Lan966xBlock *b, unsigned n, bool up)
{
    LAN966X_PORT(b)->cable = up;
    if (DEVICE(b)->realized) {
        port_update_link(LAN966X_PORT(b));
    }
}

void lan966x_port_set_module(Lan966xBlock *b, bool present)
{
    LAN966X_PORT(b)->module = present;
    port_update_link(LAN966X_PORT(b));
}

/* --- frames --- */

/* What a frame may be longer by for its tags */
static unsigned port_tag_allowance(Lan966xPort *s, const uint8_t *data,
                                   size_t len)
{
    uint32_t cfg = port_reg(s, DEV_MAC_TAGS_CFG);
    unsigned tags = !(cfg & DEV_VLAN_AWR_ENA) ? 0 :
                    cfg & DEV_VLAN_DBL_AWR_ENA ? 2 : 1;
    unsigned n = 0;

    while (n < tags && len >= ETH_HLEN + 4 * (n + 1)) {
        uint16_t type = lduw_be_p(data + 12 + 4 * n);

        if (type != ETH_P_VLAN && type != ETH_P_DVLAN) {
            break;
        }
        n++;
    }
    return 4 * n;
}

static bool port_mac_receives(Lan966xPort *s)
{
    return port_reg(s, DEV_MAC_ENA_CFG) & DEV_MAC_RX_ENA &&
           !(port_reg(s, DEV_CLOCK_CFG) & (DEV_MAC_RX_RST | DEV_PORT_RST)) &&
           lan966x_port_link(LAN966X_BLOCK(s));
}

/* The partner asks for silence, in units of what 512 bits take */
static void port_pause(Lan966xPort *s, unsigned quanta)
{
    static const uint16_t unit[] = { 205, 512, 5120, 51200 };
    Lan966xBlock *b = LAN966X_BLOCK(s);
    uint32_t cfg = *lan966x_block_reg(b->sw->sys, 0, SYS_MAC_FC_CFG(b->index));

    if (cfg & SYS_RX_FC_ENA) {
        lan966x_egress_pause(&s->egress,
                             (int64_t)quanta * unit[SYS_FC_SPEED(cfg)]);
    }
}

static void port_receive_frame(Lan966xPort *s, const uint8_t *data, size_t len)
{
    static const uint8_t mac_control[] = { 0x01, 0x80, 0xc2, 0, 0, 0x01 };
    Lan966xBlock *b = LAN966X_BLOCK(s);
    Lan966xBlock *sys = b->sw->sys;
    size_t wire = len + SWITCH_FCS;

    if (!lan966x_sys_enabled(sys) || !port_mac_receives(s)) {
        trace_lan966x_switch_drop(b->index, len, "MAC not enabled");
        return;
    }
    if (len > SWITCH_MAX_FRAME || wire > port_reg(s, DEV_MAC_MAXLEN_CFG) +
                                         port_tag_allowance(s, data, len)) {
        trace_lan966x_switch_drop(b->index, len, "too long");
        lan966x_sys_count(sys, b->index, CNT_RX_OCTETS, wire);
        lan966x_sys_count(sys, b->index, CNT_RX_LONG, 1);
        return;
    }
    lan966x_sys_count_frame(sys, b->index, CNT_RX_OCTETS, data, wire);
    if (!memcmp(data, mac_control, sizeof(mac_control)) &&
        lduw_be_p(data + 12) == 0x8808) {
        bool pause = lduw_be_p(data + 14) == 1;

        if (pause) {
            port_pause(s, lduw_be_p(data + 16));
        }
        lan966x_sys_count(sys, b->index,
                          pause ? CNT_RX_PAUSE : CNT_RX_CONTROL, 1);
        return;
    }
    lan966x_switch_receive(b->sw, b->index, data, len);
}

static void port_receive_runt(Lan966xPort *s, size_t len)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    Lan966xBlock *sys = b->sw->sys;

    trace_lan966x_switch_drop(b->index, len, "too short");
    if (lan966x_sys_enabled(sys) && port_mac_receives(s)) {
        lan966x_sys_count(sys, b->index, CNT_RX_OCTETS, len + SWITCH_FCS);
        lan966x_sys_count(sys, b->index, CNT_RX_SHORT, 1);
    }
}

static bool port_can_receive(NetClientState *nc)
{
    Lan966xPort *s = qemu_get_nic_opaque(nc);

    return LAN966X_BLOCK(s)->sw->arrivals < SWITCH_ARRIVALS;
}

static ssize_t port_receive(NetClientState *nc, const uint8_t *data,
                            size_t size)
{
    Lan966xBlock *b = LAN966X_BLOCK(qemu_get_nic_opaque(nc));

    return lan966x_switch_arrive(b->sw, b->index, data, size) ? size : 0;
}

void lan966x_port_receive(Lan966xBlock *b, const uint8_t *data, size_t len)
{
    Lan966xPort *s = LAN966X_PORT(b);
    uint8_t padded[SWITCH_MIN_FRAME] = { };

    if (len < (s->pad ? ETH_HLEN : SWITCH_MIN_FRAME)) {
        port_receive_runt(s, len);
    } else if (len < SWITCH_MIN_FRAME) {
        memcpy(padded, data, len);
        port_receive_frame(s, padded, SWITCH_MIN_FRAME);
    } else {
        port_receive_frame(s, data, len);
    }
}

static void port_link_status_changed(NetClientState *nc)
{
    port_update_link(qemu_get_nic_opaque(nc));
}

static NetClientInfo port_nic_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .can_receive = port_can_receive,
    .receive = port_receive,
    .link_status_changed = port_link_status_changed,
};

bool lan966x_port_stalled(Lan966xBlock *b)
{
    return LAN966X_PORT(b)->pending >= PORT_PENDING;
}

/* The backend has taken a frame that it had kept, or dropped it */
static void port_sent(NetClientState *nc, ssize_t len)
{
    Lan966xPort *s = qemu_get_nic_opaque(nc);

    if (s->pending-- == PORT_PENDING) {
        lan966x_switch_schedule(LAN966X_BLOCK(s)->sw);
    }
}

static bool port_mac_sends(Lan966xPort *s)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);

    return lan966x_switch_can_send(b->sw, b->index) &&
           port_reg(s, DEV_MAC_ENA_CFG) & DEV_MAC_TX_ENA &&
           !(port_reg(s, DEV_CLOCK_CFG) & (DEV_MAC_TX_RST | DEV_PORT_RST)) &&
           lan966x_port_link(b);
}

/* To the backend */
static void port_emit(Lan966xPort *s, const uint8_t *data, size_t len,
                      unsigned prio)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);

    trace_lan966x_port_send(b->name, len, true);
    lan966x_sys_count_frame(b->sw->sys, b->index, CNT_TX_OCTETS, data,
                            len + SWITCH_FCS);
    lan966x_sys_count(b->sw->sys, b->index, CNT_TX_GREEN(prio), 1);
    if (s->nic && (!lan966x_cage_exists(b->index) ||
                   lan966x_cage_emits(b->sw, b->index)) &&
        !qemu_send_packet_async(qemu_get_queue(s->nic), data, len, port_sent)) {
        s->pending++;
    }
}

/* A MAC that is off holds no queue up: the frame is lost, uncounted */
bool lan966x_port_send(Lan966xBlock *b, const uint8_t *data, size_t len,
                       unsigned prio)
{
    Lan966xPort *s = LAN966X_PORT(b);
    uint8_t padded[SWITCH_MIN_FRAME] = { };

    if (!port_mac_sends(s)) {
        trace_lan966x_port_send(b->name, len, false);
        return false;
    }
    if (len < SWITCH_MIN_FRAME) {
        memcpy(padded, data, len);
        data = padded;
        len = SWITCH_MIN_FRAME;
    }
    if (!lan966x_port_stalled(b) &&
        lan966x_egress_pass(&s->egress, len, prio)) {
        port_emit(s, data, len, prio);
        return true;
    }
    if (lan966x_port_stalled(b) ||
        !lan966x_egress_keep(&s->egress, data, len, prio)) {
        trace_lan966x_port_send(b->name, len, false);
        lan966x_sys_count(b->sw->sys, b->index, CNT_TX_DROP, 1);
        return false;
    }
    return true;
}

/* What was kept leaves, if it still can */
static void port_flush_kept(Lan966xPort *s)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    Lan966xKept frame;

    while (lan966x_switch_alive(b->sw) && !lan966x_port_stalled(b) &&
           lan966x_egress_take(&s->egress, &frame)) {
        if (port_mac_sends(s)) {
            port_emit(s, frame.data, frame.len, frame.prio);
        }
        g_free(frame.data);
    }
}

void lan966x_port_flush(Lan966xBlock *b)
{
    Lan966xPort *s = LAN966X_PORT(b);

    if (s->nic) {
        qemu_flush_queued_packets(qemu_get_queue(s->nic));
    }
    port_flush_kept(s);
}

/* --- registers --- */

static uint32_t port_aneg_status(Lan966xPort *s)
{
    uint32_t cfg = port_reg(s, DEV_PCS1G_ANEG_CFG);

    if (!s->link || !(cfg & DEV_ANEG_ENA)) {
        return 0;
    }
    return DEV_ANEG_COMPLETE |
           (DEV_ANEG_ADV(cfg) == ANEG_ADV_SGMII ? ANEG_LP_SGMII
                                                : ANEG_LP_1000BASEX) << 16;
}

static uint32_t port_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    Lan966xPort *s = LAN966X_PORT(b);

    switch (off) {
    case DEV_PCS1G_ANEG_STATUS:
        return port_aneg_status(s);
    case DEV_PCS1G_LINK_STATUS:
        return s->link ? DEV_LINK_STATUS_UP : 0;
    case DEV_PCS1G_STICKY:
        return s->link_dropped ? DEV_LINK_DOWN_STICKY : 0;
    case DEV_CLOCK_CFG ... DEV_PCS1G_ANEG_CFG:
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void port_write(Lan966xBlock *b, unsigned win, uint32_t off,
                       uint32_t val)
{
    Lan966xPort *s = LAN966X_PORT(b);

    switch (off) {
    case DEV_MAC_HDX_CFG:
        *lan966x_block_reg(b, win, off) = val & ~DEV_HDX_SEED_LOAD;
        break;
    case DEV_PCS1G_ANEG_CFG:
        *lan966x_block_reg(b, win, off) = val & ~DEV_ANEG_RESTART;
        break;
    case DEV_PCS1G_STICKY:
        if (val & DEV_LINK_DOWN_STICKY) {
            s->link_dropped = false;
        }
        break;
    case DEV_PCS1G_ANEG_STATUS:
    case DEV_PCS1G_LINK_STATUS:
        lan966x_block_readonly(b, win, off, val);
        break;
    case DEV_CLOCK_CFG ... DEV_MAC_HDX_CFG - 4:
    case DEV_MAC_HDX_CFG + 4 ... DEV_PCS1G_ANEG_CFG - 4:
        *lan966x_block_reg(b, win, off) = val;
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void port_reset(Lan966xBlock *b)
{
    *lan966x_block_reg(b, 0, DEV_CLOCK_CFG) = DEV_CLOCK_RESETS;
    *lan966x_block_reg(b, 0, DEV_MAC_MAXLEN_CFG) = DEV_MAC_MAXLEN_RESET;
    LAN966X_PORT(b)->link_dropped = !LAN966X_PORT(b)->link;
    lan966x_egress_clear(&LAN966X_PORT(b)->egress);
}

/* As the driver numbers its ports, if the card has been given an address */
static void port_init_mac(Lan966xPort *s)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);

    if (buffer_is_zero(&b->sw->mac, sizeof(b->sw->mac))) {
        memset(&s->conf.macaddr, 0, sizeof(s->conf.macaddr));
    } else {
        s->conf.macaddr = b->sw->mac;
        s->conf.macaddr.a[5] += b->index + 1;
    }
    qemu_macaddr_default_if_unset(&s->conf.macaddr);
}

static void port_realize(DeviceState *dev, Error **errp)
{
    Lan966xPort *s = LAN966X_PORT(dev);
    Lan966xBlock *b = LAN966X_BLOCK(dev);

    if (s->conf.peers.ncs[0]) {
        port_init_mac(s);
        s->nic = qemu_new_nic(&port_nic_info, &s->conf, "lan966x-endpoint",
                              b->name, &dev->mem_reentrancy_guard, s);
        qemu_format_nic_info_str(qemu_get_queue(s->nic), s->conf.macaddr.a);
    }
    port_update_link(s);
}

static void port_unrealize(DeviceState *dev)
{
    lan966x_egress_clear(&LAN966X_PORT(dev)->egress);
    g_clear_pointer(&LAN966X_PORT(dev)->nic, qemu_del_nic);
}

static void port_init(Object *obj)
{
    LAN966X_PORT(obj)->cable = true;
    lan966x_egress_init(&LAN966X_PORT(obj)->egress, LAN966X_BLOCK(obj));
}

static void port_finalize(Object *obj)
{
    lan966x_egress_finalize(&LAN966X_PORT(obj)->egress);
}

static const Property port_properties[] = {
    DEFINE_PROP_NETDEV("netdev", Lan966xPort, conf.peers),
    DEFINE_PROP_BOOL("pad", Lan966xPort, pad, true),
};

static int port_post_load(void *opaque, int version_id)
{
    port_update_link(opaque);
    return 0;
}

static const VMStateDescription vmstate_port = {
    .name = TYPE_LAN966X_PORT,
    .version_id = 2,
    .minimum_version_id = 2,
    .post_load = port_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xPort),
        VMSTATE_BOOL(cable, Lan966xPort),
        VMSTATE_BOOL(link, Lan966xPort),
        VMSTATE_BOOL(link_dropped, Lan966xPort),
        VMSTATE_INT64_ARRAY(egress.within, Lan966xPort, EGRESS_ELEMENTS),
        VMSTATE_INT64(egress.paused, Lan966xPort),
        VMSTATE_END_OF_LIST()
    }
};

static void port_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    dc->realize = port_realize;
    dc->unrealize = port_unrealize;
    dc->vmsd = &vmstate_port;
    device_class_set_props(dc, port_properties);
    bc->window_size[0] = DEV_SIZE;
    bc->read = port_read;
    bc->write = port_write;
    bc->reset = port_reset;
}

static const TypeInfo port_type = {
    .name = TYPE_LAN966X_PORT,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xPort),
    .instance_init = port_init,
    .instance_finalize = port_finalize,
    .class_init = port_class_init,
};

static void port_register_types(void)
{
    type_register_static(&port_type);
}

type_init(port_register_types)
