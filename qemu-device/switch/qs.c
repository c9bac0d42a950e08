/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QS: frames to and from the driver, word by word.
 *
 * Extraction. Only complete frames are queued, as the words that the driver
 * will read: IFH, frame and FCS; a word with the number of unused bytes before
 * the last one; an escape before each word that looks like one of these. The
 * queue holds as much as the chip's memory. Without room a frame is dropped
 * whole, so the driver never sees NOT_READY within a frame.
 *
 * Injection. Words between SOF and the one after EOF. A frame is on its way
 * when its last word is written. INJ_STATUS is always ready for the next word;
 * between frames it says WMARK_REACHED while a backend takes no more.
 *
 * Only group 0 has a queue. All CPU queues lead to it (CPU_GROUP_MAP = 0).
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/units.h"
#include "../soc/types.h"
#include "../trace.h"
#include "switch.h"
#include "switch_regs.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xQs, LAN966X_QS)

/* The chip's memory of 160 KiB; frames are a guess */
#define XTR_WORDS (160 * KiB / 4)
#define XTR_FRAMES 64

/* With BYTE_SWAP; n = unused bytes of the last word */
#define XTR_SPECIAL(n) (0x00000080u | (n) << 24)
#define XTR_EOF(n) XTR_SPECIAL(n)
#define XTR_ESCAPE XTR_SPECIAL(6)
#define XTR_NOT_READY XTR_SPECIAL(7)

#define INJ_WORDS ((SWITCH_IFH + SWITCH_MAX_FRAME + 2 * SWITCH_FCS) / 4)

typedef struct Lan966xInjection {
    uint8_t data[4 * INJ_WORDS];
    uint32_t words;
    bool open;                  /* since SOF */
    bool eof;                   /* the next word is the last one */
    uint8_t valid;              /* bytes of it */
} Lan966xInjection;

struct Lan966xQs {
    Lan966xBlock parent_obj;

    uint32_t xtr[XTR_WORDS];            /* ring */
    uint32_t xtr_head;
    uint32_t xtr_words;
    uint32_t frame[XTR_FRAMES];         /* ring: words left of each */
    uint32_t frame_head;
    uint32_t frames;
    Lan966xInjection inj[QS_GROUPS];
    qemu_irq irq;
};

