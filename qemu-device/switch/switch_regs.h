/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register offsets and fields of the LAN966x switch core, as the Linux driver
 * uses them. The tests have literal values of their own, so that a mistake
 * here does not hide itself.
 *
 * An offset is relative to its target; the addresses of targets are in soc.c.
 */

#ifndef LAN966X_SWITCH_REGS_H
#define LAN966X_SWITCH_REGS_H

/* QS: the CPU's register access to frames. n = group, 0 or 1 */
#define QS_GROUPS                       2
#define QS_XTR_GRP_CFG(n)               (0x00 + 4 * (n))
#define QS_INJ_GRP_CFG(n)               (0x24 + 4 * (n))
#define   QS_GRP_CFG_MODE(v)            (((v) >> 2) & 3)
#define   QS_MODE_REGISTER              1
#define   QS_MODE_FDMA                  2
#define   QS_GRP_CFG_BYTE_SWAP          (1u << 0)
#define QS_XTR_RD(n)                    (0x08 + 4 * (n))
#define QS_XTR_FRM_PRUNING(n)           (0x10 + 4 * (n))
#define QS_XTR_FLUSH                    0x18
#define QS_XTR_DATA_PRESENT             0x1c
#define QS_INJ_WR(n)                    (0x2c + 4 * (n))
#define QS_INJ_CTRL(n)                  (0x34 + 4 * (n))
#define   QS_INJ_CTRL_ABORT             (1u << 20)
#define   QS_INJ_CTRL_EOF               (1u << 19)
#define   QS_INJ_CTRL_SOF               (1u << 18)
#define   QS_INJ_CTRL_VLD_BYTES(v)      (((v) >> 16) & 3)
#define QS_INJ_STATUS                   0x3c
#define   QS_INJ_STATUS_READY           0x0c
#define   QS_INJ_STATUS_WMARK(n)        (1u << (4 + (n)))
#define QS_SIZE                         0x40

/* PTP: pins n = 0 to 7, clock domains d = 0 to 2 */
#define PTP_PINS                        8
#define PTP_TOD_PIN                     7
#define PTP_DOMAINS                     3
#define PTP_PIN_STRIDE                  0x40
#define PTP_PIN_CFG                     0x00
#define   PTP_PIN_ACTION(v)             (((v) >> 27) & 7)
#define   PTP_PIN_ACTION_MASK           (7u << 27)
#define   PTP_ACTION_IDLE               0
#define   PTP_ACTION_LOAD               1
#define   PTP_ACTION_SAVE               2
#define   PTP_ACTION_CLOCK              3
#define   PTP_ACTION_DELTA              4
#define   PTP_PIN_SYNC(v)               (((v) >> 25) & 3)
#define   PTP_PIN_SELECT(v)             (((v) >> 21) & 7)
#define   PTP_PIN_DOM(v)                (((v) >> 16) & 3)
#define PTP_TOD_SEC_MSB                 0x04
#define PTP_TOD_SEC_LSB                 0x08
#define PTP_TOD_NSEC                    0x0c
#define   PTP_TOD_NSEC_MASK             0x3fffffffu
#define PTP_WF_HIGH_PERIOD              0x18
#define PTP_WF_LOW_PERIOD               0x1c
#define PTP_PIN_INTR                    0x200
#define PTP_PIN_INTR_ENA                0x204
#define PTP_INTR_IDENT                  0x208
#define PTP_DOM_CFG                     0x20c
#define   PTP_DOM_CFG_ENA(v, d)         (((v) >> (9 + (d))) & 1)
#define   PTP_DOM_CFG_CLKCFG_DIS(v, d)  (((v) >> (d)) & 1)
#define PTP_CLK_PER_CFG(d, w)           (0x210 + 0x1c * (d) + 4 * (w))
#define PTP_DOM_END                     (0x210 + 0x1c * PTP_DOMAINS)
#define PTP_TWOSTEP_CTRL                0x264
#define   PTP_TWOSTEP_NXT               (1u << 11)
#define   PTP_TWOSTEP_VLD               (1u << 10)
#define   PTP_TWOSTEP_STAMP_TX          (1u << 9)
#define   PTP_TWOSTEP_STAMP_PORT(p)     ((p) << 1)
#define PTP_TWOSTEP_STAMP               0x268
#define PTP_SIZE                        0x270
/* 165.617754 MHz, as ns in 5.59 fixed point */
#define PTP_CLK_PER_NOMINAL             0x304d4873ecade305ULL

