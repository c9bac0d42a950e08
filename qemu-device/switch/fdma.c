/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FDMA: frames to and from the host's memory by chains of descriptors (DCB).
 *
 * Channel 0 injects, channel 6 extracts. A DCB has up to 15 data blocks (DB),
 * of which the driver uses the first, with a whole frame in it. At the end of
 * a chain (NEXTPTR bit 0) a channel waits for CH_RELOAD and looks at the last
 * DCB's NEXTPTR again. Injection also waits at a DB that is DONE, a guess; so
 * a chain that is a circle ends.
 *
 * Work is done when it is asked for: chains when CH_ACTIVATE or CH_RELOAD is
 * written, FDMA_CHAIN DCBs at most, extraction when a frame arrives. While a
 * backend takes no more frames, injection waits for switch.c's bottom half. A
 * frame for which there is no DB is lost; the chip would keep some, switch.c
 * counts. Any write may unplug the card: no other access follows then.
 *
 * Addresses are the SoC's. iatu.c says which of them lead to the host; with
 * x-fdma-identity=on, which no silicon has, all others lead there untranslated.
 * An access that leads nowhere, or that the host refuses (bus mastering off),
 * is logged and counted in the property fdma-errors, never shown in INTR_ERR.
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_device.h"
#include "migration/vmstate.h"
#include "../soc/iatu.h"
#include "../soc/types.h"
#include "../trace.h"
#include "switch.h"
#include "switch_regs.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xFdma, LAN966X_FDMA)

/* As long as the driver's rings are */
#define FDMA_CHAIN 512
#define FDMA_INJ 0
#define FDMA_XTR 6

/* Start of a DCB, in memory little endian: header, and the first DB */
typedef struct FdmaDcb {
    uint64_t next;
    uint64_t info;
    uint64_t data;
    uint64_t status;
} FdmaDcb;

#define DCB_NEXT_INVALID 1
#define DCB_DATAL(info) ((info) & 0xffff)
#define DB_STATUS offsetof(FdmaDcb, status)
#define DB_BLOCKL(status) ((status) & 0xffff)
#define DB_BLOCKL_MASK 0xffffull
#define DB_SOF (1u << 16)
#define DB_EOF (1u << 17)
#define DB_INTR (1u << 18)
#define DB_DONE (1u << 19)
#define DB_BLOCKO(status) (((status) >> 20) & 0xfff)

typedef struct Lan966xChannel {
    uint64_t dcb;               /* to work on; or, waiting, the last one */
    bool active;
    bool waiting;               /* for CH_RELOAD, at the end of the chain */
} Lan966xChannel;

struct Lan966xFdma {
    Lan966xBlock parent_obj;

    Lan966xChannel channel[FDMA_CHANNELS];
    uint64_t errors;
    bool identity;
    bool held;                  /* injection, by a backend that is full */
    qemu_irq irq;
};

