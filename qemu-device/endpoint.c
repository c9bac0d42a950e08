/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Microchip LAN966x in PCIe endpoint mode, as on the card EVB-LAN9662-NIC.
 *
 *   -device lan966x-endpoint,id=card0[,bus=..][,msi=on][,intx=off][,chip-id=..]
 *   -device at24c-eeprom,bus=card0.i2c0,address=0x56,rom-size=4096,drive=..
 *   -device tmp105,bus=card0.i2c0,address=0x48
 *   -device lan966x-sfp,bus=card0.sfp2[,vendor=..][,part=..][,serial=..]
 *   -device m25p05,bus=card0.spi1,cs=0,drive=..
 *   -device lan966x-addon,id=addon0,bus=card0.connector0,drive=..
 *
 * Buses: <id>.i2c0 to <id>.i2c4, one for each flexcom in TWI mode, <id>.spi0 to
 * <id>.spi4 for the same flexcoms in SPI mode, with chip selects 0 to 3, and
 * <id>.sfp2 and <id>.sfp3, the SFP cages of ports 2 and 3 (cages.c). Devices on
 * them can be plugged and unplugged (device_add, device_del), and go with the
 * card. On i2c0, addresses 0x50 and 0x51 belong to the modules in the cages.
 *
 * <id>.connector0 takes one add-on board (addon.c), which can be plugged and
 * pulled too. It is on i2c0 and on spi2, chip select 0, and has four GPIO
 * lines: 50 is low while an add-on is there, 51 high switches its power on, 52
 * is high while it has power, 53 low holds it in reset.
 *
 * Properties set before the card is there:
 *   msi       a 64-bit MSI capability with one maskable vector (default off:
 *             nothing shows one on silicon). oic.c says when a message is sent
 *   intx      off: interrupt pin 0, a card without usable INTx (default on)
 *   boot-ms   after power-on and each reset of the function, the time until its
 *             ids and BARs are right, as the boot ROM sets them. The default,
 *             -1, is 100, about that of silicon, but none where the machine
 *             itself starts or wakes: a PC's firmware takes longer than QEMU's
 *   x-guest-time  frames take 10 us by the guest's clock to come in or to get
 *             to the driver, not what QEMU's main loop takes: with -icount each
 *             run moves the same frames at the same time
 *   x-strict  off: an older model, in which no clock, pin multiplexer or reset
 *             of a PHY matters (default on)
 *   chip-id   GCB CHIP_ID
 *   netdev0..3  network backends of the four ports. A port without one has
 *             nobody at the other end (0, 1) or no light (2, 3). Short frames
 *             are padded; -global lan966x-port.pad=off: they are runts (port.c)
 *   chardev0..4  backends of the flexcoms in USART mode
 *   mac       base address; port n has n + 1 more. For "info network" only:
 *             the chip has no place where a driver could read it
 *   x-fdma-identity  on: a lab's shortcut. FDMA reaches all of the host's
 *             memory; on silicon it needs iATU windows (default off)
 *   otp-drive a drive of 8 KiB with the content of the OTP (default: blank)
 *
 * Properties of the running card (qom-get, qom-set):
 *   pin0..77  bool. Read: the level on the pin. Write: drive it from outside
 *             from now on, which counts while the chip does not drive it.
 *             A pin that nothing drives has the level of its pad's pull-up
 *             (high) or pull-down, else low. The SFP cages drive, for ports 2
 *             and 3: 18, 19 (mod-def0), 25, 26 (los), 2, 3 (tx-fault).
 *             The same lines: qdev GPIOs gpio-in and gpio-out [78]
 *   link0..3  bool: cables of the ports. set_link on a netdev does the same.
 *             Ports 2 and 3 need a module in their cages beside
 *   sgpio-in<port>.<bit>   bool: a serial input
 *   sgpio-out<port>.<bit>  bool, read only: a serial output as last shifted out
 *   temperature  of the sensor, in 1/1000 degree C
 *   fan-count    pulses that FAN_CNT shows
 *   x-dark    bool: lab. All reads return ones, writes are lost, interrupts
 *             are low, as of a card that has died; also over a reset
 *   fdma-errors  FDMA accesses that did not reach the host's memory
 *   x-mmio-reads, x-mmio-writes: accesses of the guest to BAR 0 and 1
 *
 * The file is the PCI function. soc.c holds the map of the blocks behind it;
 * the boot ROM points the BARs at SoC addresses once, so here they are fixed.
 */

