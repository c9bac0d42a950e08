/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cores of the FPGA card: Xilinx UART lite, timer, SPI and Ethernet lite,
 * as QEMU has them for machines of its own.
 *
 * These models have never gone before their machine did, and trust the guest in
 * places. What a card needs beyond that is here:
 *
 *   - They are on a bus of the card's, so that a reset of the function reaches
 *     them, and their RAM has names that no other card's has.
 *   - Those that a card had are cut off from the guest, the host and their
 *     interrupts when it goes, and then never freed: timers, address spaces and
 *     parts inside of them may refer to them still. Some kilobytes are lost.
 *   - A guard before the registers of SPI drops what no longer fits into the
 *     FIFO, which the model takes for a fault of QEMU's own.
 *   - A guard before those of the timer keeps periods above 100 us: with an
 *     empty period the model never returns.
 */

#include "qemu/osdep.h"
#include "cores.h"
#include "hw/ssi/ssi.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qemu/log.h"

/* SPI */
#define SPISR               0x64
#define SPISR_TX_FULL       (1 << 3)
#define SPIDTR              0x68

/* Timer: two, each with these registers */
#define TIMER_SPACE         0x10
#define TIMERS              2
#define TCSR                0x0
#define TLR                 0x4
#define TIMER_HZ            62000000
#define TIMER_LEAST         (TIMER_HZ / 10000)

static const struct {
    const char *type;
    const char *name;
} fpga_core_types[FPGA_CORES] = {
    [FPGA_UART] = { "xlnx.xps-uartlite", "uart" },
    [FPGA_TIMER] = { "xlnx.xps-timer", "timer" },
    [FPGA_SPI] = { "xlnx.xps-spi", "spi" },
    [FPGA_ETHERNET] = { "xlnx.xps-ethernetlite", "ethernet" },
};

static uint64_t fpga_core_read(FpgaCores *s, unsigned n, hwaddr addr,
                               unsigned size)
{
    uint64_t val = 0;

    memory_region_dispatch_read(s->regs[n], addr, &val,
                                size_memop(size) | MO_LE,
                                MEMTXATTRS_UNSPECIFIED);
    return val;
}

static void fpga_core_write(FpgaCores *s, unsigned n, hwaddr addr, uint64_t val,
                            unsigned size)
{
    memory_region_dispatch_write(s->regs[n], addr, val,
                                 size_memop(size) | MO_LE,
                                 MEMTXATTRS_UNSPECIFIED);
}

/* --- guards --- */

static uint64_t spi_guard_read(void *opaque, hwaddr addr, unsigned size)
{
    return fpga_core_read(opaque, FPGA_SPI, addr, size);
}

static void spi_guard_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    if (addr == SPIDTR &&
        fpga_core_read(opaque, FPGA_SPI, SPISR, 4) & SPISR_TX_FULL) {
        qemu_log_mask(LOG_GUEST_ERROR, "fpga-endpoint: SPI: byte 0x%" PRIx64
                      " is lost, the FIFO is full\n", val);
        return;
    }
    fpga_core_write(opaque, FPGA_SPI, addr, val, size);
}

static uint64_t timer_guard_read(void *opaque, hwaddr addr, unsigned size)
{
    return fpga_core_read(opaque, FPGA_TIMER, addr, size);
}

/* Counted down or up, a period is never shorter than TIMER_LEAST */
static void timer_guard_write(void *opaque, hwaddr addr, uint64_t val,
                              unsigned size)
{
    if (addr % TIMER_SPACE == TLR) {
        uint32_t kept = MIN(MAX((uint32_t)val, TIMER_LEAST),
                            UINT32_MAX - TIMER_LEAST);

        if (kept != val) {
            qemu_log_mask(LOG_GUEST_ERROR, "fpga-endpoint: timer: period 0x%"
                          PRIx64 " is too short or too long\n", val);
        }
        val = kept;
    }
    fpga_core_write(opaque, FPGA_TIMER, addr, val, size);
}

