/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SoC behind the PCI function: the table of blocks, and their wiring.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "board/cages.h"
#include "soc.h"
#include "soc/lan966x_regs.h"
#include "trace.h"

#define LAN966X_SRAM_BASE 0x00100000
#define LAN966X_SRAM_SIZE (128 * KiB)

typedef struct Lan966xBlockInfo {
    const char *name;
    const char *type;
    uint32_t index;
    Lan966xDomain domain;
    uint32_t window[LAN966X_MAX_WINDOWS];   /* SoC addresses, 0 = none */
    uint8_t lines;
    uint8_t line[LAN966X_MAX_LINES];        /* OIC source of each irq */
    int8_t priority;                        /* where windows overlap */
} Lan966xBlockInfo;

static const Lan966xBlockInfo lan966x_blocks[] = {
    /* The syscon's range goes around those of gck and oic */
    { "cpu", TYPE_LAN966X_CPU, 0, DOMAIN_CPU, { 0xe00c0000 }, .priority = -1 },
    { "oic", TYPE_LAN966X_OIC, 0, DOMAIN_CPU, { 0xe00c0120 } },
    { "gck", TYPE_LAN966X_GCK, 0, DOMAIN_CPU, { 0xe00c00a8, 0xe00c02cc } },
    { "otp", TYPE_LAN966X_OTP, 0, DOMAIN_CPU, { 0xe0021000 } },
    { "flx0", TYPE_LAN966X_FLEXCOM, 0, DOMAIN_CPU, { 0xe0040000 },
      1, { OIC_IRQ_FLEXCOM(0) } },
    { "flx1", TYPE_LAN966X_FLEXCOM, 1, DOMAIN_CPU, { 0xe0044000 },
      1, { OIC_IRQ_FLEXCOM(1) } },
    { "flx2", TYPE_LAN966X_FLEXCOM, 2, DOMAIN_CPU, { 0xe0060000 },
      1, { OIC_IRQ_FLEXCOM(2) } },
    { "flx3", TYPE_LAN966X_FLEXCOM, 3, DOMAIN_CPU, { 0xe0064000 },
      1, { OIC_IRQ_FLEXCOM(3) } },
    { "flx4", TYPE_LAN966X_FLEXCOM, 4, DOMAIN_CPU, { 0xe0070000 },
      1, { OIC_IRQ_FLEXCOM(4) } },
    { "trng", TYPE_LAN966X_TRNG, 0, DOMAIN_CPU, { 0xe0048000 } },
    { "wdt", TYPE_LAN966X_WDT, 0, DOMAIN_CPU, { 0xe0090000 },
      1, { OIC_IRQ_WDT } },
    { "mcan0", TYPE_LAN966X_MCAN, 0, DOMAIN_CPU, { 0xe081c000 },
      2, { OIC_IRQ_MCAN(0), OIC_IRQ_MCAN(0) + 1 } },
    { "mcan1", TYPE_LAN966X_MCAN, 1, DOMAIN_CPU, { 0xe0820000 },
      2, { OIC_IRQ_MCAN(1), OIC_IRQ_MCAN(1) + 1 } },
    { "gcb", TYPE_LAN966X_GCB, 0, DOMAIN_CPU, { 0xe2004000 } },
    { "gpio", TYPE_LAN966X_GPIO, 0, DOMAIN_SWC, { 0xe2004064, 0xe2010024 },
      1, { OIC_IRQ_GPIO } },
    { "miim0", TYPE_LAN966X_MIIM, 0, DOMAIN_SWC, { 0xe2004118 } },
    { "miim1", TYPE_LAN966X_MIIM, 1, DOMAIN_SWC, { 0xe200413c, 0xe2010018 },
      2, { OIC_IRQ_PHY(0), OIC_IRQ_PHY(1) } },
    { "sgpio", TYPE_LAN966X_SGPIO, 0, DOMAIN_SWC, { 0xe2004190 },
      1, { OIC_IRQ_SGPIO } },
    { "hwmon", TYPE_LAN966X_HWMON, 0, DOMAIN_SWC, { 0xe2010180, 0xe20042a8 } },
    { "serdes", TYPE_LAN966X_SERDES, 0, DOMAIN_SWC, { 0xe202c000 } },
    { "qs", TYPE_LAN966X_QS, 0, DOMAIN_SWC, { 0xe2008000 },
      1, { OIC_IRQ_XTR } },
    { "ptp", TYPE_LAN966X_PTP, 0, DOMAIN_SWC, { 0xe200c000 },
      2, { OIC_IRQ_PTP, OIC_IRQ_PTP_EXT } },
    { "rew", TYPE_LAN966X_REW, 0, DOMAIN_SWC, { 0xe2014000 } },
    { "es0", TYPE_LAN966X_VCAP, 0, DOMAIN_SWC, { 0xe2018000 } },
    { "is1", TYPE_LAN966X_VCAP, 1, DOMAIN_SWC, { 0xe2020000 } },
    { "is2", TYPE_LAN966X_VCAP, 2, DOMAIN_SWC, { 0xe2024000 } },
    { "sys", TYPE_LAN966X_SYS, 0, DOMAIN_SWC, { 0xe2028000 } },
    { "qsys", TYPE_LAN966X_QSYS, 0, DOMAIN_SWC, { 0xe2100000 } },
    { "afi", TYPE_LAN966X_AFI, 0, DOMAIN_SWC, { 0xe2120000 } },
    { "ana", TYPE_LAN966X_ANA, 0, DOMAIN_SWC, { 0xe2140000 },
      1, { OIC_IRQ_ANA } },
    { "fdma", TYPE_LAN966X_FDMA, 0, DOMAIN_CPU, { 0xe00c0400 },
      1, { OIC_IRQ_FDMA } },
    { "iatu", TYPE_LAN966X_IATU, 0, DOMAIN_CPU, { 0xe0700000 } },
    /* After miim1, whose PHYs they tell the link */
    { "port0", TYPE_LAN966X_PORT, 0, DOMAIN_SWC, { 0xe2034000 } },
    { "port1", TYPE_LAN966X_PORT, 1, DOMAIN_SWC, { 0xe2038000 } },
    { "port2", TYPE_LAN966X_PORT, 2, DOMAIN_SWC, { 0xe203c000 } },
    { "port3", TYPE_LAN966X_PORT, 3, DOMAIN_SWC, { 0xe2040000 } },
    { "port4", TYPE_LAN966X_PORT, 4, DOMAIN_SWC, { 0xe2044000 } },
    { "port5", TYPE_LAN966X_PORT, 5, DOMAIN_SWC, { 0xe2048000 } },
    { "port6", TYPE_LAN966X_PORT, 6, DOMAIN_SWC, { 0xe204c000 } },
    { "port7", TYPE_LAN966X_PORT, 7, DOMAIN_SWC, { 0xe2050000 } },
};