#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/range.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "system/runstate.h"
#include "controls.h"
#include "endpoint.h"
#include "help.h"
#include "soc/lan966x_regs.h"
#include "trace.h"

#define BOOT_MS 100             /* about what the boot ROM takes */

/* Where a DesignWare endpoint controller has its capabilities */
#define CAP_PM   0x40
#define CAP_MSI  0x50
#define CAP_PCIE 0x70

static const struct {
    uint32_t base;              /* SoC address */
    uint32_t size;
} lan966x_bars[LAN966X_BARS] = {
    { 0xe2000000, 32 * MiB },   /* registers of the switch core */
    { 0xe0000000, 16 * MiB },   /* registers of the CPU domain */
    { 0x40000000, 8 * MiB },    /* QSPI, not modelled */
    { 0x48000000, 8 * MiB },    /* parallel interface, not modelled */
    { 0x00100000, 128 * KiB },  /* SRAM */
    { 0x00000000, 8 * KiB },    /* not programmed by the boot ROM */
};

/* Whether a message would get out now */
static bool endpoint_msi_ready(Lan966xEndpoint *s)
{
    PCIDevice *pci = PCI_DEVICE(s);

    return !s->dark && msi_enabled(pci) &&
           pci_get_word(pci->config + PCI_COMMAND) & PCI_COMMAND_MASTER;
}

static void endpoint_update_intx(Lan966xEndpoint *s)
{
    PCIDevice *pci = PCI_DEVICE(s);

    if (s->intx && DEVICE(s)->realized) {
        pci_set_irq(pci, s->level && !s->dark && !msi_enabled(pci));
    }
}

static void endpoint_oic_level(void *opaque, int n, int level)
{
    Lan966xEndpoint *s = opaque;

    s->level = level;
    endpoint_update_intx(s);
}

/*
 * The address of a message is the guest's choice, and may be that of a register
 * by which the guest unplugs the card. So no block is at work while it is sent.
 * It is on its way for a moment of the guest's time, the same in each run.
 */
#define MESSAGE_NS  500

static void endpoint_send(void *opaque)
{
    Lan966xEndpoint *s = opaque;
    bool *busy = &DEVICE(s)->mem_reentrancy_guard.engaged_in_io;

    if (!s->message || !runstate_is_running()) {
        return;
    }
    object_ref(OBJECT(s));
    s->message = false;
    if (endpoint_msi_ready(s)) {
        trace_lan966x_endpoint_msi(DEVICE(s)->id ?: "");
        *busy = true;   /* the card's own registers take no message */
        msi_notify(PCI_DEVICE(s), 0);
        *busy = false;
    }
    object_unref(OBJECT(s));
}

static void endpoint_arm(Lan966xEndpoint *s)
{
    timer_mod(s->send, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + MESSAGE_NS);
}

static void endpoint_queue_message(Lan966xEndpoint *s)
{
    if (s->send && !s->message) {
        s->message = true;
        endpoint_arm(s);
    }
}

static void endpoint_oic_event(void *opaque, int n, int level)
{
    Lan966xEndpoint *s = opaque;

    if (level && endpoint_msi_ready(s)) {
        endpoint_queue_message(s);
    }
}

/* What had to wait while the machine was stopped, or has come by migration */
static void endpoint_runs(void *opaque, bool running, RunState state)
{
    Lan966xEndpoint *s = opaque;

    if (running) {
        lan966x_soc_resume(&s->soc);
        endpoint_arm(s);
    }
}

/*
 * What the configuration space has before the boot ROM has been there: ids of
 * the PCIe controller's maker, no class, no BARs. A guess but for "not yet".
 */
static bool endpoint_is_unset(uint32_t addr, uint8_t *val)
{
    static const uint8_t id[] = { 0xc3, 0x16, 0xcd, 0xab };

    if (addr < PCI_VENDOR_ID + sizeof(id)) {
        *val = id[addr];
        return true;
    }
    *val = 0;
    return (addr >= PCI_REVISION_ID && addr < PCI_CACHE_LINE_SIZE) ||
           (addr >= PCI_BASE_ADDRESS_0 && addr < PCI_CARDBUS_CIS) ||
           (addr >= PCI_SUBSYSTEM_VENDOR_ID && addr < PCI_ROM_ADDRESS);
}