static const MemoryRegionOps fpga_guard_ops[FPGA_CORES] = {
    [FPGA_TIMER] = {
        .read = timer_guard_read,
        .write = timer_guard_write,
        .endianness = DEVICE_LITTLE_ENDIAN,
        .impl = { .min_access_size = 4, .max_access_size = 4 },
        .valid = { .min_access_size = 4, .max_access_size = 4 },
    },
    [FPGA_SPI] = {
        .read = spi_guard_read,
        .write = spi_guard_write,
        .endianness = DEVICE_LITTLE_ENDIAN,
        .impl = { .min_access_size = 4, .max_access_size = 4 },
        .valid = { .min_access_size = 4, .max_access_size = 4 },
    },
};

static bool fpga_core_has_guard(unsigned n)
{
    return fpga_guard_ops[n].read;
}

/* --- life --- */

static DeviceState *fpga_core_new(unsigned n, DeviceState *card)
{
    DeviceState *core = qdev_new(fpga_core_types[n].type);

    object_property_add_child(OBJECT(card), fpga_core_types[n].name,
                              OBJECT(core));
    qdev_prop_set_enum(core, "endianness", ENDIAN_MODE_LITTLE);
    if (n == FPGA_TIMER) {
        qdev_prop_set_uint32(core, "clock-frequency", TIMER_HZ);
    } else if (n == FPGA_ETHERNET) {
        /* the model's second buffers have interrupts that no driver enables */
        qdev_prop_set_uint32(core, "tx-ping-pong", 0);
        qdev_prop_set_uint32(core, "rx-ping-pong", 0);
    }
    return core;
}

static void fpga_core_map(FpgaCores *s, unsigned n, DeviceState *card)
{
    MemoryRegion *mr = sysbus_mmio_get_region(SYS_BUS_DEVICE(s->core[n]), 0);

    s->regs[n] = mr;
    if (fpga_core_has_guard(n)) {
        memory_region_init_io(&s->guard[n], OBJECT(card), &fpga_guard_ops[n], s,
                              fpga_core_types[n].name,
                              memory_region_size(mr));
        mr = &s->guard[n];
    }
    memory_region_add_subregion(s->bar, FPGA_CORE_BASE(n), mr);
}

static void fpga_core_unmap(FpgaCores *s, unsigned n)
{
    memory_region_del_subregion(s->bar, fpga_core_has_guard(n) ? &s->guard[n]
                                                               : s->regs[n]);
}

/* "-device ...,bus=" finds it by the card's name, and device_add too */
static void fpga_open_spi_bus(FpgaCores *s, const char *name)
{
    BusState *bus = qdev_get_child_bus(s->core[FPGA_SPI], "spi");

    g_free(bus->name);
    bus->name = g_strdup_printf("%s.spi", name);
    qbus_set_hotplug_handler(bus, OBJECT(s->bus));
}

bool fpga_cores_realize(FpgaCores *s, DeviceState *card, const char *name,
                        MemoryRegion *bar, qemu_irq *irq, qemu_irq cs,
                        const char *chardev, const char *netdev,
                        Error **errp)
{
    s->bar = bar;
    s->bus = qbus_new(TYPE_FPGA_BUS, card, "cores");
    for (unsigned n = 0; n < FPGA_CORES; n++) {
        DeviceState *core = fpga_core_new(n, card);
        bool fine = true;

        if (n == FPGA_UART && chardev) {
            fine = object_property_set_str(OBJECT(core), "chardev", chardev,
                                           errp);
        } else if (n == FPGA_ETHERNET && netdev) {
            fine = object_property_set_str(OBJECT(core), "netdev", netdev,
                                           errp);
        }
        fine = fine && qdev_realize(core, s->bus, errp);
        object_unref(core);
        if (!fine) {
            object_unparent(OBJECT(core));
            fpga_cores_unrealize(s);
            return false;
        }
        s->core[n] = core;
        sysbus_connect_irq(SYS_BUS_DEVICE(core), 0, irq[n]);
        fpga_core_map(s, n, card);
    }
    sysbus_connect_irq(SYS_BUS_DEVICE(s->core[FPGA_SPI]), 1, cs);
    fpga_open_spi_bus(s, name);
    fpga_cores_reset(s);
    return true;
}