/* REW: rewriter. p = egress port, 0 to 8 */
#define REW_PORT_STRIDE                 0x80
#define REW_PORT_VLAN_CFG(p)            (0x000 + REW_PORT_STRIDE * (p))
#define   REW_PORT_TPID(v)              ((v) >> 16)
#define   REW_PORT_VID(v)               ((v) & 0xfff)
#define REW_TAG_CFG(p)                  (0x004 + REW_PORT_STRIDE * (p))
#define   REW_TAG_CFG_TAG(v)            (((v) >> 7) & 3)
#define   REW_TAG_NONE                  0
#define   REW_TAG_BUT_PORT_VID          1
#define   REW_TAG_BUT_ZERO              2
#define   REW_TAG_ALL                   3
#define   REW_TAG_CFG_TPID(v)           (((v) >> 5) & 3)
#define   REW_TPID_C                    0
#define   REW_TPID_S                    1
#define   REW_TPID_PORT                 2
#define   REW_TPID_PORT_UNLESS_C        3
#define   REW_TAG_CFG_PCP(v)            (((v) >> 2) & 3)
#define   REW_TAG_CFG_DEI(v)            ((v) & 3)
#define   REW_TAG_CLASSIFIED            0
#define   REW_TAG_PORT                  1
#define   REW_TAG_MAPPED                2
#define REW_PORT_CFG(p)                 (0x008 + REW_PORT_STRIDE * (p))
#define   REW_NO_REWRITE                (1u << 0)
#define   REW_ES0_EN                    (1u << 4)
#define REW_DSCP_CFG(p)                 (0x00c + REW_PORT_STRIDE * (p))
#define REW_PCP_DEI_CFG(p, n)           (0x010 + REW_PORT_STRIDE * (p) + \
                                         4 * (n))
#define   REW_MAP_DEI(v)                (((v) >> 3) & 1)
#define   REW_MAP_PCP(v)                ((v) & 7)
#define REW_STAT_CFG                    0xe08
#define   REW_STAT_MODE(v)              ((v) & 3)
#define   REW_STAT_ESDX                 1   /* of ES0 if hit, else none */
#define REW_PORTS                       10
#define REW_SIZE                        0x1000

/* VCAP: storage behind a cache of one entry */
#define VCAP_UPDATE_CTRL                0x000
#define   VCAP_UPDATE_CMD(v)            (((v) >> 22) & 7)
#define   VCAP_CMD_WRITE                0
#define   VCAP_CMD_READ                 1
#define   VCAP_CMD_MOVE_DOWN            2
#define   VCAP_CMD_MOVE_UP              3
#define   VCAP_CMD_INIT                 4
#define   VCAP_ENTRY_DIS                (1u << 21)
#define   VCAP_ACTION_DIS               (1u << 20)
#define   VCAP_CNT_DIS                  (1u << 19)
#define   VCAP_UPDATE_ADDR(v)           (((v) >> 3) & 0xffff)
#define   VCAP_UPDATE_SHOT              (1u << 2)
#define   VCAP_CLEAR_CACHE              (1u << 1)
#define VCAP_MV_CFG                     0x004
#define   VCAP_MV_NUM_POS(v)            ((v) >> 16)
#define   VCAP_MV_SIZE(v)               ((v) & 0xffff)
#define VCAP_ENTRY_DAT                  0x008
#define VCAP_MASK_DAT                   0x108
#define VCAP_ACTION_DAT                 0x208
#define VCAP_CNT_DAT                    0x308
#define VCAP_CNT_FW_DAT                 0x388
#define VCAP_TG_DAT                     0x38c
/* An IS2 rule's first word of actions, behind its type group */
#define   IS2_CPU_COPY                  (1u << 3)
#define   IS2_OTHER_ACTIONS             (7u << 9)   /* mirror, learn, police */
#define   IS2_MASK_MODE(v)              (((v) >> 7) & 3)
#define   IS2_MASK_KEEP                 0
#define   IS2_MASK_REPLACE              1
#define   IS2_PORT_MASK(v)              (((v) >> 22) & 0xff)
/* An IS1 rule's action, four words */
#define   IS1_PAG_MASK(a)               (((a)[0] >> 14) & 0xff)
#define   IS1_PAG_VAL(a)                (((a)[0] >> 22) & 0xff)
#define   IS1_ISDX_REPLACE(a)           (((a)[0] >> 30) & 1)
#define   IS1_ISDX_VAL(a)               (((a)[0] >> 31 | (a)[1] << 1) & 0xff)
/* DSCP, QoS, DP; VID; PCP, DEI, pop, key, filter, gate; policer and others */
#define   IS1_OTHER_ACTIONS(a)          (((a)[0] & 0x1102) || \
                                         ((a)[1] & 0x80) || \
                                         ((a)[2] & 0x0201f288) || \
                                         ((a)[3] & 0x7f004))