static uint32_t endpoint_config_read(PCIDevice *pci, uint32_t addr, int len)
{
    Lan966xEndpoint *s = LAN966X_ENDPOINT(pci);
    uint32_t val;
    uint8_t unset;

    if (s->dark) {
        return MAKE_64BIT_MASK(0, 8 * len);
    }
    val = pci_default_read_config(pci, addr, len);
    for (int i = 0; s->booting && i < len; i++) {
        if (endpoint_is_unset(addr + i, &unset)) {
            val = deposit32(val, 8 * i, 8, unset);
        }
    }
    return val;
}

static void endpoint_config_write(PCIDevice *pci, uint32_t addr, uint32_t val,
                                  int len)
{
    Lan966xEndpoint *s = LAN966X_ENDPOINT(pci);
    bool was_ready = endpoint_msi_ready(s);

    if (s->dark || (s->booting && ranges_overlap(addr, len, PCI_BASE_ADDRESS_0,
                                                 4 * LAN966X_BARS))) {
        return;
    }
    pci_default_write_config(pci, addr, val, len);
    endpoint_update_intx(s);
    if (s->level && !was_ready && endpoint_msi_ready(s)) {
        endpoint_queue_message(s);
    }
}

static void endpoint_booted(void *opaque)
{
    Lan966xEndpoint *s = opaque;

    trace_lan966x_endpoint_booted(DEVICE(s)->id ?: "");
    s->booting = false;
}

/* A machine's firmware looks, or has the guest look, when the time is over */
static unsigned endpoint_boot_time(Lan966xEndpoint *s)
{
    BusState *root = BUS(pci_device_root_bus(PCI_DEVICE(s)));

    if (s->boot_ms >= 0) {
        return s->boot_ms;
    }
    return s->soc.chip.strict && !bus_is_in_reset(root) ? BOOT_MS : 0;
}

static void endpoint_reset_hold(Object *obj, ResetType type)
{
    Lan966xEndpoint *s = LAN966X_ENDPOINT(obj);
    unsigned ms = endpoint_boot_time(s);

    s->booting = ms;
    if (s->booting) {
        timer_mod(s->booted, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + ms);
    }
}

static void endpoint_update_dark(Lan966xEndpoint *s)
{
    for (unsigned i = 0; i < LAN966X_BARS; i++) {
        memory_region_set_enabled(&s->bar[i].dark, s->dark);
    }
    s->soc.sw.dark = s->dark;
    endpoint_update_intx(s);
}

static bool endpoint_get_dark(Object *obj, Error **errp)
{
    return LAN966X_ENDPOINT(obj)->dark;
}

static void endpoint_set_dark(Object *obj, bool value, Error **errp)
{
    Lan966xEndpoint *s = LAN966X_ENDPOINT(obj);
    bool was_ready = endpoint_msi_ready(s);

    trace_lan966x_endpoint_dark(DEVICE(s)->id ?: "", value);
    s->dark = value;
    if (!DEVICE(s)->realized) {
        return;
    }
    endpoint_update_dark(s);
    if (s->level && !was_ready && endpoint_msi_ready(s)) {
        endpoint_queue_message(s);
    }
}

static uint64_t endpoint_dark_read(void *opaque, hwaddr addr, unsigned size)
{
    return UINT64_MAX;
}

static void endpoint_dark_write(void *opaque, hwaddr addr, uint64_t val,
                                unsigned size)
{
}