static uint32_t fdma_reg(Lan966xFdma *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

static void fdma_update(Lan966xFdma *s)
{
    qemu_set_irq(s->irq, !!(fdma_reg(s, FDMA_INTR_DB) &
                            fdma_reg(s, FDMA_INTR_DB_ENA)));
}

static void fdma_interrupt(Lan966xFdma *s, unsigned ch)
{
    *lan966x_block_reg(LAN966X_BLOCK(s), 0, FDMA_INTR_DB) |= BIT(ch);
    fdma_update(s);
}

/* --- memory --- */

static bool fdma_access(Lan966xFdma *s, uint64_t addr, void *buf, size_t len,
                        DMADirection dir)
{
    Lan966xSwitch *sw = LAN966X_BLOCK(s)->sw;
    uint64_t bus = addr;
    bool mapped = lan966x_iatu_map(sw->iatu, addr, len, &bus) || s->identity;

    if (!lan966x_switch_alive(sw)) {
        return false;
    }
    if (mapped && !sw->dark &&
        pci_dma_rw(sw->pci, bus, buf, len, dir,
                   MEMTXATTRS_UNSPECIFIED) == MEMTX_OK) {
        return true;
    }
    s->errors++;
    trace_lan966x_fdma_error(LAN966X_BLOCK(s)->name, addr, len, mapped);
    qemu_log_mask(LOG_GUEST_ERROR, "lan966x %s: %s of %zu bytes at 0x%" PRIx64
                  ": %s\n", LAN966X_BLOCK(s)->name,
                  dir == DMA_DIRECTION_TO_DEVICE ? "read" : "write", len, addr,
                  mapped ? "refused by the host"
                         : "not in a window to the host");
    return false;
}

static bool fdma_read(Lan966xFdma *s, uint64_t addr, void *buf, size_t len)
{
    return fdma_access(s, addr, buf, len, DMA_DIRECTION_TO_DEVICE);
}

static bool fdma_write(Lan966xFdma *s, uint64_t addr, void *buf, size_t len)
{
    return fdma_access(s, addr, buf, len, DMA_DIRECTION_FROM_DEVICE);
}

static bool fdma_read_dcb(Lan966xFdma *s, uint64_t addr, FdmaDcb *dcb)
{
    if (!fdma_read(s, addr, dcb, sizeof(*dcb))) {
        return false;
    }
    le64_to_cpus(&dcb->next);
    le64_to_cpus(&dcb->info);
    le64_to_cpus(&dcb->data);
    le64_to_cpus(&dcb->status);
    return true;
}

static bool fdma_write_status(Lan966xFdma *s, uint64_t addr, uint64_t status)
{
    cpu_to_le64s(&status);
    return fdma_write(s, addr + DB_STATUS, &status, sizeof(status));
}

/* --- chains --- */

/* What follows a DCB; at the end of the chain or after an error, wait there */
static void fdma_advance(Lan966xChannel *c, uint64_t next)
{
    c->waiting = next & DCB_NEXT_INVALID;
    if (!c->waiting) {
        c->dcb = next;
    }
}

static void fdma_reload(Lan966xFdma *s, unsigned ch)
{
    Lan966xChannel *c = &s->channel[ch];
    uint64_t next;

    if (c->active && c->waiting && fdma_read(s, c->dcb, &next, sizeof(next))) {
        fdma_advance(c, le64_to_cpu(next));
    }
}

/* The frame of a DB, with IFH and FCS */
static void fdma_inject_frame(Lan966xFdma *s, const FdmaDcb *dcb)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    size_t len = DB_BLOCKL(dcb->status);
    g_autofree uint8_t *buf = NULL;

    if (~dcb->status & (DB_SOF | DB_EOF) ||
        len < SWITCH_IFH + ETH_HLEN + SWITCH_FCS ||
        len > SWITCH_IFH + SWITCH_MAX_FRAME + SWITCH_FCS ||
        lan966x_qs_inj_mode(b->sw->qs) != QS_MODE_FDMA) {
        lan966x_block_guest_error(b, 0, FDMA_CH_ACTIVATE, dcb->status,
                                  "not a frame to inject");
        return;
    }
    buf = g_malloc(len);
    if (fdma_read(s, dcb->data + DB_BLOCKO(dcb->status), buf, len)) {
        lan966x_switch_inject(b->sw, buf, len - SWITCH_FCS);
    }
}

static void fdma_inject(Lan966xFdma *s)
{
    Lan966xSwitch *sw = LAN966X_BLOCK(s)->sw;
    Lan966xChannel *c = &s->channel[FDMA_INJ];

    for (unsigned i = 0; i < FDMA_CHAIN; i++) {
        uint64_t addr = c->dcb;
        FdmaDcb dcb;

        if (!c->active || c->waiting ||
            fdma_reg(s, FDMA_PORT_CTRL(0)) & FDMA_INJ_STOP ||
            !fdma_read_dcb(s, addr, &dcb) || dcb.status & DB_DONE) {
            return;
        }
        trace_lan966x_fdma_db(LAN966X_BLOCK(s)->name, FDMA_INJ, addr, dcb.data,
                              dcb.status);
        if (lan966x_switch_stalled(sw)) {
            s->held = true;
            return;
        }
        fdma_inject_frame(s, &dcb);
        fdma_advance(c, dcb.next);
        if (fdma_write_status(s, addr, dcb.status | DB_DONE) &&
            dcb.status & DB_INTR) {
            fdma_interrupt(s, FDMA_INJ);
        }
    }
}

