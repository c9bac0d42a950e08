/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TRNG: a random word each TRNG_NS, while it is enabled by its key.
 *
 * A read of the status clears it. The words are those of QEMU's -seed, if there
 * is one. Interrupts are stored, and no line is known for them.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/guest-random.h"
#include "qemu/timer.h"
#include "lan966x_regs.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xTrng, LAN966X_TRNG)

#define TRNG_NS 420             /* 84 cycles of 200 MHz */

struct Lan966xTrng {
    Lan966xBlock parent_obj;

    int64_t ready;              /* when the next word is there */
};

static bool trng_enabled(Lan966xBlock *b)
{
    return *lan966x_block_reg(b, 0, TRNG_CR) & TRNG_ENABLE;
}

static uint32_t trng_status(Lan966xTrng *s)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    if (!trng_enabled(LAN966X_BLOCK(s)) || now < s->ready) {
        return 0;
    }
    s->ready = now + TRNG_NS;
    return TRNG_DATRDY;
}

static uint32_t trng_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    uint32_t word = 0;

    switch (off) {
    case TRNG_CR:
        return 0;
    case TRNG_MR:
    case TRNG_IMR:
        return *lan966x_block_reg(b, win, off);
    case TRNG_ISR:
        return trng_status(LAN966X_TRNG(b));
    case TRNG_ODATA:
        if (trng_enabled(b)) {
            qemu_guest_getrandom_nofail(&word, sizeof(word));
        }
        return word;
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void trng_write(Lan966xBlock *b, unsigned win, uint32_t off,
                       uint32_t val)
{
    uint32_t *imr = lan966x_block_reg(b, 0, TRNG_IMR);

    switch (off) {
    case TRNG_CR:
        if (TRNG_KEY(val) != TRNG_KEY_VALUE) {
            lan966x_block_guest_error(b, win, off, val, "wrong key");
            return;
        }
        *lan966x_block_reg(b, win, off) = val & TRNG_ENABLE;
        LAN966X_TRNG(b)->ready = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                                 TRNG_NS;
        break;
    case TRNG_MR:
        *lan966x_block_reg(b, win, off) = val & TRNG_HALFR;
        break;
    case TRNG_IER:
        *imr |= val & TRNG_DATRDY;
        lan966x_block_unimp_once(b, "interrupt");
        break;
    case TRNG_IDR:
        *imr &= ~val;
        break;
    case TRNG_IMR:
    case TRNG_ISR:
    case TRNG_ODATA:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void trng_reset(Lan966xBlock *b)
{
    LAN966X_TRNG(b)->ready = 0;
}

static const VMStateDescription vmstate_trng = {
    .name = TYPE_LAN966X_TRNG,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xTrng),
        VMSTATE_INT64(ready, Lan966xTrng),
        VMSTATE_END_OF_LIST()
    }
};

static void trng_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    DEVICE_CLASS(klass)->vmsd = &vmstate_trng;
    bc->window_size[0] = TRNG_SIZE;
    bc->read = trng_read;
    bc->write = trng_write;
    bc->reset = trng_reset;
}

static const TypeInfo trng_type = {
    .name = TYPE_LAN966X_TRNG,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xTrng),
    .class_init = trng_class_init,
};

static void trng_register_types(void)
{
    type_register_static(&trng_type);
}

type_init(trng_register_types)