static const MemoryRegionOps endpoint_dark_ops = {
    .read = endpoint_dark_read,
    .write = endpoint_dark_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void endpoint_init_bars(Lan966xEndpoint *s)
{
    Object *obj = OBJECT(s);

    for (unsigned i = 0; i < LAN966X_BARS; i++) {
        Lan966xBar *bar = &s->bar[i];
        uint32_t size = lan966x_bars[i].size;

        memory_region_init(&bar->mr, obj, "lan966x-bar", size);
        memory_region_init_alias(&bar->window, obj, "lan966x-bar-window",
                                 &s->soc.space, lan966x_bars[i].base, size);
        memory_region_add_subregion(&bar->mr, 0, &bar->window);
        memory_region_init_io(&bar->dark, obj, &endpoint_dark_ops, s,
                              "lan966x-dark", size);
        memory_region_set_enabled(&bar->dark, s->dark);
        memory_region_add_subregion_overlap(&bar->mr, 0, &bar->dark, 1);
        pci_register_bar(PCI_DEVICE(s), i, PCI_BASE_ADDRESS_SPACE_MEMORY,
                         &bar->mr);
    }
}

/* The last one added is the first that the host finds */
static bool endpoint_init_caps(Lan966xEndpoint *s, Error **errp)
{
    PCIDevice *pci = PCI_DEVICE(s);

    if (!pci_bus_is_express(pci_get_bus(pci))) {
        error_setg(errp, "'%s' is a conventional PCI bus, the card needs a PCI "
                   "Express one", BUS(pci_get_bus(pci))->name);
        return false;
    }
    if (pcie_endpoint_cap_init(pci, CAP_PCIE) < 0) {
        error_setg(errp, "no room for the PCIe capability");
        return false;
    }
    if (!pci_bus_is_root(pci_get_bus(pci))) {
        pcie_cap_fill_link_ep_usp(pci, QEMU_PCI_EXP_LNK_X1,
                                  QEMU_PCI_EXP_LNK_5GT);
    }
    if (s->msi && msi_init(pci, CAP_MSI, 1, true, true, errp) < 0) {
        return false;
    }
    if (pci_pm_init(pci, CAP_PM, errp) < 0) {
        return false;
    }
    pci_set_word(pci->config + CAP_PM + PCI_PM_PMC, 3);
    pci_set_word(pci->config + CAP_PM + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET);
    pci_set_word(pci->wmask + CAP_PM + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
    return true;
}

static void endpoint_realize(PCIDevice *pci, Error **errp)
{
    Lan966xEndpoint *s = LAN966X_ENDPOINT(pci);
    DeviceState *dev = DEVICE(pci);
    const char *name = dev->id;

    if (!name) {
        name = object_get_canonical_path_component(OBJECT(s));
    }
    if (s->gone) {
        error_setg(errp, "the card has been taken out: add another one");
        return;
    }
    if (s->boot_ms < -1) {
        error_setg(errp, "boot-ms: %d is no time; -1 is that of silicon",
                   s->boot_ms);
        return;
    }
    s->soc.sw.pci = pci;
    pci_config_set_interrupt_pin(pci->config, s->intx ? 1 : 0);
    pci->cmask[PCI_INTERRUPT_PIN] = 0xff;   /* which no migration changes */
    if (!endpoint_init_caps(s, errp)) {
        return;
    }
    if (lan966x_soc_realize(&s->soc, name,
                            qdev_get_gpio_in_named(dev, "oic-level", 0),
                            qdev_get_gpio_in_named(dev, "oic-event", 0),
                            errp)) {
        endpoint_init_bars(s);
        lan966x_connector_realize(&s->connector, dev, &s->soc, name);
        s->send = timer_new_ns(QEMU_CLOCK_VIRTUAL, endpoint_send, s);
        s->run = qemu_add_vm_change_state_handler(endpoint_runs, s);
    }
}

/* A subregion holds a reference to its owner, which is the card itself */
static void endpoint_exit_bars(Lan966xEndpoint *s)
{
    for (unsigned i = 0; i < LAN966X_BARS; i++) {
        memory_region_del_subregion(&s->bar[i].mr, &s->bar[i].window);
        memory_region_del_subregion(&s->bar[i].mr, &s->bar[i].dark);
    }
}

static void endpoint_exit(PCIDevice *pci)
{
    Lan966xEndpoint *s = LAN966X_ENDPOINT(pci);

    s->gone = true;
    g_clear_pointer(&s->run, qemu_del_vm_change_state_handler);
    g_clear_pointer(&s->send, timer_free);
    timer_del(s->booted);
    endpoint_exit_bars(s);
    lan966x_soc_unrealize(&s->soc);
    if (s->msi) {
        msi_uninit(pci);
    }
    pcie_cap_exit(pci);
}

static void endpoint_instance_init(Object *obj)
{
    Lan966xEndpoint *s = LAN966X_ENDPOINT(obj);
    DeviceState *dev = DEVICE(obj);

    qdev_init_gpio_in_named(dev, endpoint_oic_level, "oic-level", 1);
    qdev_init_gpio_in_named(dev, endpoint_oic_event, "oic-event", 1);
    s->booted = timer_new_ms(QEMU_CLOCK_VIRTUAL, endpoint_booted, s);
    lan966x_soc_init(&s->soc, dev);
    lan966x_controls_init(dev, &s->soc);
    lan966x_connector_init(&s->connector, dev, &s->soc);
}

static void endpoint_finalize(Object *obj)
{
    timer_free(LAN966X_ENDPOINT(obj)->booted);
}

static int endpoint_post_load(void *opaque, int version_id)
{
    endpoint_update_dark(opaque);
    return 0;
}

static const VMStateDescription vmstate_endpoint = {
    .name = TYPE_LAN966X_ENDPOINT,
    .version_id = 3,
    .minimum_version_id = 3,
    .post_load = endpoint_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, Lan966xEndpoint),
        VMSTATE_BOOL(level, Lan966xEndpoint),
        VMSTATE_BOOL(message, Lan966xEndpoint),
        VMSTATE_BOOL(dark, Lan966xEndpoint),
        VMSTATE_BOOL(booting, Lan966xEndpoint),
        VMSTATE_TIMER_PTR(booted, Lan966xEndpoint),
        VMSTATE_UINT64(soc.chip.reads, Lan966xEndpoint),
        VMSTATE_UINT64(soc.chip.writes, Lan966xEndpoint),
        VMSTATE_END_OF_LIST()
    }
};

