/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OIC: the interrupt controller that shows the SoC's interrupts to the host.
 *
 * 86 sources, 9 destinations; destination 0 is the PCI function's interrupt.
 * A source with TRIGGER 0 is a level: its STICKY bit follows the source (what
 * silicon does between acknowledge and fall of the source is not known; this
 * gives no spurious interrupts). TRIGGER 1 latches both edges, 2 the falling,
 * 3 the rising one, until STICKY is written.
 *
 * Level output: high while a source that is enabled and mapped to destination
 * 0 is pending. For INTx that is all.
 *
 * Event output, for a message-signalled interrupt: pulsed
 *  - when the level output goes from low to high, and
 *  - when a write of STICKY or ENA_SET leaves it high.
 * The second rule stands for the output being low during the write. It makes
 * one message per pass enough for a handler that reads DST_IDENT once, and
 * treats each source by mask (ENA_CLR), acknowledge (STICKY), handle, unmask
 * (ENA_SET), as Linux' handle_level_irq does: a source that rises after
 * DST_IDENT was read, while another keeps the output high, sends a message of
 * its own at the next acknowledge or unmask. A handler that does neither has
 * to read DST_IDENT until it is 0. The price is an occasional message with
 * nothing pending behind it.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../trace.h"
#include "lan966x_regs.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xOic, LAN966X_OIC)

struct Lan966xOic {
    Lan966xBlock parent_obj;

    uint32_t raw[OIC_WORDS];
    uint32_t latched[OIC_WORDS];    /* edges, until acknowledged */
    bool level;                     /* of output 0 */
    qemu_irq out[OIC_DESTS];
    qemu_irq event;
};

/* Sources of each word that exist */
static const uint32_t oic_mask[OIC_WORDS] = {
    UINT32_MAX, UINT32_MAX, MAKE_64BIT_MASK(0, OIC_SOURCES - 64),
};

