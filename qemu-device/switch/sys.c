/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SYS: enable and memory initialisation of the switch core, and the counters.
 *
 * Counters wrap at 32 bits. The view that STAT_CFG selects is a port's, or for
 * the counters of ES0's rules an ESDX; what has no view reads 0. Octets include
 * the FCS, a guess.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../soc/types.h"
#include "switch.h"
#include "switch_regs.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xSys, LAN966X_SYS)

#define SYS_VIEWS (SWITCH_PORTS + 1)
#define SYS_RULES 256
#define SYS_RULE_CNTS 4         /* bytes and frames, green and yellow */

struct Lan966xSys {
    Lan966xBlock parent_obj;

    uint32_t cnt[SYS_VIEWS][SYS_CNTS];
    uint32_t rule_cnt[SYS_RULES][SYS_RULE_CNTS];
};

/* The counter that is seen at an offset, if there is one */
static uint32_t *sys_counter(Lan966xSys *s, uint32_t off)
{
    unsigned view = SYS_STAT_VIEW(*lan966x_block_reg(LAN966X_BLOCK(s), 0,
                                                     SYS_STAT_CFG));
    unsigned n = off / 4;

    if (n >= CNT_ESDX_BYTES && n < CNT_ESDX_BYTES + SYS_RULE_CNTS) {
        return view < SYS_RULES ? &s->rule_cnt[view][n - CNT_ESDX_BYTES] : NULL;
    }
    return view < SYS_VIEWS ? &s->cnt[view][n] : NULL;
}

static uint32_t sys_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    uint32_t *cnt;

    switch (off) {
    case SYS_CNT(0) ... SYS_CNT(SYS_CNTS - 1):
        cnt = sys_counter(LAN966X_SYS(b), off);
        return cnt ? *cnt : 0;
    case SYS_RAM_INIT:
        return 0;
    case SYS_RESET_CFG ... SYS_RAM_INIT - 4:
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void sys_reset(Lan966xBlock *b)
{
    Lan966xSys *s = LAN966X_SYS(b);

    memset(s->cnt, 0, sizeof(s->cnt));
    memset(s->rule_cnt, 0, sizeof(s->rule_cnt));
}

static void sys_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    Lan966xSys *s = LAN966X_SYS(b);
    uint32_t *cnt;

    switch (off) {
    case SYS_CNT(0) ... SYS_CNT(SYS_CNTS - 1):
        cnt = sys_counter(s, off);
        if (cnt) {
            *cnt = val;
        }
        break;
    case SYS_RAM_INIT:
        if (val & SYS_RAM_INIT_GO) {
            sys_reset(b);
        }
        break;
    case SYS_RESET_CFG ... SYS_RAM_INIT - 4:
        *lan966x_block_reg(b, win, off) = val;
        if (off >= SYS_MAC_FC_CFG(0) && off < SYS_MAC_FC_CFG(SWITCH_PORTS) &&
            val & SYS_TX_FC_ENA) {
            lan966x_block_unimp_once(b, "pause frames of a port's own");
        }
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

bool lan966x_sys_enabled(Lan966xBlock *b)
{
    return *lan966x_block_reg(b, 0, SYS_RESET_CFG) & SYS_CORE_ENA;
}

void lan966x_sys_count(Lan966xBlock *b, unsigned port, unsigned counter,
                       uint32_t n)
{
    LAN966X_SYS(b)->cnt[port][counter] += n;
}

void lan966x_sys_count_rule(Lan966xBlock *b, uint8_t esdx, size_t len)
{
    uint32_t *cnt = LAN966X_SYS(b)->rule_cnt[esdx];

    cnt[0] += len;
    cnt[1]++;
}

/* Which of the seven bins of sizes, jumbo being the last */
static unsigned sys_size_bin(size_t len)
{
    static const uint16_t last[] = { 64, 127, 255, 511, 1023, 1526 };
    unsigned bin = 0;

    while (bin < ARRAY_SIZE(last) && len > last[bin]) {
        bin++;
    }
    return bin;
}

void lan966x_sys_count_frame(Lan966xBlock *b, unsigned port, unsigned octets,
                             const uint8_t *data, size_t len)
{
    uint32_t *cnt = &LAN966X_SYS(b)->cnt[port][octets];
    unsigned sizes = octets == CNT_RX_OCTETS ? CNT_RX_SZ_64 - CNT_RX_OCTETS
                                             : CNT_TX_SZ_64 - CNT_TX_OCTETS;

    cnt[0] += len;
    switch (get_eth_packet_type(PKT_GET_ETH_HDR(data))) {
    case ETH_PKT_UCAST:
        cnt[CNT_RX_UNICAST]++;
        break;
    case ETH_PKT_MCAST:
        cnt[CNT_RX_MULTICAST]++;
        break;
    case ETH_PKT_BCAST:
        cnt[CNT_RX_BROADCAST]++;
        break;
    }
    cnt[sizes + sys_size_bin(len)]++;
}

static const VMStateDescription vmstate_sys = {
    .name = TYPE_LAN966X_SYS,
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xSys),
        VMSTATE_UINT32_2DARRAY(cnt, Lan966xSys, SYS_VIEWS, SYS_CNTS),
        VMSTATE_UINT32_2DARRAY(rule_cnt, Lan966xSys, SYS_RULES, SYS_RULE_CNTS),
        VMSTATE_END_OF_LIST()
    }
};

static void sys_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    DEVICE_CLASS(klass)->vmsd = &vmstate_sys;
    bc->window_size[0] = SYS_SIZE;
    bc->read = sys_read;
    bc->write = sys_write;
    bc->reset = sys_reset;
}

static const TypeInfo sys_type = {
    .name = TYPE_LAN966X_SYS,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xSys),
    .class_init = sys_class_init,
};

static void sys_register_types(void)
{
    type_register_static(&sys_type);
}

type_init(sys_register_types)