static const Property endpoint_properties[] = {
    DEFINE_PROP_MACADDR("mac", Lan966xEndpoint, soc.sw.mac),
    DEFINE_PROP_BOOL("msi", Lan966xEndpoint, msi, false),
    DEFINE_PROP_BOOL("intx", Lan966xEndpoint, intx, true),
    DEFINE_PROP_INT32("boot-ms", Lan966xEndpoint, boot_ms, -1),
    DEFINE_PROP_BOOL("x-guest-time", Lan966xEndpoint, soc.sw.guest_time, false),
    DEFINE_PROP_BOOL("x-strict", Lan966xEndpoint, soc.chip.strict, true),
};

static const Lan966xHelp endpoint_help[] = {
    { "boot-ms", "Time after a reset until ids and BARs are right" },
    { "dark", "Old name of x-dark" },
    { "intx", "Whether the function has an interrupt pin" },
    { "mac", "Base of the ports' addresses, for \"info network\" only" },
    { "msi", "Whether the function has an MSI capability" },
    { "x-dark", "The card is dead: reads are ones, writes are lost" },
    { "x-guest-time", "Frames take 10 us by the guest's clock" },
    { "x-strict", "Whether clocks, pins and the PHYs' reset matter" },
    { }
};

static void endpoint_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = endpoint_reset_hold;
    pc->realize = endpoint_realize;
    pc->exit = endpoint_exit;
    pc->config_read = endpoint_config_read;
    pc->config_write = endpoint_config_write;
    pc->vendor_id = LAN966X_PCI_VENDOR_ID;
    pc->device_id = LAN966X_PCI_DEVICE_ID;
    pc->subsystem_vendor_id = LAN966X_PCI_VENDOR_ID;
    pc->subsystem_id = LAN966X_PCI_DEVICE_ID;
    pc->revision = 0;
    pc->class_id = PCI_CLASS_NETWORK_ETHERNET;

    dc->desc = "Microchip LAN966x, PCIe endpoint";
    dc->vmsd = &vmstate_endpoint;
    device_class_set_props(dc, endpoint_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    object_class_property_add_bool(klass, "x-dark", endpoint_get_dark,
                                   endpoint_set_dark);
    object_class_property_add_bool(klass, "dark", endpoint_get_dark,
                                   endpoint_set_dark);
    lan966x_help(klass, endpoint_help);
}

static const TypeInfo endpoint_type = {
    .name = TYPE_LAN966X_ENDPOINT,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(Lan966xEndpoint),
    .instance_init = endpoint_instance_init,
    .instance_finalize = endpoint_finalize,
    .class_init = endpoint_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { }
    },
};

static void endpoint_register_types(void)
{
    type_register_static(&endpoint_type);
}

type_init(endpoint_register_types)