void lan966x_fdma_resume(Lan966xBlock *b)
{
    Lan966xFdma *s = LAN966X_FDMA(b);

    if (s->held) {
        s->held = false;
        fdma_inject(s);
    }
}

static bool fdma_fill(Lan966xFdma *s, const uint8_t *data, size_t len)
{
    Lan966xChannel *c = &s->channel[FDMA_XTR];
    uint64_t addr = c->dcb;
    FdmaDcb dcb;

    if (!c->active || c->waiting ||
        fdma_reg(s, FDMA_PORT_CTRL(0)) & FDMA_XTR_STOP ||
        !fdma_read_dcb(s, addr, &dcb)) {
        return false;
    }
    trace_lan966x_fdma_db(LAN966X_BLOCK(s)->name, FDMA_XTR, addr, dcb.data,
                          dcb.status);
    if (len > (DCB_DATAL(dcb.info) ?: 0x10000)) {
        lan966x_block_guest_error(LAN966X_BLOCK(s), 0, FDMA_CH_ACTIVATE,
                                  dcb.info, "no room for %zu bytes", len);
        return false;
    }
    if (!fdma_write(s, dcb.data, (void *)data, len)) {
        return false;
    }
    dcb.status = (dcb.status & ~DB_BLOCKL_MASK) | len | DB_SOF | DB_EOF |
                 DB_DONE;
    fdma_advance(c, dcb.next);
    if (fdma_write_status(s, addr, dcb.status) && dcb.status & DB_INTR) {
        fdma_interrupt(s, FDMA_XTR);
    }
    return true;
}

bool lan966x_fdma_extract(Lan966xBlock *b, const uint8_t *data, size_t len)
{
    return fdma_fill(LAN966X_FDMA(b), data, len);
}

/* --- registers --- */

static void fdma_activate(Lan966xFdma *s, unsigned ch)
{
    Lan966xChannel *c = &s->channel[ch];

    c->dcb = (uint64_t)fdma_reg(s, FDMA_DCB_LLP1(ch)) << 32 |
             fdma_reg(s, FDMA_DCB_LLP(ch));
    c->active = true;
    c->waiting = c->dcb & DCB_NEXT_INVALID;
}

/* A write of bits that each mean a channel */
static void fdma_command(Lan966xFdma *s, uint32_t off, uint32_t val)
{
    trace_lan966x_fdma_command(LAN966X_BLOCK(s)->name, off, val);
    for (unsigned ch = 0; ch < FDMA_CHANNELS; ch++) {
        if (!(val & BIT(ch))) {
            continue;
        }
        switch (off) {
        case FDMA_CH_ACTIVATE:
            fdma_activate(s, ch);
            break;
        case FDMA_CH_RELOAD:
            fdma_reload(s, ch);
            break;
        case FDMA_CH_DISABLE:
            s->channel[ch].active = false;
            break;
        }
    }
    fdma_inject(s);
}

static uint32_t fdma_active(Lan966xFdma *s)
{
    uint32_t val = 0;

    for (unsigned ch = 0; ch < FDMA_CHANNELS; ch++) {
        val |= s->channel[ch].active ? BIT(ch) : 0;
    }
    return val;
}

static uint32_t fdma_reg_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    switch (off) {
    case FDMA_CH_ACTIVATE:
    case FDMA_CH_RELOAD:
    case FDMA_CH_DISABLE:
    case FDMA_CH_DB_DISCARD:
        return 0;
    case FDMA_CH_ACTIVE:
        return fdma_active(LAN966X_FDMA(b));
    case FDMA_DCB_LLP(0) ... FDMA_DCB_LLP1(FDMA_CHANNELS - 1):
    case FDMA_CH_CFG(0) ... FDMA_CH_CFG(FDMA_CHANNELS - 1):
    case FDMA_PORT_CTRL(0) ... FDMA_PORT_CTRL(1):
    case FDMA_INTR_DCB ... FDMA_ERRORS:
    case FDMA_CTRL:
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void fdma_reset(Lan966xBlock *b)
{
    Lan966xFdma *s = LAN966X_FDMA(b);

    memset(s->channel, 0, sizeof(s->channel));
    s->held = false;
    *lan966x_block_reg(b, 0, FDMA_CTRL) = FDMA_NRESET;
}

static void fdma_write_ctrl(Lan966xFdma *s, uint32_t val)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);

    if (!(val & FDMA_NRESET)) {
        memset(lan966x_block_reg(b, 0, 0), 0, FDMA_SIZE);
        fdma_reset(b);
        fdma_update(s);
    }
    *lan966x_block_reg(b, 0, FDMA_CTRL) = val;
}