QEMU_BUILD_BUG_ON(ARRAY_SIZE(lan966x_blocks) > LAN966X_MAX_BLOCKS);

/* A bus of the card's own, so that its blocks have a path to migrate under */
static char *lan966x_bus_get_dev_path(DeviceState *dev)
{
    g_autofree char *card = qdev_get_dev_path(qdev_get_parent_bus(dev)->parent);

    return g_strdup_printf("%s/%s", card ? card : "",
                           object_get_canonical_path_component(OBJECT(dev)));
}

static void lan966x_bus_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    BUS_CLASS(klass)->get_dev_path = lan966x_bus_get_dev_path;
}

/* What drivers of the chip would look for, by its address */
static const struct {
    const char *name;
    uint32_t base, size;
} lan966x_missing[] = {
    { "UDPHS", 0x00200000, 0x80000 }, { "QSPI1", 0x40000000, 8 * MiB },
    { "PI", 0x48000000, 8 * MiB }, { "AES", 0xe004c000, 0x100 },
    { "XDMAC", 0xe0068000, 0x1000 }, { "SHA", 0xe006c000, 0x100 },
    { "timers", 0xe008c000, 0x400 }, { "QSPI0", 0xe0804000, 0x100 },
    { "UDPHS", 0xe0808000, 0x400 }, { "SDMMC0", 0xe0830000, 0x300 },
    { "PCIe DBI", 0xe0400000, 0x300000 },
};

static const char *lan966x_hole_name(hwaddr addr)
{
    for (unsigned i = 0; i < ARRAY_SIZE(lan966x_missing); i++) {
        if (addr - lan966x_missing[i].base < lan966x_missing[i].size) {
            return lan966x_missing[i].name;
        }
    }
    return "no block";
}

static uint64_t lan966x_hole_read(void *opaque, hwaddr addr, unsigned size)
{
    Lan966xSoc *soc = opaque;

    soc->chip.reads++;
    trace_lan966x_hole_read(addr, size);
    qemu_log_mask(LOG_UNIMP, "lan966x: read at 0x%08" HWADDR_PRIx
                  ": %s: not modelled\n", addr, lan966x_hole_name(addr));
    return 0;
}

static void lan966x_hole_write(void *opaque, hwaddr addr, uint64_t val,
                               unsigned size)
{
    Lan966xSoc *soc = opaque;

    soc->chip.writes++;
    trace_lan966x_hole_write(addr, size, val);
    qemu_log_mask(LOG_UNIMP, "lan966x: write of 0x%" PRIx64 " at 0x%08"
                  HWADDR_PRIx ": %s: not modelled\n", val, addr,
                  lan966x_hole_name(addr));
}

