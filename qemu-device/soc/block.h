/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Base of all blocks of the SoC: register windows with a memory behind them.
 *
 * A block is a device on the card's own bus. It is no SysBusDevice: machines
 * such as virt give those an address of their own. Its class names the sizes of
 * its windows and its functions. What a block has nothing special to do for is
 * kept in lan966x_block_reg(), which is zero after reset and migrates.
 */

#ifndef LAN966X_BLOCK_H
#define LAN966X_BLOCK_H

#include "qemu/log.h"
#include "qom/object.h"
#include "../compat.h"

#define TYPE_LAN966X_BLOCK "lan966x-block"
OBJECT_DECLARE_TYPE(Lan966xBlock, Lan966xBlockClass, LAN966X_BLOCK)

#define TYPE_LAN966X_BUS "lan966x-bus"
#define LAN966X_BLOCK_IRQ "irq"      /* name of the lines to the OIC */
#define LAN966X_MAX_WINDOWS 2

/* What all blocks of a card share */
typedef struct Lan966xChip {
    uint64_t reads;             /* accesses by the guest */
    uint64_t writes;
    bool strict;                /* clocks, pins and resets count */
    Lan966xBlock *gck;
    Lan966xBlock *gpio;
    MemoryRegion *sram;         /* with the message RAM of CAN */
} Lan966xChip;

typedef struct Lan966xWindow {
    MemoryRegion mr;
    Lan966xBlock *block;
    unsigned index;
    uint32_t nr_regs;
    uint32_t *regs;
} Lan966xWindow;

typedef struct Lan966xSwitch Lan966xSwitch;

struct Lan966xBlock {
    DeviceState parent_obj;

    Lan966xWindow win[LAN966X_MAX_WINDOWS];
    Lan966xChip *chip;
    Lan966xSwitch *sw;          /* what the blocks of the switch share */
    char *card;                 /* prefix of the card's buses */
    char *name;                 /* for messages: "<card>.<block>" */
    uint32_t index;             /* which one of several of a kind */
    unsigned access_size;       /* of the access being handled: 1, 2, 4 */
};

struct Lan966xBlockClass {
    DeviceClass parent_class;

    uint32_t window_size[LAN966X_MAX_WINDOWS];
    bool narrow;                /* takes 8 and 16 bit accesses too */

    /*
     * An access to the register at the word-aligned offset off. A narrow
     * access is at the same offset, its bits in their place of the word.
     * Without a function of its own, a block's register is plain memory.
     */
    uint32_t (*read)(Lan966xBlock *b, unsigned win, uint32_t off);
    void (*write)(Lan966xBlock *b, unsigned win, uint32_t off, uint32_t val);

    /* Set values; registers are zero already. Must not touch other devices */
    void (*reset)(Lan966xBlock *b);
    /* Bring the outputs in line with the values after a reset */
    void (*update)(Lan966xBlock *b);
    /* The machine runs (again): go on with what waits for the outside */
    void (*resume)(Lan966xBlock *b);
};

/* All there is to migrate of a block without state beside its registers */
extern const VMStateDescription vmstate_lan966x_block;

#define VMSTATE_LAN966X_BLOCK(_state)                                   \
    VMSTATE_STRUCT(parent_obj, _state, 0, vmstate_lan966x_block, Lan966xBlock)

/* The register's memory. off must be in the window */
static inline uint32_t *lan966x_block_reg(Lan966xBlock *b, unsigned win,
                                          uint32_t off)
{
    return &b->win[win].regs[off / 4];
}

/* One more interrupt line; for instance_init. Lines are numbered by order */
void lan966x_block_init_irq(Lan966xBlock *b, qemu_irq *irq);

/* For the default case of a block's read and write: logged, reads back */
uint32_t lan966x_block_unlisted_read(Lan966xBlock *b, unsigned win,
                                     uint32_t off);
void lan966x_block_unlisted_write(Lan966xBlock *b, unsigned win, uint32_t off,
                                  uint32_t val);

/* For a write to what only reads */
void lan966x_block_readonly(Lan966xBlock *b, unsigned win, uint32_t off,
                            uint32_t val);

/* A mistake of the guest: block, offset and value, and what is wrong with it */
#define lan966x_block_guest_error(b, win, off, val, fmt, ...)           \
    qemu_log_mask(LOG_GUEST_ERROR,                                      \
                  "lan966x %s: window %u +0x%x value 0x%x: " fmt "\n",  \
                  (b)->name, (unsigned)(win), (unsigned)(off),          \
                  (unsigned)(val), ## __VA_ARGS__)

/* What a driver asks for and is not modelled: said once */
#define lan966x_block_unimp_once(b, what)                               \
    do {                                                                \
        static bool said;                                               \
                                                                        \
        if (!said) {                                                    \
            said = true;                                                \
            qemu_log_mask(LOG_UNIMP, "lan966x %s: %s: not modelled\n",  \
                          (b)->name, what);                             \
        }                                                               \
    } while (0)

#endif /* LAN966X_BLOCK_H */
