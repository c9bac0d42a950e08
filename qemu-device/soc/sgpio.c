/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SGPIO: 32 ports of up to 4 bits through shift registers on the board.
 *
 * Outputs are shifted out by SINGLE_SHOT, which clears itself at once, and
 * all the time with AUTO_REPEAT. A blinking source counts as its lowest bit.
 * Inputs are seen at once, of ports that PORT_ENA enables.
 *
 * INTR latches; with trigger 0 it follows the level, which INTR_POL inverts;
 * 1 is both edges, 2 the falling, 3 the rising one. It is cleared by writing
 * 1. The driver acknowledges by read-modify-write, and so loses a second edge
 * that is latched in the same word. It would on silicon that reads back INTR.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "../trace.h"
#include "gpio.h"
#include "lan966x_regs.h"
#include "sgpio.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xSgpio, LAN966X_SGPIO)

struct Lan966xSgpio {
    Lan966xBlock parent_obj;

    uint32_t outside[SGPIO_BITS];   /* input lines, by bit and port */
    uint32_t input[SGPIO_BITS];     /* of these, what is enabled */
    uint32_t output[SGPIO_BITS];
    uint32_t latched[SGPIO_BITS];
    qemu_irq irq;
};

static uint32_t sgpio_reg(Lan966xSgpio *s, uint32_t off)
{
    return *lan966x_block_reg(LAN966X_BLOCK(s), 0, off);
}

static uint32_t sgpio_intr(Lan966xSgpio *s, unsigned n)
{
    uint32_t edge = sgpio_reg(s, SGPIO_INTR_TRIGGER0(n)) |
                    sgpio_reg(s, SGPIO_INTR_TRIGGER1(n));
    uint32_t active = s->input[n] ^ sgpio_reg(s, SGPIO_INTR_POL(n));

    return s->latched[n] |
           (active & ~edge & sgpio_reg(s, SGPIO_PORT_ENA));
}

static void sgpio_update_irq(Lan966xSgpio *s)
{
    uint32_t ident = 0;

    for (unsigned n = 0; n < SGPIO_BITS; n++) {
        ident |= sgpio_intr(s, n) & sgpio_reg(s, SGPIO_INTR_ENA(n));
    }
    if (!(sgpio_reg(s, SGPIO_SIO_CFG) & SGPIO_GLOB_INTR_ENA)) {
        ident = 0;
    }
    trace_lan966x_sgpio_irq(LAN966X_BLOCK(s)->name, ident);
    qemu_set_irq(s->irq, !!ident);
}

/* Whether a group of its four pins is multiplexed to it */
static bool sgpio_is_wired(Lan966xSgpio *s)
{
    Lan966xChip *chip = LAN966X_BLOCK(s)->chip;

    return !chip->strict ||
           lan966x_gpio_muxed(chip->gpio, 32, 4, GPIO_ALT_SGPIO) ||
           lan966x_gpio_muxed(chip->gpio, 61, 4, GPIO_ALT_SGPIO);
}

static void sgpio_update_input(Lan966xSgpio *s, bool latch)
{
    unsigned width = SGPIO_PORT_WIDTH(sgpio_reg(s, SGPIO_SIO_CFG));

    for (unsigned n = 0; n < SGPIO_BITS; n++) {
        uint32_t t0 = sgpio_reg(s, SGPIO_INTR_TRIGGER0(n));
        uint32_t t1 = sgpio_reg(s, SGPIO_INTR_TRIGGER1(n));
        uint32_t now = s->outside[n] & sgpio_reg(s, SGPIO_PORT_ENA);
        uint32_t changed;

        if (n >= width || !sgpio_is_wired(s)) {
            now = 0;
        }
        changed = now ^ s->input[n];
        s->input[n] = now;
        if (latch) {
            s->latched[n] |= changed & ((t0 & ~t1) | (t1 & ~(t0 ^ now)));
        }
    }
    sgpio_update_irq(s);
}

static void sgpio_shift_out(Lan966xSgpio *s)
{
    unsigned width = SGPIO_PORT_WIDTH(sgpio_reg(s, SGPIO_SIO_CFG));
    uint32_t enabled = sgpio_is_wired(s) ? sgpio_reg(s, SGPIO_PORT_ENA) : 0;

    for (unsigned n = 0; n < width; n++) {
        for (unsigned port = 0; port < SGPIO_PORTS; port++) {
            uint32_t cfg = sgpio_reg(s, SGPIO_PORT_CFG(port));
            uint32_t bit = 1u << port;
            bool level = SGPIO_BIT_SOURCE(cfg, n) & 1;

            if (!(enabled & bit) || !!(s->output[n] & bit) == level) {
                continue;
            }
            s->output[n] ^= bit;
            trace_lan966x_sgpio_out(LAN966X_BLOCK(s)->name, port, n, level);
        }
    }
}