static uint32_t oic_reg(Lan966xOic *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

static uint32_t oic_sticky(Lan966xOic *s, unsigned w)
{
    uint32_t edge = oic_reg(s, OIC_TRIGGER(w, 0)) |
                    oic_reg(s, OIC_TRIGGER(w, 1));

    return ((s->raw[w] & ~edge) | s->latched[w] | oic_reg(s, OIC_FORCE(w))) &
           oic_mask[w];
}

static uint32_t oic_ident(Lan966xOic *s, unsigned w)
{
    uint32_t bypass = oic_reg(s, OIC_BYPASS(w));
    uint32_t pending = (oic_sticky(s, w) & ~bypass) | (s->raw[w] & bypass);

    return pending & oic_reg(s, OIC_ENA(w));
}

static void oic_update(Lan966xOic *s, bool again)
{
    uint32_t ident[OIC_WORDS];
    bool was = s->level;

    for (unsigned w = 0; w < OIC_WORDS; w++) {
        ident[w] = oic_ident(s, w);
    }
    for (unsigned n = 0; n < OIC_DESTS; n++) {
        uint32_t pending = 0;

        for (unsigned w = 0; w < OIC_WORDS; w++) {
            pending |= ident[w] & oic_reg(s, OIC_DST_MAP(w, n));
        }
        if (n == 0) {
            s->level = pending;
        }
        qemu_set_irq(s->out[n], !!pending);
    }
    trace_lan966x_oic_update(LAN966X_BLOCK(s)->name, ident[2], ident[1],
                             ident[0], s->level);
    if (s->level && (again || !was)) {
        qemu_irq_pulse(s->event);
    }
}

static void oic_set_source(void *opaque, int n, int level)
{
    Lan966xOic *s = opaque;
    unsigned w = n / 32;
    uint32_t bit = 1u << (n % 32);
    bool t0 = oic_reg(s, OIC_TRIGGER(w, 0)) & bit;
    bool t1 = oic_reg(s, OIC_TRIGGER(w, 1)) & bit;

    if (!!(s->raw[w] & bit) == !!level) {
        return;
    }
    trace_lan966x_oic_source(LAN966X_BLOCK(s)->name, n, level);
    s->raw[w] ^= bit;
    if ((t0 && !t1) || (t1 && t0 == !!level)) {
        s->latched[w] |= bit;
    }
    oic_update(s, false);
}

static uint32_t oic_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    Lan966xOic *s = LAN966X_OIC(b);
    unsigned w;

    switch (off) {
    case OIC_RAW(0) ... OIC_RAW(2):
        return s->raw[(off - OIC_RAW(0)) / 4];
    case OIC_STICKY(0) ... OIC_STICKY(2):
        return oic_sticky(s, (off - OIC_STICKY(0)) / 4);
    case OIC_IDENT(0) ... OIC_IDENT(2):
        return oic_ident(s, (off - OIC_IDENT(0)) / 4);
    case OIC_DST_IDENT(0, 0) ... OIC_DST_IDENT(2, OIC_DESTS - 1):
        w = (off - OIC_DST_IDENT(0, 0)) / (4 * OIC_DESTS);
        return oic_ident(s, w) &
               oic_reg(s, off - OIC_DST_IDENT(0, 0) + OIC_DST_MAP(0, 0));
    case OIC_ENA_CLR(0) ... OIC_ENA_CLR(2):
    case OIC_ENA_SET(0) ... OIC_ENA_SET(2):
        return 0;
    case OIC_TRIGGER(0, 0) ... OIC_TRIGGER(2, 1):
    case OIC_FORCE(0) ... OIC_FORCE(2):
    case OIC_BYPASS(0) ... OIC_BYPASS(2):
    case OIC_ENA(0) ... OIC_ENA(2):
    case OIC_DST_MAP(0, 0) ... OIC_DST_MAP(2, OIC_DESTS - 1):
        return oic_reg(s, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void oic_write(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val)
{
    Lan966xOic *s = LAN966X_OIC(b);
    bool again = false;
    unsigned w;

    switch (off) {
    case OIC_STICKY(0) ... OIC_STICKY(2):
        s->latched[(off - OIC_STICKY(0)) / 4] &= ~val;
        again = true;
        break;
    case OIC_ENA_CLR(0) ... OIC_ENA_CLR(2):
        w = (off - OIC_ENA_CLR(0)) / 4;
        *lan966x_block_reg(b, 0, OIC_ENA(w)) &= ~val;
        break;
    case OIC_ENA_SET(0) ... OIC_ENA_SET(2):
        w = (off - OIC_ENA_SET(0)) / 4;
        *lan966x_block_reg(b, 0, OIC_ENA(w)) |= val & oic_mask[w];
        again = true;
        break;
    case OIC_ENA(0) ... OIC_ENA(2):
        w = (off - OIC_ENA(0)) / 4;
        *lan966x_block_reg(b, 0, off) = val & oic_mask[w];
        break;
    case OIC_TRIGGER(0, 0) ... OIC_TRIGGER(2, 1):
    case OIC_FORCE(0) ... OIC_FORCE(2):
    case OIC_BYPASS(0) ... OIC_BYPASS(2):
    case OIC_DST_MAP(0, 0) ... OIC_DST_MAP(2, OIC_DESTS - 1):
        *lan966x_block_reg(b, 0, off) = val;
        break;
    case OIC_RAW(0) ... OIC_RAW(2):
    case OIC_IDENT(0) ... OIC_IDENT(2):
    case OIC_DST_IDENT(0, 0) ... OIC_DST_IDENT(2, OIC_DESTS - 1):
        lan966x_block_readonly(b, win, off, val);
        return;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
        return;
    }
    oic_update(s, again);
}

/* The sources are other blocks' outputs: a reset here does not change them */
static void oic_reset(Lan966xBlock *b)
{
    Lan966xOic *s = LAN966X_OIC(b);

    memset(s->latched, 0, sizeof(s->latched));
}

static void oic_reset_update(Lan966xBlock *b)
{
    oic_update(LAN966X_OIC(b), false);
}

static void oic_init(Object *obj)
{
    Lan966xOic *s = LAN966X_OIC(obj);

    qdev_init_gpio_in(DEVICE(obj), oic_set_source, OIC_SOURCES);
    for (unsigned n = 0; n < OIC_DESTS; n++) {
        lan966x_block_init_irq(LAN966X_BLOCK(obj), &s->out[n]);
    }
    qdev_init_gpio_out_named(DEVICE(obj), &s->event, "event", 1);
}

static const VMStateDescription vmstate_oic = {
    .name = TYPE_LAN966X_OIC,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xOic),
        VMSTATE_UINT32_ARRAY(raw, Lan966xOic, OIC_WORDS),
        VMSTATE_UINT32_ARRAY(latched, Lan966xOic, OIC_WORDS),
        VMSTATE_BOOL(level, Lan966xOic),
        VMSTATE_END_OF_LIST()
    }
};

static void oic_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    DEVICE_CLASS(klass)->vmsd = &vmstate_oic;
    bc->window_size[0] = OIC_SIZE;
    bc->read = oic_read;
    bc->write = oic_write;
    bc->reset = oic_reset;
    bc->update = oic_reset_update;
}

static const TypeInfo oic_type = {
    .name = TYPE_LAN966X_OIC,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xOic),
    .instance_init = oic_init,
    .class_init = oic_class_init,
};

static void oic_register_types(void)
{
    type_register_static(&oic_type);
}

type_init(oic_register_types)
