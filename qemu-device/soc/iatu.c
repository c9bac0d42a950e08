/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iATU of the PCIe controller: the outbound windows, by which the chip's bus
 * masters reach the host. Six regions in the SoC's 0x10000000 to 0x1fffffff.
 *
 * The inbound regions between them, which the boot ROM has set up for the
 * BARs, are memory here: the BARs do not move.
 */

#include "qemu/osdep.h"
#include "iatu.h"
#include "lan966x_regs.h"
#include "types.h"

bool lan966x_iatu_map(Lan966xBlock *b, uint64_t addr, uint64_t len,
                      uint64_t *bus)
{
    if (addr < IATU_SPACE_FIRST || addr > IATU_SPACE_LAST ||
        len > IATU_SPACE_LAST - addr + 1) {
        return false;
    }
    for (unsigned i = 0; i < IATU_REGIONS; i++) {
        const uint32_t *reg = lan966x_block_reg(b, 0, IATU_REGION(i));
        uint32_t first = reg[IATU_LOWER_BASE / 4] & ~IATU_GRANULE;
        uint32_t last = reg[IATU_LIMIT / 4] | IATU_GRANULE;

        if (!(reg[IATU_CTRL2 / 4] & IATU_ENABLE) || reg[IATU_UPPER_BASE / 4] ||
            addr < first || addr + len - 1 > last) {
            continue;
        }
        *bus = ((uint64_t)reg[IATU_UPPER_TARGET / 4] << 32 |
                (reg[IATU_LOWER_TARGET / 4] & ~IATU_GRANULE)) + addr - first;
        return true;
    }
    return false;
}

static void iatu_write(Lan966xBlock *b, unsigned win, uint32_t off,
                       uint32_t val)
{
    *lan966x_block_reg(b, win, off) = val;
    if (off % IATU_REGION(1) == IATU_INBOUND + IATU_CTRL2 &&
        val & IATU_ENABLE) {
        lan966x_block_unimp_once(b, "inbound window");
    }
}

static void iatu_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    bc->window_size[0] = IATU_SIZE;
    bc->write = iatu_write;
}

static const TypeInfo iatu_type = {
    .name = TYPE_LAN966X_IATU,
    .parent = TYPE_LAN966X_BLOCK,
    .class_init = iatu_class_init,
};

static void iatu_register_types(void)
{
    type_register_static(&iatu_type);
}

type_init(iatu_register_types)