/* An ES0 rule's action, three words */
#define   ES0_OUTER_TAG(a)              ((a)[0] & 3)
#define   ES0_OUTER_PORT                0   /* as the port's TAG_CFG says */
#define   ES0_OUTER_ES0                 1
#define   ES0_OUTER_FORCE_PORT          2
#define   ES0_OUTER_NONE                3
#define   ES0_INNER_TAG(a)              ((a)[0] & 4)
#define   ES0_ESDX(a)                   (((a)[1] >> 17) & 0xff)
#define VCAP_CORE_IDX                   0x390
#define VCAP_CORE_MAP                   0x394
#define VCAP_VER                        0x39c
#define VCAP_ENTRY_WIDTH                0x3a0
#define VCAP_ENTRY_CNT                  0x3a4
#define VCAP_ENTRY_SWCNT                0x3a8
#define VCAP_ACTION_DEF_CNT             0x3b0
#define VCAP_ACTION_WIDTH               0x3b4
#define VCAP_CORE_CNT                   0x3bc
#define VCAP_IF_CNT                     0x3c0
#define VCAP_SIZE                       0x400

/* SYS: resets and counters */
#define SYS_CNT(n)                      (4 * (n))
#define   SYS_CNTS                      896
#define SYS_RESET_CFG                   0x1020
#define   SYS_CORE_ENA                  (1u << 0)
#define SYS_PORT_MODE(p)                (0x104c + 4 * (p))
#define SYS_STAT_CFG                    0x1098
#define   SYS_STAT_VIEW(v)              ((v) & 0x3ff)
#define SYS_RAM_INIT                    0x1150
#define   SYS_RAM_INIT_GO               (1u << 1)
#define SYS_SIZE                        0x1200

#define SYS_MAC_FC_CFG(p)               (0x1118 + 4 * (p))
#define   SYS_FC_SPEED(v)               (((v) >> 26) & 3)
#define   SYS_RX_FC_ENA                 (1u << 16)
#define   SYS_TX_FC_ENA                 (1u << 17)
/* Counters of a port, indices into SYS_CNT. The bins of sizes come in pairs */
#define CNT_RX_OCTETS                   0x00
#define CNT_RX_UNICAST                  0x01
#define CNT_RX_MULTICAST                0x02
#define CNT_RX_BROADCAST                0x03
#define CNT_RX_SHORT                    0x04
#define CNT_RX_SZ_64                    0x09
#define CNT_RX_PAUSE                    0x10
#define CNT_RX_CONTROL                  0x11
#define CNT_RX_LONG                     0x12
#define CNT_RX_CAT_DROP                 0x13
#define CNT_RX_RED(prio)                (0x14 + (prio))
#define CNT_RX_GREEN(prio)              (0x24 + (prio))
#define CNT_TX_OCTETS                   0x80
#define CNT_TX_UNICAST                  0x81
#define CNT_TX_MULTICAST                0x82
#define CNT_TX_BROADCAST                0x83
#define CNT_TX_DROP                     0x85
#define CNT_TX_SZ_64                    0x87
#define CNT_TX_GREEN(prio)              (0x96 + (prio))
#define CNT_ESDX_BYTES                  0x300   /* of ES0, not of a port */
#define CNT_DROP_LOCAL                  0x100
#define CNT_DROP_TAIL                   0x101