static const MemoryRegionOps lan966x_hole_ops = {
    .read = lan966x_hole_read,
    .write = lan966x_hole_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

Lan966xBlock *lan966x_soc_block(Lan966xSoc *soc, const char *name)
{
    for (unsigned i = 0; i < ARRAY_SIZE(lan966x_blocks); i++) {
        if (!strcmp(lan966x_blocks[i].name, name)) {
            return soc->block[i];
        }
    }
    g_assert_not_reached();
}

static void lan966x_soc_init_switch(Lan966xSoc *soc)
{
    Lan966xSwitch *sw = &soc->sw;

    sw->ana = lan966x_soc_block(soc, "ana");
    sw->fdma = lan966x_soc_block(soc, "fdma");
    sw->gpio = lan966x_soc_block(soc, "gpio");
    sw->iatu = lan966x_soc_block(soc, "iatu");
    sw->es0 = lan966x_soc_block(soc, "es0");
    sw->is1 = lan966x_soc_block(soc, "is1");
    sw->is2 = lan966x_soc_block(soc, "is2");
    sw->miim = lan966x_soc_block(soc, "miim1");
    sw->ptp = lan966x_soc_block(soc, "ptp");
    sw->qs = lan966x_soc_block(soc, "qs");
    sw->qsys = lan966x_soc_block(soc, "qsys");
    sw->rew = lan966x_soc_block(soc, "rew");
    sw->sys = lan966x_soc_block(soc, "sys");
    for (unsigned p = 0; p < SWITCH_PORTS; p++) {
        g_autofree char *name = g_strdup_printf("port%u", p);

        sw->port[p] = lan966x_soc_block(soc, name);
    }
}

static void lan966x_soc_reset_domain(Lan966xSoc *soc, bool all)
{
    for (unsigned i = 0; i < ARRAY_SIZE(lan966x_blocks); i++) {
        if (all || lan966x_blocks[i].domain == DOMAIN_SWC) {
            device_cold_reset(DEVICE(soc->block[i]));
        }
    }
}

static void lan966x_soc_swc_reset(void *opaque, int n, int level)
{
    if (level) {
        lan966x_soc_reset_domain(opaque, false);
    }
}

static void lan966x_soc_chip_reset(void *opaque, int n, int level)
{
    if (level) {
        lan966x_soc_reset_domain(opaque, true);
    }
}

void lan966x_soc_init(Lan966xSoc *soc, DeviceState *card)
{
    soc->card = card;
    qdev_init_gpio_in_named_with_opaque(card, lan966x_soc_swc_reset, soc,
                                        "swc-reset", 1);
    qdev_init_gpio_in_named_with_opaque(card, lan966x_soc_chip_reset, soc,
                                        "chip-reset", 1);
    for (unsigned i = 0; i < ARRAY_SIZE(lan966x_blocks); i++) {
        const Lan966xBlockInfo *info = &lan966x_blocks[i];
        Object *obj = object_new(info->type);

        object_property_add_child(OBJECT(card), info->name, obj);
        object_unref(obj);
        soc->block[i] = LAN966X_BLOCK(obj);
        soc->block[i]->chip = &soc->chip;
        soc->block[i]->sw = &soc->sw;
        qdev_prop_set_uint32(DEVICE(obj), "index", info->index);
    }
    soc->chip.gck = lan966x_soc_block(soc, "gck");
    soc->chip.gpio = lan966x_soc_block(soc, "gpio");
    lan966x_soc_init_switch(soc);
    lan966x_cages_init(soc);
}

static void lan966x_soc_map(Lan966xSoc *soc, const Lan966xBlockInfo *info,
                            Lan966xBlock *b)
{
    for (unsigned w = 0; w < LAN966X_MAX_WINDOWS; w++) {
        if (info->window[w]) {
            memory_region_add_subregion_overlap(&soc->space, info->window[w],
                                                &b->win[w].mr, info->priority);
            /* One guard for all: a block's DMA does not reach another one */
            b->win[w].mr.dev = soc->card;
        }
    }
}

static void lan966x_soc_wire(Lan966xSoc *soc, qemu_irq irq, qemu_irq event)
{
    DeviceState *oic = DEVICE(lan966x_soc_block(soc, "oic"));
    DeviceState *cpu = DEVICE(lan966x_soc_block(soc, "cpu"));
    DeviceState *gcb = DEVICE(lan966x_soc_block(soc, "gcb"));
    DeviceState *wdt = DEVICE(lan966x_soc_block(soc, "wdt"));

    for (unsigned i = 0; i < ARRAY_SIZE(lan966x_blocks); i++) {
        const Lan966xBlockInfo *info = &lan966x_blocks[i];

        for (unsigned n = 0; n < info->lines; n++) {
            qdev_connect_gpio_out_named(DEVICE(soc->block[i]),
                                        LAN966X_BLOCK_IRQ, n,
                                        qdev_get_gpio_in(oic, info->line[n]));
        }
    }
    qdev_connect_gpio_out_named(oic, LAN966X_BLOCK_IRQ, 0, irq);
    qdev_connect_gpio_out_named(oic, "event", 0, event);
    for (unsigned n = 0; n < GPIO_SYNC_PINS; n++) {
        qdev_connect_gpio_out_named(DEVICE(soc->chip.gpio), "sync-out", n,
                                    qdev_get_gpio_in_named(DEVICE(soc->sw.ptp),
                                                           "sync-in", n));
    }
    qdev_connect_gpio_out_named(cpu, "swc-protect", 0,
                                qdev_get_gpio_in_named(gcb, "swc-protect", 0));
    qdev_connect_gpio_out_named(gcb, "swc-reset", 0,
                                qdev_get_gpio_in_named(soc->card,
                                                       "swc-reset", 0));
    qdev_connect_gpio_out_named(gcb, "chip-reset", 0,
                                qdev_get_gpio_in_named(soc->card,
                                                       "chip-reset", 0));
    qdev_connect_gpio_out_named(wdt, "chip-reset", 0,
                                qdev_get_gpio_in_named(soc->card,
                                                       "chip-reset", 0));
}

static bool lan966x_soc_realize_blocks(Lan966xSoc *soc, const char *name,
                                       Error **errp)
{
    for (unsigned i = 0; i < ARRAY_SIZE(lan966x_blocks); i++) {
        const Lan966xBlockInfo *info = &lan966x_blocks[i];
        Lan966xBlock *b = soc->block[i];

        b->card = g_strdup(name);
        b->name = g_strdup_printf("%s.%s", name, info->name);
        if (!qdev_realize(DEVICE(b), &soc->bus, errp)) {
            return false;
        }
        lan966x_soc_map(soc, info, b);
    }
    return true;
}

bool lan966x_soc_realize(Lan966xSoc *soc, const char *name, qemu_irq irq,
                         qemu_irq event, Error **errp)
{
    Object *obj = OBJECT(soc->card);
    g_autofree char *bus_name = g_strdup_printf("%s.soc", name);

    memory_region_init_io(&soc->space, obj, &lan966x_hole_ops, soc,
                          "lan966x-soc", 4 * GiB);
    if (!memory_region_init_ram(&soc->sram, obj, "lan966x-sram",
                                LAN966X_SRAM_SIZE, errp)) {
        return false;
    }
    memory_region_add_subregion(&soc->space, LAN966X_SRAM_BASE, &soc->sram);
    soc->chip.sram = &soc->sram;
    qbus_init(&soc->bus, sizeof(soc->bus), TYPE_LAN966X_BUS, soc->card,
              bus_name);
    lan966x_soc_wire(soc, irq, event);
    lan966x_switch_realize(&soc->sw, soc->card);
    if (!lan966x_soc_realize_blocks(soc, name, errp) ||
        !lan966x_cages_realize(soc, name, errp)) {
        lan966x_soc_unrealize(soc);
        return false;
    }
    return true;
}

/* The blocks are unrealized with their bus, before or after this */
void lan966x_soc_unrealize(Lan966xSoc *soc)
{
    for (unsigned i = 0; i < ARRAY_SIZE(lan966x_blocks); i++) {
        for (unsigned w = 0; w < LAN966X_MAX_WINDOWS; w++) {
            MemoryRegion *mr = &soc->block[i]->win[w].mr;

            if (mr->container) {
                memory_region_del_subregion(&soc->space, mr);
            }
        }
    }
    lan966x_switch_unrealize(&soc->sw);
    memory_region_del_subregion(&soc->space, &soc->sram);
    vmstate_unregister_ram(&soc->sram, soc->card);
}

void lan966x_soc_resume(Lan966xSoc *soc)
{
    for (unsigned i = 0; i < ARRAY_SIZE(lan966x_blocks); i++) {
        Lan966xBlockClass *bc = LAN966X_BLOCK_GET_CLASS(soc->block[i]);

        if (bc->resume) {
            bc->resume(soc->block[i]);
        }
    }
    lan966x_switch_schedule(&soc->sw);
}

static const TypeInfo lan966x_bus_type = {
    .name = TYPE_LAN966X_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(BusState),
    .class_init = lan966x_bus_class_init,
};

static void lan966x_soc_register_types(void)
{
    type_register_static(&lan966x_bus_type);
}

type_init(lan966x_soc_register_types)