static void fdma_reg_write(Lan966xBlock *b, unsigned win, uint32_t off,
                           uint32_t val)
{
    Lan966xFdma *s = LAN966X_FDMA(b);

    switch (off) {
    case FDMA_CH_ACTIVATE:
    case FDMA_CH_RELOAD:
    case FDMA_CH_DISABLE:
        fdma_command(s, off, val);
        break;
    case FDMA_CH_DB_DISCARD:
        break;
    case FDMA_INTR_DB:
    case FDMA_INTR_DCB:
    case FDMA_INTR_ERR:
    case FDMA_ERRORS:
        *lan966x_block_reg(b, win, off) &= ~val;
        fdma_update(s);
        break;
    case FDMA_INTR_DB_ENA:
        *lan966x_block_reg(b, win, off) = val;
        fdma_update(s);
        break;
    case FDMA_DCB_LLP(0) ... FDMA_DCB_LLP1(FDMA_CHANNELS - 1):
    case FDMA_CH_CFG(0) ... FDMA_CH_CFG(FDMA_CHANNELS - 1):
    case FDMA_PORT_CTRL(0) ... FDMA_PORT_CTRL(1):
    case FDMA_INTR_DCB_ENA:
        *lan966x_block_reg(b, win, off) = val;
        break;
    case FDMA_CTRL:
        fdma_write_ctrl(s, val);
        break;
    case FDMA_CH_ACTIVE:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void fdma_reset_update(Lan966xBlock *b)
{
    fdma_update(LAN966X_FDMA(b));
}

static void fdma_init(Object *obj)
{
    Lan966xFdma *s = LAN966X_FDMA(obj);

    lan966x_block_init_irq(LAN966X_BLOCK(obj), &s->irq);
    object_property_add_uint64_ptr(obj, "errors", &s->errors,
                                   OBJ_PROP_FLAG_READ);
}

static const Property fdma_properties[] = {
    DEFINE_PROP_BOOL("identity", Lan966xFdma, identity, false),
};

static const VMStateDescription vmstate_channel = {
    .name = "lan966x-fdma-channel",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(dcb, Lan966xChannel),
        VMSTATE_BOOL(active, Lan966xChannel),
        VMSTATE_BOOL(waiting, Lan966xChannel),
        VMSTATE_END_OF_LIST()
    }
};

/* What held injection up has stayed behind */
static int fdma_post_load(void *opaque, int version_id)
{
    LAN966X_FDMA(opaque)->held = true;
    return 0;
}

static const VMStateDescription vmstate_fdma = {
    .name = TYPE_LAN966X_FDMA,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = fdma_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xFdma),
        VMSTATE_STRUCT_ARRAY(channel, Lan966xFdma, FDMA_CHANNELS, 1,
                             vmstate_channel, Lan966xChannel),
        VMSTATE_UINT64(errors, Lan966xFdma),
        VMSTATE_END_OF_LIST()
    }
};

static void fdma_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    dc->vmsd = &vmstate_fdma;
    device_class_set_props(dc, fdma_properties);
    bc->window_size[0] = FDMA_SIZE;
    bc->read = fdma_reg_read;
    bc->write = fdma_reg_write;
    bc->reset = fdma_reset;
    bc->update = fdma_reset_update;
}

static const TypeInfo fdma_type = {
    .name = TYPE_LAN966X_FDMA,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xFdma),
    .instance_init = fdma_init,
    .class_init = fdma_class_init,
};

static void fdma_register_types(void)
{
    type_register_static(&fdma_type);
}

type_init(fdma_register_types)