/* DEV: MAC and PCS of a port */
#define DEV_CLOCK_CFG                   0x00
#define   DEV_CLOCK_RESETS              0xf8u
#define   DEV_MAC_TX_RST                (1u << 7)
#define   DEV_MAC_RX_RST                (1u << 6)
#define   DEV_PORT_RST                  (1u << 3)
#define DEV_MAC_ENA_CFG                 0x1c
#define   DEV_MAC_RX_ENA                (1u << 4)
#define   DEV_MAC_TX_ENA                (1u << 0)
#define DEV_MAC_MAXLEN_CFG              0x24
#define   DEV_MAC_MAXLEN_RESET          1518
#define DEV_MAC_TAGS_CFG                0x28
#define   DEV_VLAN_AWR_ENA              (1u << 0)
#define   DEV_VLAN_DBL_AWR_ENA          (1u << 1)
#define DEV_MAC_HDX_CFG                 0x34
#define   DEV_HDX_SEED_LOAD             (1u << 12)
#define DEV_PCS1G_CFG                   0x48
#define   DEV_PCS_ENA                   (1u << 0)
#define DEV_PCS1G_ANEG_CFG              0x54
#define   DEV_ANEG_ADV(v)               ((v) >> 16)
#define   DEV_ANEG_RESTART              (1u << 1)
#define   DEV_ANEG_ENA                  (1u << 0)
#define DEV_PCS1G_ANEG_STATUS           0x68
#define   DEV_ANEG_COMPLETE             (1u << 0)
#define DEV_PCS1G_LINK_STATUS           0x70
#define   DEV_LINK_STATUS_UP            0x111u
#define DEV_PCS1G_STICKY                0x78
#define   DEV_LINK_DOWN_STICKY          (1u << 4)
#define DEV_SIZE                        0x100