typedef struct FpgaNic {
    void *owner;
    NICState *nic;
} FpgaNic;

static void fpga_find_nic(NICState *nic, void *opaque)
{
    FpgaNic *find = opaque;

    if (qemu_get_nic_opaque(qemu_get_queue(nic)) == find->owner) {
        find->nic = nic;
    }
}

/* The model leaves its network behind */
static void fpga_delete_nic(DeviceState *core)
{
    FpgaNic find = { .owner = core };

    qemu_foreach_nic(fpga_find_nic, &find);
    if (find.nic) {
        qemu_del_nic(find.nic);
    }
}

/* Have another user of the backend, as the end of the core would */
static void fpga_release_chardev(DeviceState *core)
{
    ObjectProperty *prop = object_property_find(OBJECT(core), "chardev");

    prop->release(OBJECT(core), prop->name, prop->opaque);
}

static void fpga_core_cut_off(FpgaCores *s, unsigned n)
{
    DeviceState *core = s->core[n];

    fpga_core_unmap(s, n);
    sysbus_connect_irq(SYS_BUS_DEVICE(core), 0, NULL);
    switch (n) {
    case FPGA_UART:
        fpga_release_chardev(core);
        break;
    case FPGA_TIMER:
        /* the last period ends, and no other begins */
        for (unsigned i = 0; i < TIMERS; i++) {
            fpga_core_write(s, n, i * TIMER_SPACE + TCSR, 0, 4);
        }
        break;
    case FPGA_SPI:
        sysbus_connect_irq(SYS_BUS_DEVICE(core), 1, NULL);
        break;
    case FPGA_ETHERNET:
        fpga_delete_nic(core);
        break;
    }
    /* never freed, see above */
    object_ref(OBJECT(core));
}

void fpga_cores_unrealize(FpgaCores *s)
{
    for (unsigned n = 0; n < FPGA_CORES; n++) {
        if (s->core[n]) {
            fpga_core_cut_off(s, n);
            object_unparent(OBJECT(s->core[n]));
            s->core[n] = NULL;
        }
    }
}

void fpga_cores_reset(FpgaCores *s)
{
    for (unsigned i = 0; i < TIMERS; i++) {
        fpga_core_write(s, FPGA_TIMER, i * TIMER_SPACE + TCSR, 0, 4);
        fpga_core_write(s, FPGA_TIMER, i * TIMER_SPACE + TLR, TIMER_LEAST, 4);
    }
}

void fpga_cores_select(FpgaCores *s, bool level)
{
    BusState *bus = qdev_get_child_bus(s->core[FPGA_SPI], "spi");
    DeviceState *flash;

    if (!bus) {
        return;
    }
    flash = ssi_get_cs((SSIBus *)bus, 0);
    if (flash) {
        qemu_set_irq(qdev_get_gpio_in_named(flash, SSI_GPIO_CS, 0), level);
    }
}

/* --- the bus --- */

/* For names of RAM: a core that has gone keeps its own */
static char *fpga_bus_get_dev_path(DeviceState *core)
{
    static unsigned number;

    return g_strdup_printf("fpga-%u", number++);
}

static void fpga_bus_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    BUS_CLASS(klass)->get_dev_path = fpga_bus_get_dev_path;
    HOTPLUG_HANDLER_CLASS(klass)->unplug = qdev_simple_device_unplug_cb;
}

static const TypeInfo fpga_bus_type = {
    .name = TYPE_FPGA_BUS,
    .parent = TYPE_SYSTEM_BUS,
    .class_init = fpga_bus_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    },
};

static void fpga_cores_register_types(void)
{
    type_register_static(&fpga_bus_type);
}

type_init(fpga_cores_register_types)