static uint32_t qs_reg(Lan966xQs *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

unsigned lan966x_qs_xtr_mode(Lan966xBlock *b)
{
    return QS_GRP_CFG_MODE(*lan966x_block_reg(b, 0, QS_XTR_GRP_CFG(0)));
}

unsigned lan966x_qs_inj_mode(Lan966xBlock *b)
{
    return QS_GRP_CFG_MODE(*lan966x_block_reg(b, 0, QS_INJ_GRP_CFG(0)));
}

static bool qs_data_present(Lan966xQs *s)
{
    return s->frames &&
           lan966x_qs_xtr_mode(LAN966X_BLOCK(s)) == QS_MODE_REGISTER;
}

static void qs_update(Lan966xQs *s)
{
    qemu_set_irq(s->irq, qs_data_present(s));
}

static void qs_push(Lan966xQs *s, uint32_t word)
{
    s->xtr[(s->xtr_head + s->xtr_words++) % XTR_WORDS] = word;
}

static bool qs_is_special(uint32_t word)
{
    return (word & ~(7u << 24)) == XTR_SPECIAL(0);
}

static void qs_push_data(Lan966xQs *s, uint32_t word)
{
    if (qs_is_special(word)) {
        qs_push(s, XTR_ESCAPE);
    }
    qs_push(s, word);
}

bool lan966x_qs_extract(Lan966xBlock *b, const uint8_t *data, size_t len)
{
    Lan966xQs *s = LAN966X_QS(b);
    size_t words = DIV_ROUND_UP(len, 4);
    uint32_t before = s->xtr_words;
    uint8_t last[4] = { };

    if (qs_reg(s, QS_XTR_FLUSH) & 1) {
        return true;
    }
    /* Each word may need an escape */
    if (s->frames == XTR_FRAMES || XTR_WORDS - before < 2 * words + 1) {
        return false;
    }
    for (size_t i = 0; i < words - 1; i++) {
        qs_push_data(s, ldl_le_p(data + 4 * i));
    }
    qs_push(s, XTR_EOF(4 * words - len));
    memcpy(last, data + 4 * (words - 1), len - 4 * (words - 1));
    qs_push_data(s, ldl_le_p(last));
    s->frame[(s->frame_head + s->frames++) % XTR_FRAMES] = s->xtr_words -
                                                           before;
    trace_lan966x_qs_extract(b->name, len, s->frames);
    qs_update(s);
    return true;
}

static void qs_flush(Lan966xQs *s)
{
    s->xtr_words = 0;
    s->frames = 0;
}

static uint32_t qs_pop(Lan966xQs *s)
{
    uint32_t word = s->xtr[s->xtr_head];

    s->xtr_head = (s->xtr_head + 1) % XTR_WORDS;
    s->xtr_words--;
    if (--s->frame[s->frame_head] == 0) {
        s->frame_head = (s->frame_head + 1) % XTR_FRAMES;
        s->frames--;
        qs_update(s);
    }
    return word;
}

static uint32_t qs_read_xtr(Lan966xQs *s, unsigned group)
{
    uint32_t cfg = qs_reg(s, QS_XTR_GRP_CFG(group));
    uint32_t word = XTR_NOT_READY;

    if (group == 0 && qs_data_present(s)) {
        word = qs_pop(s);
    }
    return cfg & QS_GRP_CFG_BYTE_SWAP ? word : bswap32(word);
}

/* A driver waits for FIFO_RDY within a frame, but only looks at WMARK before */
static uint32_t qs_inj_status(Lan966xQs *s)
{
    uint32_t val = QS_INJ_STATUS_READY;

    if (lan966x_switch_stalled(LAN966X_BLOCK(s)->sw)) {
        for (unsigned i = 0; i < QS_GROUPS; i++) {
            val |= s->inj[i].open ? 0 : QS_INJ_STATUS_WMARK(i);
        }
    }
    return val;
}

static uint32_t qs_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    Lan966xQs *s = LAN966X_QS(b);

    switch (off) {
    case QS_XTR_RD(0) ... QS_XTR_RD(QS_GROUPS - 1):
        return qs_read_xtr(s, (off - QS_XTR_RD(0)) / 4);
    case QS_XTR_DATA_PRESENT:
        return qs_data_present(s);
    case QS_INJ_STATUS:
        return qs_inj_status(s);
    case QS_INJ_WR(0) ... QS_INJ_WR(QS_GROUPS - 1):
        return 0;
    case QS_XTR_GRP_CFG(0) ... QS_XTR_GRP_CFG(QS_GROUPS - 1):
    case QS_XTR_FRM_PRUNING(0) ... QS_XTR_FRM_PRUNING(QS_GROUPS - 1):
    case QS_XTR_FLUSH:
    case QS_INJ_GRP_CFG(0) ... QS_INJ_GRP_CFG(QS_GROUPS - 1):
    case QS_INJ_CTRL(0) ... QS_INJ_CTRL(QS_GROUPS - 1):
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void qs_write_inj_ctrl(Lan966xQs *s, unsigned group, uint32_t val)
{
    Lan966xInjection *inj = &s->inj[group];

    if (val & (QS_INJ_CTRL_SOF | QS_INJ_CTRL_ABORT)) {
        if (inj->open) {
            lan966x_block_guest_error(LAN966X_BLOCK(s), 0, QS_INJ_CTRL(group),
                                      val, "frame of %u words aborted",
                                      inj->words);
        }
        inj->open = !(val & QS_INJ_CTRL_ABORT);
        inj->eof = false;
        inj->words = 0;
    }
    if (val & QS_INJ_CTRL_EOF) {
        inj->eof = true;
        inj->valid = QS_INJ_CTRL_VLD_BYTES(val) ?: 4;
    }
}

/* The last word has at least a part of the FCS, which the port makes anew */
static void qs_inject(Lan966xQs *s, unsigned group)
{
    Lan966xBlock *b = LAN966X_BLOCK(s);
    Lan966xInjection *inj = &s->inj[group];
    uint32_t len = 4 * (inj->words - 1) + inj->valid;

    inj->open = false;
    inj->eof = false;
    if (len < SWITCH_IFH + ETH_HLEN + SWITCH_FCS) {
        lan966x_block_guest_error(b, 0, QS_INJ_WR(group), len,
                                  "frame shorter than its headers");
        return;
    }
    len -= SWITCH_FCS;
    trace_lan966x_qs_inject(b->name, len);
    lan966x_switch_inject(b->sw, inj->data, len);
}

static void qs_write_inj(Lan966xQs *s, unsigned group, uint32_t val)
{
    Lan966xInjection *inj = &s->inj[group];
    uint32_t cfg = qs_reg(s, QS_INJ_GRP_CFG(group));

    if (!inj->open || QS_GRP_CFG_MODE(cfg) != QS_MODE_REGISTER) {
        lan966x_block_guest_error(LAN966X_BLOCK(s), 0, QS_INJ_WR(group), val,
                                  "word outside a frame");
        return;
    }
    if (inj->words == INJ_WORDS) {
        lan966x_block_guest_error(LAN966X_BLOCK(s), 0, QS_INJ_WR(group), val,
                                  "frame too long");
        inj->open = false;
        return;
    }
    stl_le_p(&inj->data[4 * inj->words++],
             cfg & QS_GRP_CFG_BYTE_SWAP ? val : bswap32(val));
    if (inj->eof) {
        qs_inject(s, group);
    }
}

static void qs_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    Lan966xQs *s = LAN966X_QS(b);

    switch (off) {
    case QS_INJ_CTRL(0) ... QS_INJ_CTRL(QS_GROUPS - 1):
        *lan966x_block_reg(b, win, off) = val;
        qs_write_inj_ctrl(s, (off - QS_INJ_CTRL(0)) / 4, val);
        break;
    case QS_INJ_WR(0) ... QS_INJ_WR(QS_GROUPS - 1):
        qs_write_inj(s, (off - QS_INJ_WR(0)) / 4, val);
        break;
    case QS_XTR_FLUSH:
        *lan966x_block_reg(b, win, off) = val;
        if (val & 1) {
            qs_flush(s);
        }
        qs_update(s);
        break;
    case QS_XTR_GRP_CFG(0) ... QS_XTR_GRP_CFG(QS_GROUPS - 1):
        *lan966x_block_reg(b, win, off) = val;
        qs_update(s);
        break;
    case QS_XTR_FRM_PRUNING(0) ... QS_XTR_FRM_PRUNING(QS_GROUPS - 1):
    case QS_INJ_GRP_CFG(0) ... QS_INJ_GRP_CFG(QS_GROUPS - 1):
        *lan966x_block_reg(b, win, off) = val;
        break;
    case QS_XTR_RD(0) ... QS_XTR_RD(QS_GROUPS - 1):
    case QS_XTR_DATA_PRESENT:
    case QS_INJ_STATUS:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void qs_reset(Lan966xBlock *b)
{
    Lan966xQs *s = LAN966X_QS(b);

    qs_flush(s);
    s->xtr_head = 0;
    s->frame_head = 0;
    for (unsigned i = 0; i < QS_GROUPS; i++) {
        s->inj[i].words = 0;
        s->inj[i].open = false;
        s->inj[i].eof = false;
    }
}

static void qs_reset_update(Lan966xBlock *b)
{
    qs_update(LAN966X_QS(b));
}

/* What is in the rings has to be what the counts say */
static int qs_post_load(void *opaque, int version_id)
{
    Lan966xQs *s = opaque;
    uint64_t words = 0;

    if (s->xtr_head >= XTR_WORDS || s->frame_head >= XTR_FRAMES ||
        s->frames > XTR_FRAMES) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < s->frames; i++) {
        uint32_t n = s->frame[(s->frame_head + i) % XTR_FRAMES];

        if (!n) {
            return -EINVAL;
        }
        words += n;
    }
    for (unsigned i = 0; i < QS_GROUPS; i++) {
        const Lan966xInjection *inj = &s->inj[i];

        if (inj->words > INJ_WORDS || (inj->eof && !inj->valid) ||
            inj->valid > 4) {
            return -EINVAL;
        }
    }
    return words == s->xtr_words && words <= XTR_WORDS ? 0 : -EINVAL;
}

static void qs_init(Object *obj)
{
    lan966x_block_init_irq(LAN966X_BLOCK(obj), &LAN966X_QS(obj)->irq);
}

static const VMStateDescription vmstate_injection = {
    .name = "lan966x-injection",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8_ARRAY(data, Lan966xInjection, 4 * INJ_WORDS),
        VMSTATE_UINT32(words, Lan966xInjection),
        VMSTATE_BOOL(open, Lan966xInjection),
        VMSTATE_BOOL(eof, Lan966xInjection),
        VMSTATE_UINT8(valid, Lan966xInjection),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_qs = {
    .name = TYPE_LAN966X_QS,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = qs_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xQs),
        VMSTATE_UINT32_ARRAY(xtr, Lan966xQs, XTR_WORDS),
        VMSTATE_UINT32(xtr_head, Lan966xQs),
        VMSTATE_UINT32(xtr_words, Lan966xQs),
        VMSTATE_UINT32_ARRAY(frame, Lan966xQs, XTR_FRAMES),
        VMSTATE_UINT32(frame_head, Lan966xQs),
        VMSTATE_UINT32(frames, Lan966xQs),
        VMSTATE_STRUCT_ARRAY(inj, Lan966xQs, QS_GROUPS, 1, vmstate_injection,
                             Lan966xInjection),
        VMSTATE_END_OF_LIST()
    }
};

static void qs_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    DEVICE_CLASS(klass)->vmsd = &vmstate_qs;
    bc->window_size[0] = QS_SIZE;
    bc->read = qs_read;
    bc->write = qs_write;
    bc->reset = qs_reset;
    bc->update = qs_reset_update;
}

static const TypeInfo qs_type = {
    .name = TYPE_LAN966X_QS,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xQs),
    .instance_init = qs_init,
    .class_init = qs_class_init,
};

static void qs_register_types(void)
{
    type_register_static(&qs_type);
}

type_init(qs_register_types)