/* QSYS: queue system */
#define QSYS_PORT_MODE(p)               (0x6d68 + 4 * (p))
#define QSYS_SW_PORT_MODE(p)            (0x6db8 + 4 * (p))
#define   QSYS_PORT_ENA                 (1u << 18)
#define QSYS_SW_STATUS(p)               (0x6e0c + 4 * (p))
#define QSYS_ELEMENT_STRIDE             0x80
#define QSYS_CIR_CFG(n)                 (0x4000 + QSYS_ELEMENT_STRIDE * (n))
#define   QSYS_CIR_RATE(v)              (((v) >> 6) & 0x7fff)
#define   QSYS_CIR_BURST(v)             ((v) & 0x3f)
#define   QSYS_ELEMENT_PORT             80
#define   QSYS_ELEMENTS                 90
/* From an element's CIR_CFG on */
#define QSYS_SE_CFG                     0x08
#define   QSYS_SE_DWRR_CNT(v)           (((v) >> 6) & 0xf)
#define   QSYS_SE_FRM_MODE(v)           (((v) >> 2) & 3)
#define QSYS_SE_DWRR_CFG(r)             (0x0c + 4 * (r))
#define   QSYS_DWRR_COST(v)             ((v) & 0x1f)
/* Of the list that TAS_CFG_CTRL chooses, and of the entry */
#define QSYS_TAS_LIST                   0x6d00
#define QSYS_TAS_BT_NSEC                0x6d00
#define QSYS_TAS_BT_SEC_LSB             0x6d04
#define QSYS_TAS_CT_CFG                 0x6d18
#define   TAS_LEAST_NS                  1000
#define QSYS_TAS_STARTUP_CFG            0x6d1c
#define   QSYS_TAS_OBSOLETE(v)          (((v) >> 23) & 0x1f)
#define QSYS_TAS_LIST_CFG               0x6d20
#define   QSYS_TAS_BASE_ADDR(v)         ((v) & 0xfff)
#define QSYS_TAS_LST                    0x6d24
#define   QSYS_TAS_STATE(v)             ((v) & 7)
#define   TAS_ADMIN                     0
#define   TAS_ADVANCING                 1
#define   TAS_PENDING                   2
#define   TAS_OPERATING                 3
#define   TAS_TERMINATING               4
#define QSYS_TAS_LIST_END               0x6d40
#define QSYS_TAS_GCL                    0x6d40
#define QSYS_TAS_GCL_CT_CFG             0x6d40
#define   QSYS_TAS_HSCH_POS(v)          (((v) >> 10) & 7)
#define   QSYS_TAS_GATES(v)             (((v) >> 2) & 0xff)
#define QSYS_TAS_GCL_CT_CFG2            0x6d44
#define   QSYS_TAS_NEXT_GCL(v)          ((v) & 0xfff)
#define QSYS_TAS_GCL_TM_CFG             0x6d48
#define QSYS_TAS_GCL_END                0x6d50
#define QSYS_TAS_GATE_STATE             0x6d64
#define QSYS_TAS_PROFILE(p)             (0x7820 + 0x40 * (p))
#define   QSYS_TAS_SPEED(v)             (((v) >> 16) & 7)
#define QSYS_TAS_CFG_CTRL               0xe01c
#define   QSYS_TAS_LIST_NUM(v)          (((v) >> 18) & 0x1f)
#define   QSYS_TAS_ALWAYS_GB            (1u << 17)
#define   QSYS_TAS_ENTRY_NUM(v)         (((v) >> 5) & 0xfff)
#define QSYS_TAS_GS_CTRL                0xe020
#define QSYS_SIZE                       0xe100

/* AFI: frame injection by itself */
#define AFI_PORT_FRM_OUT(p)             (0x18200 + 8 * (p))
#define AFI_PORTS                       10
#define AFI_SIZE                        0x18300

/* FDMA: frames by bus mastering */
#define FDMA_CHANNELS                   8
#define FDMA_CH_ACTIVATE                0x008
#define FDMA_CH_RELOAD                  0x00c
#define FDMA_CH_DISABLE                 0x010
#define FDMA_CH_DB_DISCARD              0x018
#define FDMA_DCB_LLP(ch)                (0x03c + 4 * (ch))
#define FDMA_DCB_LLP1(ch)               (0x05c + 4 * (ch))
#define FDMA_CH_ACTIVE                  0x0bc
#define FDMA_CH_CFG(ch)                 (0x0e8 + 4 * (ch))
#define FDMA_PORT_CTRL(n)               (0x180 + 4 * (n))
#define   FDMA_INJ_STOP                 (1u << 4)
#define   FDMA_XTR_STOP                 (1u << 2)
#define FDMA_INTR_DCB                   0x188
#define FDMA_INTR_DCB_ENA               0x18c
#define FDMA_INTR_DB                    0x190
#define FDMA_INTR_DB_ENA                0x194
#define FDMA_INTR_ERR                   0x198
#define FDMA_ERRORS                     0x1a4
#define FDMA_CTRL                       0x1b0
#define   FDMA_NRESET                   (1u << 0)
#define FDMA_SIZE                       0x200