static uint32_t sgpio_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    Lan966xSgpio *s = LAN966X_SGPIO(b);
    unsigned n;

    switch (off) {
    case SGPIO_INPUT_DATA(0) ... SGPIO_INPUT_DATA(3):
        return s->input[(off - SGPIO_INPUT_DATA(0)) / 4];
    case SGPIO_INTR_RAW(0) ... SGPIO_INTR_RAW(3):
        n = (off - SGPIO_INTR_RAW(0)) / 4;
        return s->input[n] ^ sgpio_reg(s, SGPIO_INTR_POL(n));
    case SGPIO_INTR(0) ... SGPIO_INTR(3):
        return sgpio_intr(s, (off - SGPIO_INTR(0)) / 4);
    case SGPIO_INTR_IDENT(0) ... SGPIO_INTR_IDENT(3):
        n = (off - SGPIO_INTR_IDENT(0)) / 4;
        return sgpio_intr(s, n) & sgpio_reg(s, SGPIO_INTR_ENA(n));
    case SGPIO_SIO_CFG:
    case SGPIO_SIO_CLOCK:
    case SGPIO_PORT_CFG(0) ... SGPIO_PORT_CFG(SGPIO_PORTS - 1):
    case SGPIO_PORT_ENA:
    case SGPIO_INTR_POL(0) ... SGPIO_INTR_POL(3):
    case SGPIO_INTR_TRIGGER0(0) ... SGPIO_INTR_TRIGGER0(3):
    case SGPIO_INTR_TRIGGER1(0) ... SGPIO_INTR_TRIGGER1(3):
    case SGPIO_INTR_ENA(0) ... SGPIO_INTR_ENA(3):
        return sgpio_reg(s, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void sgpio_write(Lan966xBlock *b, unsigned win, uint32_t off,
                        uint32_t val)
{
    Lan966xSgpio *s = LAN966X_SGPIO(b);
    uint32_t *reg = lan966x_block_reg(b, win, off);

    switch (off) {
    case SGPIO_SIO_CFG:
        *reg = val & ~SGPIO_SINGLE_SHOT;
        if (val & (SGPIO_SINGLE_SHOT | SGPIO_AUTO_REPEAT)) {
            sgpio_shift_out(s);
        }
        sgpio_update_input(s, true);
        break;
    case SGPIO_PORT_CFG(0) ... SGPIO_PORT_CFG(SGPIO_PORTS - 1):
    case SGPIO_PORT_ENA:
        *reg = val;
        if (sgpio_reg(s, SGPIO_SIO_CFG) & SGPIO_AUTO_REPEAT) {
            sgpio_shift_out(s);
        }
        sgpio_update_input(s, true);
        break;
    case SGPIO_INTR(0) ... SGPIO_INTR(3):
        s->latched[(off - SGPIO_INTR(0)) / 4] &= ~val;
        sgpio_update_irq(s);
        break;
    case SGPIO_INTR_POL(0) ... SGPIO_INTR_POL(3):
    case SGPIO_INTR_TRIGGER0(0) ... SGPIO_INTR_TRIGGER0(3):
    case SGPIO_INTR_TRIGGER1(0) ... SGPIO_INTR_TRIGGER1(3):
    case SGPIO_INTR_ENA(0) ... SGPIO_INTR_ENA(3):
        *reg = val;
        sgpio_update_irq(s);
        break;
    case SGPIO_SIO_CLOCK:
        *reg = val;
        break;
    case SGPIO_INPUT_DATA(0) ... SGPIO_INPUT_DATA(3):
    case SGPIO_INTR_RAW(0) ... SGPIO_INTR_RAW(3):
    case SGPIO_INTR_IDENT(0) ... SGPIO_INTR_IDENT(3):
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

bool lan966x_sgpio_in(Lan966xBlock *b, unsigned n)
{
    return extract32(LAN966X_SGPIO(b)->outside[n % SGPIO_BITS],
                     n / SGPIO_BITS, 1);
}

void lan966x_sgpio_drive(Lan966xBlock *b, unsigned n, bool level)
{
    Lan966xSgpio *s = LAN966X_SGPIO(b);
    uint32_t *word = &s->outside[n % SGPIO_BITS];

    *word = deposit32(*word, n / SGPIO_BITS, 1, level);
    if (DEVICE(s)->realized) {
        trace_lan966x_sgpio_in(b->name, n / SGPIO_BITS, n % SGPIO_BITS, level);
        sgpio_update_input(s, true);
    }
}

bool lan966x_sgpio_out(Lan966xBlock *b, unsigned n)
{
    return extract32(LAN966X_SGPIO(b)->output[n % SGPIO_BITS],
                     n / SGPIO_BITS, 1);
}

static void sgpio_reset(Lan966xBlock *b)
{
    Lan966xSgpio *s = LAN966X_SGPIO(b);

    memset(s->input, 0, sizeof(s->input));
    memset(s->output, 0, sizeof(s->output));
    memset(s->latched, 0, sizeof(s->latched));
}

static void sgpio_reset_update(Lan966xBlock *b)
{
    sgpio_update_input(LAN966X_SGPIO(b), false);
}

static void sgpio_init(Object *obj)
{
    lan966x_block_init_irq(LAN966X_BLOCK(obj), &LAN966X_SGPIO(obj)->irq);
}

static const VMStateDescription vmstate_sgpio = {
    .name = TYPE_LAN966X_SGPIO,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LAN966X_BLOCK(Lan966xSgpio),
        VMSTATE_UINT32_ARRAY(outside, Lan966xSgpio, SGPIO_BITS),
        VMSTATE_UINT32_ARRAY(input, Lan966xSgpio, SGPIO_BITS),
        VMSTATE_UINT32_ARRAY(output, Lan966xSgpio, SGPIO_BITS),
        VMSTATE_UINT32_ARRAY(latched, Lan966xSgpio, SGPIO_BITS),
        VMSTATE_END_OF_LIST()
    }
};

static void sgpio_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    DEVICE_CLASS(klass)->vmsd = &vmstate_sgpio;
    bc->window_size[0] = SGPIO_SIZE;
    bc->read = sgpio_read;
    bc->write = sgpio_write;
    bc->reset = sgpio_reset;
    bc->update = sgpio_reset_update;
}

static const TypeInfo sgpio_type = {
    .name = TYPE_LAN966X_SGPIO,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xSgpio),
    .instance_init = sgpio_init,
    .class_init = sgpio_class_init,
};

static void sgpio_register_types(void)
{
    type_register_static(&sgpio_type);
}

type_init(sgpio_register_types)
