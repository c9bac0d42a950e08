/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU system controller: general purpose registers, reset protection, straps.
 *
 * The strap that GENERAL_STAT shows in endpoint mode is a guess, no driver
 * looks at it. The output "swc-protect" tells GCB whether a reset of the
 * switch core would spare the rest of the chip.
 */

#include "qemu/osdep.h"
#include "lan966x_regs.h"
#include "types.h"

OBJECT_DECLARE_SIMPLE_TYPE(Lan966xCpu, LAN966X_CPU)

struct Lan966xCpu {
    Lan966xBlock parent_obj;

    qemu_irq swc_protect;
};

#define CPU_PROT_WRITABLE (CPU_SYS_RST_PROT_VCORE | CPU_VCORE_RST_PROT_AMBA | \
                           CPU_WDT_PROT | CPU_VCORE_RST_PROT_PCIE)

static void syscon_update(Lan966xBlock *b)
{
    qemu_set_irq(LAN966X_CPU(b)->swc_protect,
                 !!(*lan966x_block_reg(b, 0, CPU_RESET_PROT_STAT) &
                    CPU_SYS_RST_PROT_VCORE));
}

static uint32_t syscon_read(Lan966xBlock *b, unsigned win, uint32_t off)
{
    switch (off) {
    case CPU_GPR(0) ... CPU_GPR(CPU_GPRS - 1):
    case CPU_BUILDID:
    case CPU_RESET_PROT_STAT:
    case CPU_GENERAL_CTRL:
    case CPU_GENERAL_STAT:
        return *lan966x_block_reg(b, win, off);
    default:
        return lan966x_block_unlisted_read(b, win, off);
    }
}

static void syscon_write(Lan966xBlock *b, unsigned win, uint32_t off,
                         uint32_t val)
{
    switch (off) {
    case CPU_GPR(0) ... CPU_GPR(CPU_GPRS - 1):
    case CPU_GENERAL_CTRL:
        *lan966x_block_reg(b, win, off) = val;
        break;
    case CPU_RESET_PROT_STAT:
        *lan966x_block_reg(b, win, off) = val & CPU_PROT_WRITABLE;
        syscon_update(b);
        break;
    case CPU_BUILDID:
    case CPU_GENERAL_STAT:
        lan966x_block_readonly(b, win, off, val);
        break;
    default:
        lan966x_block_unlisted_write(b, win, off, val);
    }
}

static void syscon_reset(Lan966xBlock *b)
{
    *lan966x_block_reg(b, 0, CPU_GENERAL_STAT) = CPU_VCORE_CFG_PCIE_EP;
}

static void syscon_init(Object *obj)
{
    qdev_init_gpio_out_named(DEVICE(obj), &LAN966X_CPU(obj)->swc_protect,
                             "swc-protect", 1);
}

static void syscon_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    Lan966xBlockClass *bc = LAN966X_BLOCK_CLASS(klass);

    bc->window_size[0] = CPU_SIZE;
    bc->read = syscon_read;
    bc->write = syscon_write;
    bc->reset = syscon_reset;
    bc->update = syscon_update;
}

static const TypeInfo syscon_type = {
    .name = TYPE_LAN966X_CPU,
    .parent = TYPE_LAN966X_BLOCK,
    .instance_size = sizeof(Lan966xCpu),
    .instance_init = syscon_init,
    .class_init = syscon_class_init,
};

static void syscon_register_types(void)
{
    type_register_static(&syscon_type);
}

type_init(syscon_register_types)