/* ANA: analyser. p = ingress port, 0 to 8 */
#define ANA_MACHDATA                    0x6ba8
#define ANA_MACLDATA                    0x6bac
#define ANA_MACACCESS                   0x6bb0
#define   MACACCESS_CMD(v)              ((v) & 0xf)
#define   MACACCESS_CMD_MASK            0xfu
#define   MACACCESS_DEST(v)             (((v) >> 4) & 0x3f)
#define   MACACCESS_TYPE(v)             (((v) >> 10) & 3)
#define   MACACCESS_VALID               (1u << 12)
#define   MACACCESS_AGED                (1u << 13)
#define   MACACCESS_SRC_KILL            (1u << 15)
#define   MACACCESS_CPU_COPY            (1u << 16)
#define   MAC_CMD_LEARN                 1
#define   MAC_CMD_FORGET                2
#define   MAC_CMD_AGE                   3
#define   MAC_CMD_GET_NEXT              4
#define   MAC_CMD_INIT                  5
#define   MAC_CMD_READ                  6
#define   MAC_CMD_WRITE                 7
#define   MAC_CMD_SYNC_GET_NEXT         8
#define ANA_MACTINDX                    0x6bb4
#define   MACTINDX_BUCKET(v)            (((v) >> 11) & 3)
#define   MACTINDX_ROW(v)               ((v) & 0x7ff)
#define ANA_VLAN_PORT_MASK              0x6bb8
#define ANA_VLANACCESS                  0x6bbc
#define   VLANACCESS_CMD(v)             ((v) & 3)
#define   VLAN_CMD_READ                 1
#define   VLAN_CMD_WRITE                2
#define   VLAN_CMD_INIT                 3
#define ANA_VLANTIDX                    0x6bc0
#define   VLANTIDX_CPU_DIS              (1u << 18)
#define   VLANTIDX_INDEX(v)             ((v) & 0xfff)
#define ANA_PGID(n)                     (0x6c00 + 8 * (n))
#define ANA_PGID_CFG(n)                 (0x6c04 + 8 * (n))
#define   ANA_OBEY_VLAN                 (1u << 0)
#define   ANA_PGIDS                     89
#define   ANA_PGID_AGGR                 64
#define   ANA_PGID_SRC                  80
#define ANA_PORT_STRIDE                 0x80
#define ANA_VLAN_CFG(p)                 (0x7000 + ANA_PORT_STRIDE * (p))
#define   ANA_VLAN_AWARE                (1u << 20)
#define   ANA_VLAN_POP_CNT(v)           (((v) >> 18) & 3)
#define   ANA_VLAN_TCI(v)               ((v) & 0xffff)
#define ANA_DROP_CFG(p)                 (0x7004 + ANA_PORT_STRIDE * (p))
#define   ANA_DROP_UNTAGGED             (1u << 6)
#define   ANA_DROP_PRIO_S_TAGGED        (1u << 3)
#define   ANA_DROP_PRIO_C_TAGGED        (1u << 2)
#define   ANA_DROP_MC_SMAC              (1u << 0)
#define ANA_QOS_CFG(p)                  (0x7008 + ANA_PORT_STRIDE * (p))
#define   ANA_QOS_DEFAULT(v)            (((v) >> 5) & 7)
#define   ANA_QOS_DSCP_ENA              (1u << 4)
#define   ANA_QOS_PCP_ENA               (1u << 3)
#define ANA_VCAP_CFG(p)                 (0x700c + ANA_PORT_STRIDE * (p))
#define   ANA_S1_ENA                    (1u << 14)
#define   ANA_VCAP_PAG(v)               ((v) & 0xff)
#define ANA_VCAP_S1_CFG(p, n)           (0x7010 + ANA_PORT_STRIDE * (p) + \
                                         4 * (n))
#define   ANA_S1_IP6_CFG(v)             (((v) >> 6) & 7)
#define   ANA_S1_IP6_5TUPLE             4
#define   ANA_S1_IP4_CFG(v)             (((v) >> 3) & 7)
#define   ANA_S1_IP4_5TUPLE             2
#define   ANA_S1_OTHER_CFG(v)           ((v) & 7)
#define   ANA_S1_OTHER_NORMAL           0
#define ANA_VCAP_S2_CFG(p)              (0x701c + ANA_PORT_STRIDE * (p))
#define   ANA_S2_ENA                    (1u << 14)
/* The following: a bit or two for each lookup */
#define   ANA_S2_SNAP_DIS(v)            (((v) >> 12) & 3)
#define   ANA_S2_ARP_DIS(v)             (((v) >> 10) & 3)
#define   ANA_S2_IP_TCPUDP_DIS(v)       (((v) >> 8) & 3)
#define   ANA_S2_IP_OTHER_DIS(v)        (((v) >> 6) & 3)
#define   ANA_S2_IP6_CFG(v)             (((v) >> 2) & 0xf)
#define   ANA_S2_IP6_TCPUDP_OTHER       0
#define   ANA_S2_IP6_STD                1
#define   ANA_S2_IP6_MAC_ETYPE          3
#define ANA_PCP_DEI_CFG(p, n)           (0x7020 + ANA_PORT_STRIDE * (p) + \
                                         4 * (n))
#define ANA_CPU_FWD_CFG(p)              (0x7060 + ANA_PORT_STRIDE * (p))
#define   ANA_MLD_REDIR                 (1u << 6)
#define   ANA_IGMP_REDIR                (1u << 5)
#define   ANA_IPMC_CTRL_COPY            (1u << 4)
#define   ANA_SRC_COPY                  (1u << 3)
#define ANA_CPU_FWD_BPDU_CFG(p)         (0x7064 + ANA_PORT_STRIDE * (p))
#define ANA_PORT_CFG(p)                 (0x7070 + ANA_PORT_STRIDE * (p))
#define   ANA_SRC_MIRROR                (1u << 13)
#define   ANA_LEARNAUTO                 (1u << 6)
#define   ANA_LEARN                     (1u << 5)
#define   ANA_RECV                      (1u << 4)
#define   ANA_PORTID(v)                 ((v) & 0xf)
#define ANA_PORTS                       9
#define ANA_POL_PIR_CFG(n)              (0x4000 + 0x20 * (n))
#define   ANA_POL_PIR_RATE(v)           (((v) >> 6) & 0x7fff)
#define   ANA_POL_PIR_BURST(v)          ((v) & 0x3f)
#define ANA_POL_CFG(p)                  (0x7074 + 0x80 * (p))
#define   ANA_PORT_POL_ENA              (1u << 17)
#define ANA_ADVLEARN                    0x7480
#define   ANA_VLAN_CHK                  (1u << 0)
#define ANA_VLANMASK                    0x7488
#define ANA_ANAINTR                     0x7490
#define   ANA_INTR                      (1u << 1)
#define   ANA_INTR_ENA                  (1u << 0)
#define ANA_AUTOAGE                     0x74ac
#define   ANA_AGE_PERIOD(v)             (((v) >> 1) & 0xfffff)
#define ANA_DSCP_CFG(dscp)              (0x7a4c + 4 * (dscp))
#define   ANA_DSCP_QOS(v)               (((v) >> 8) & 7)
#define   ANA_DSCP_TRUST                (1u << 1)
#define ANA_MIRRORPORTS                 0x74bc
#define ANA_EMIRRORPORTS                0x74c0
#define ANA_FLOODING(prio)              (0x74c4 + 4 * (prio))
#define   ANA_FLD_UNICAST(v)            (((v) >> 12) & 0x3f)
#define   ANA_FLD_BROADCAST(v)          (((v) >> 6) & 0x3f)
#define   ANA_FLD_MULTICAST(v)          ((v) & 0x3f)
#define ANA_FLOODING_IPMC               0x74e4
#define   ANA_FLD_MC4_CTRL(v)           (((v) >> 18) & 0x3f)
#define   ANA_FLD_MC4_DATA(v)           (((v) >> 12) & 0x3f)
#define   ANA_FLD_MC6_CTRL(v)           (((v) >> 6) & 0x3f)
#define   ANA_FLD_MC6_DATA(v)           ((v) & 0x3f)
#define ANA_AGGR_CFG                    0x7a00
#define   ANA_AC_DMAC                   (1u << 5)
#define   ANA_AC_SMAC                   (1u << 4)
#define   ANA_AC_IP6_FLOW_LBL           (1u << 3)
#define   ANA_AC_IP6_TCPUDP             (1u << 2)
#define   ANA_AC_IP4_SIPDIP             (1u << 1)
#define   ANA_AC_IP4_TCPUDP             (1u << 0)
#define ANA_SIZE                        0x8000

#endif /* LAN966X_SWITCH_REGS_H */
