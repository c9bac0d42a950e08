# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot doctor` on hosts with a card: its driver, its BARs and the windows above, its slot, devices, ports, overlays.

Broken if it fails: a card that does not come up is explained wrongly, or not at all.
"""

import hashlib
import json

from lib import dts, fpga, tool

kernels = ()

R = "7.3.4"
DEVICES = "/sys/bus/pci/devices"
CARD, BDF = tool.CARD, "0000:01:00.0"
BRIDGE = CARD.rsplit("/", 1)[0]
NAME = "Acme Card"
MIB = 1 << 20
MEMORY, UNSET = 0x40200, 0x20000000


def resources(*sizes, start=0xe0000000, flags=MEMORY):
    return "".join(f"{start:#018x} {start + size - 1:#018x} {flags:#018x}\n" if size else f"{0:#018x} {0:#018x} {0:#018x}\n"
                   for size in sizes)


def said(system, *checks):
    """The lines of these checks."""
    output = system.run("doctor", "--json")[1]
    return [tuple(line[part] for part in ("level", "what", "fix"))
            for line in json.loads(output) if line["check"] in checks]


def test(_):
    with tool.System() as system:
        system.put("/proc/sys/kernel/osrelease", f"{R}\n")
        system.put("/usr/share/misc/pci.ids", "1055  Acme\n\t9660  Card\n")
        system.modules(R, {"irq-lan966x-oic": ["microchip,lan966x-oic"]}, [("sfp", "sff,sfp")])
        system.put(f"{CARD}/vendor", "0x1055\n")
        system.put(f"{CARD}/device", "0x9660\n")
        system.link(f"{DEVICES}/{BDF}", CARD)
        system.put(f"{DEVICES}/0000:00:1f.0/vendor", "0x8086\n")
        drivers(system)
        any_function(system)
        carried(system)
        bars(system)
        slots(system)
        devices(system)
        interrupts(system)
        firmware(system)


def drivers(system):
    assert said(system, "card") == [("finding", f"{BDF} {NAME}: no driver has it", "modprobe dtslot-pci")]
    system.directory("/sys/module/dtslot_pci")
    assert said(system, "card") == [
        ("finding", f"{BDF} {NAME}: no driver has it", f"echo {BDF} >/sys/bus/pci/drivers_probe")]
    for driver in ("lan966x_pci", "dtslot-pci"):
        system.directory(f"/sys/bus/pci/drivers/{driver}")
        system.path(f"{CARD}/driver").unlink(missing_ok=True)
        system.link(f"{CARD}/driver", f"/sys/bus/pci/drivers/{driver}")
        [line] = said(system, "card")
        assert line == {
            "lan966x_pci": ("finding", f"{BDF} {NAME}: lan966x_pci has it, only one driver can",
                            f"echo {BDF} >/sys/bus/pci/drivers/lan966x_pci/unbind; "
                            f"echo {BDF} >/sys/bus/pci/drivers_probe"),
            "dtslot-pci": ("ok", f"{BDF} {NAME}: dtslot-pci has it", None)}[driver], line
    system.put("/usr/share/misc/pci.ids", "\tjunk")
    # libpci leaves the file open then
    system.sanitizers = "exitcode=99:detect_leaks=0"
    assert said(system, "card") == [("ok", f"{BDF} : dtslot-pci has it", None)]
    system.sanitizers = "exitcode=99"
    system.put("/usr/share/misc/pci.ids", "1055  Acme\n\t9660  Card\n")


def bars(system):
    system.put(f"{CARD}/resource", resources(32 * MIB, 16 * MIB))
    assert said(system, "bars") == [("ok", f"{BDF}: its BARs have addresses", None)]
    for without in ("", "junk\n", resources(32 * MIB), resources(0, 0), resources(32 * MIB, 16 * MIB, start=0),
                    resources(32 * MIB, 16 * MIB, flags=MEMORY | UNSET), "\xff" * 70000):
        system.put(f"{CARD}/resource", without)
        assert said(system, "bars") == [(
            "finding", f"{BDF}: its BARs have no address: bridge 0000:00:04.0 has 0 KiB, the card takes 66 MiB",
            "boot with pci=realloc,hpmemsize=128M")], without
    # of a bridge: six BARs, ROM, I/O, memory, prefetchable, one that is not used; and with SR-IOV six more
    for before in (7, 13):
        system.put(f"{BRIDGE}/resource", resources(*[0] * before, 4096, 2 * MIB, 128 * MIB, 0))
        assert said(system, "bars") == [(
            "finding", f"{BDF}: its BARs have no address: bridge 0000:00:04.0 has 2 MiB, the card takes 66 MiB",
            "boot with pci=realloc,hpmemsize=128M")]
    system.put("/proc/cmdline", "quiet pci=realloc,hpmemsize=4M\n")
    assert said(system, "bars") == [(
        "finding", f"{BDF}: its BARs have no address: bridge 0000:00:04.0 has 2 MiB, in spite of pci=realloc",
        "plug the card in before power is switched on, or elsewhere")]
    system.put(f"{BRIDGE}/resource", resources(*[0] * 8, 128 * MIB, 0, 0))
    assert said(system, "bars") == [(
        "finding", f"{BDF}: its BARs have no address, though bridge 0000:00:04.0 has 128 MiB",
        f"echo 1 >{DEVICES}/{BDF}/remove; echo 1 >/sys/bus/pci/rescan")]
    # CM4 with mainline's tree: 64 MiB for all cards, and no option of the kernel makes them more
    node = f"{tool.BASE}/scb/pcie@7d500000"
    system.put(f"{tool.BASE}/scb/#address-cells", b"\0\0\0\2")
    system.link("/sys/devices/of_node", node)
    for kind, size, advice in ((0x02000000, 64, True), (0x42000000, 64, False), (0x02000000, 1024, False)):
        system.put(f"{node}/ranges", b"".join(cell.to_bytes(4, "big") for cell in
                                              (kind, 0, 0xc0000000, 6, 0, 0, size * MIB)))
        [line] = said(system, "bars")
        assert (line == (
            "finding", f"{BDF}: its BARs have no address: the host bridge has 64 MiB for cards, this one takes 66 MiB",
            'make "ranges" of /scb/pcie@7d500000 larger by an overlay at boot; pci=realloc cannot')) == advice, line
    for junk in (b"", b"\2", b"\2" * 27, b"\xff" * 70000):
        system.put(f"{node}/ranges", junk)
        assert "though bridge" in said(system, "bars")[0][1]
    system.put(f"{tool.BASE}/scb/#address-cells", b"\xff\xff\xff\xff")
    assert "though bridge" in said(system, "bars")[0][1]
    system.path("/sys/devices/of_node").unlink()
    system.put(f"{CARD}/resource", resources(32 * MIB, 16 * MIB))


def any_function(system):
    """A function that there is an overlay for is a card, too."""
    place, bdf = "/sys/devices/pci0000:00/0000:00:05.0", "0000:00:05.0"
    for name, value in (("vendor", "1234"), ("device", "11e8"), ("subsystem_vendor", "1af4"),
                        ("subsystem_device", "1100")):
        system.put(f"{place}/{name}", f"0x{value}\n")
    system.link(f"{DEVICES}/{bdf}", place)
    system.put(f"{place}/resource", resources(4096, 0, 1 << 20, start=0))
    assert len(said(system, "card")) == 1
    system.put("/lib/firmware/dtslot/pci-1234-11e8-1af4-1100.dtbo", dts.compile_overlay(dts.HARMLESS))
    new_id = "modprobe dtslot-pci; echo 1234 11e8 >/sys/bus/pci/drivers/dtslot-pci/new_id"
    assert said(system, "card")[0] == ("finding", f"{bdf} Device 1234:11e8: no driver has it", new_id)
    assert said(system, "bars")[0] == ("finding", f"{bdf}: its BARs have no address: bridge pci0000:00 has 0 KiB, the card "
                                       "takes 1 MiB", "boot with pci=realloc,hpmemsize=128M")
    system.put(f"{place}/resource", resources(4096, 0, 1 << 20))
    assert said(system, "bars")[0] == ("ok", f"{bdf}: its BARs have addresses", None)
    system.directory("/sys/bus/pci/drivers/edu")
    system.link(f"{place}/driver", "/sys/bus/pci/drivers/edu")
    assert said(system, "card")[0] == ("finding", f"{bdf} Device 1234:11e8: edu has it, only one driver can",
                                       f"echo {bdf} >/sys/bus/pci/drivers/edu/unbind; {new_id}")
    system.path(f"{DEVICES}/{bdf}").unlink()
    system.path("/lib/firmware/dtslot/pci-1234-11e8-1af4-1100.dtbo").unlink()


def carried(system):
    """A function that carries an overlay is a card, too; whether that is taken, and what keeps it out."""
    place, bdf = "/sys/devices/pci0000:00/0000:00:06.0", "0000:00:06.0"
    file = "/lib/firmware/dtslot/pci-1234-f96a-1af4-1100.dtbo"
    parameter, trusted = "/sys/module/dtslot_pci/parameters/card_overlays", "/sys/module/dtslot/parameters/trusted"
    blob = dts.compile_overlay(dts.HARMLESS)
    digits = hashlib.sha256(blob).hexdigest()
    config = bytearray(4096)
    for name, value in (("vendor", "1234"), ("device", "f96a"), ("subsystem_vendor", "1af4"),
                        ("subsystem_device", "1100")):
        system.put(f"{place}/{name}", f"0x{value}\n")
    system.link(f"{DEVICES}/{bdf}", place)
    system.put(f"{place}/resource", resources(4096))

    def overlay(level, text, fix=None, memory=2, **lies):
        config[4] = memory
        config[0x100:0x124] = fpga.capability(blob, offset=0, **lies)
        system.put(f"{place}/config", bytes(config))
        system.put(f"{place}/resource0", blob + bytes(4096))
        assert said(system, "overlay") == [(level, f"{bdf}: {text}", fix)], said(system, "overlay")

    system.put(f"{place}/config", bytes(4096))
    assert said(system, "overlay") == [] and len(said(system, "card")) == 1
    overlay("unknown", "carries an overlay, and dtslot-pci is not loaded", "modprobe dtslot-pci card_overlays=1")
    assert said(system, "card")[0][1] == f"{bdf} Device 1234:f96a: no driver has it"
    overlay("finding", "the card says that its overlay is in BAR 6: there are BARs 0 to 5; mend its capability",
            "mend the card, as docs/howto/card-blob.md tells", bar=6)
    system.put(parameter, "N\n")
    overlay("unknown", "carries an overlay that is not taken: card_overlays is off",
            f"echo 1 >{parameter}; dtslot attach pci-{bdf}")
    system.put(parameter, "Y\n")
    let_in = f"carries an overlay of {len(blob)} bytes, and root lets it in"
    overlay("ok", let_in)
    overlay("unknown", f"its memory is off; write 1 to {DEVICES}/{bdf}/enable", memory=0)
    system.put(trusted, "\n")
    overlay("ok", let_in)
    system.put(trusted, "dtslot/trusted\n")
    not_listed = (f"carries an overlay of {len(blob)} bytes, which /lib/firmware/dtslot/trusted does not list",
                  f"echo {digits} >>/lib/firmware/dtslot/trusted, and load dtslot again")
    overlay("finding", *not_listed)
    system.put("/lib/firmware/dtslot/trusted", f"# ours\n{'0' * 64}  x\n{digits[:-1]}\n")
    overlay("finding", *not_listed)
    system.put("/lib/firmware/dtslot/trusted", f"# ours\n{digits.upper()}  x")
    overlay("ok", f"carries an overlay of {len(blob)} bytes, which /lib/firmware/dtslot/trusted lists")
    system.put(file, blob)
    overlay("ok", f"carries an overlay, and {file} goes first")
    # who is not root sees 64 bytes of a function
    system.put(f"{place}/config", bytes(config[:64]))
    assert said(system, "overlay") == []
    for name in (file, f"{DEVICES}/{bdf}", "/lib/firmware/dtslot/trusted", parameter, trusted):
        system.path(name).unlink()


def slots(system):
    assert said(system, "slot") == [("unknown", "there are no slots", None)]
    for n, (state, line) in enumerate({
            "failed": ("finding", "{}: load: no overlay", "mend that, then dtslot attach {}"),
            "quarantined": ("finding", "{}: its nodes do not come off: load: no overlay",
                            "mend that, then dtslot detach {}"),
            "empty": ("unknown", "{}: empty", None),
            "attaching": ("unknown", "{}: attaching", None)}.items()):
        system.slot(f"c{n}", f"/sys/devices/platform/c{n}", state, error="load: no overlay")
        assert said(system, "slot")[n] == tuple(text and text.format(f"c{n}") for text in line)
    tool.card(system)
    assert said(system, "slot")[4] == ("ok", f"{tool.SLOT}: attached: lan966x, 3 of 3 devices have their driver, 1 ports",
                                       None)


def devices(system):
    """Why a device has no driver, each reason."""
    assert said(system, "device") == []
    assert said(system, "ports") == [(
        "finding", f"{tool.SLOT}: the 1 ports of f0000000.switch have random addresses, other ones at each attach",
        "modprobe dtslot-pci host_id=NAME, or put mac-address into its node")]
    switch = f"{tool.BASE}{tool.NODE}/pci-ep-bus@0/switch@e0000000"
    system.put(f"{switch}/dtslot,mac-address-from", "host and slot\0")
    assert said(system, "ports") == [
        ("ok", f"{tool.SLOT}: addresses of the 1 ports of f0000000.switch come from the host and slot", None)]
    system.path(f"{switch}/dtslot,mac-address-from").unlink()
    for attribute in ("mac-address", "local-mac-address"):
        path = f"{switch}/{attribute}"
        system.put(path, b"\2\0\0\0\0\1")
        assert said(system, "ports") == []
        system.path(path).unlink()

    def reason(name, *compatible):
        place = f"{tool.BUS}/{name}"
        if not system.path(place).exists():
            system.device(place, f"{tool.NODE}/{name}", *compatible)
        [line] = [line for line in said(system, "device") if f" {name}: " in line[1]]
        return line[1].removeprefix(f"{tool.SLOT}: {name}: "), line[2]

    assert reason("pinctrl", "microchip,lan966x-pinctrl") == (
        "no driver: this kernel lacks CONFIG_PINCTRL_OCELOT", "install dtslot-soc-dkms")
    assert reason("leds", "gpio-leds") == ("no driver: this kernel lacks CONFIG_LEDS_GPIO", "take a kernel that has it")
    assert reason("new", "acme,new") == ("no driver for acme,new", "find which option of the kernel has it")
    assert reason("oic", "microchip,lan966x-oic") == ("module irq_lan966x_oic is not loaded", "modprobe irq_lan966x_oic")
    system.directory("/sys/module/irq_lan966x_oic")
    assert reason("oic") == ("irq_lan966x_oic did not take it", "as root, this program tells more")
    system.put("/dev/kmsg", "6,1,2,-;unrelated\n")
    assert reason("oic") == ("irq_lan966x_oic did not take it", "dmesg may tell more")
    system.put("/dev/kmsg", "3,1,2,-;lan966x-oic oic: probe with driver lan966x-oic failed with error -5\n"
               "3,1,2,-;lan966x-oic oic: probe with driver lan966x-oic failed with error -12\x1b[0m\n"
               "3,1,2,-;other x: probe with driver other failed with error -7\n")
    assert reason("oic") == ("probe by irq_lan966x_oic failed with error -12?[0m", "dmesg tells more")
    # a built-in driver needs no loading
    assert reason("sfp2", "sff,sfp") == ("sfp did not take it", "dmesg may tell more")
    system.put("/sys/kernel/debug/devices_deferred", "other\twhy\nsfp2\tsfp: waits for i2c\x07\nsfp22\tno\n")
    assert reason("sfp2") == ("waits: sfp: waits for i2c?", None)
    system.put("/sys/kernel/debug/devices_deferred", "sfp2\n")
    assert reason("sfp2") == ("waits for what it needs", None)
    system.put(f"{tool.BUS}/sfp2/supplier:platform:gone/status", "available\n")
    assert reason("sfp2") == ("waits for what it needs", None)
    system.put(f"{tool.BUS}/sfp2/supplier:platform:f0040600.i2c/status", "dormant\n")
    assert reason("sfp2") == ("waits for platform:f0040600.i2c", None)


    # what the modules say comes first, but for which module there is
    unbound = f"{tool.CARD}/dtslot/{tool.SLOT}/unbound"
    for text, why in (("waits for x, which is disabled", ("waits for x, which is disabled", None)),
                      ("probe failed with -5\x07", ("probe failed with -5?", "dmesg tells more")),
                      ("no driver for sff,sfp", ("waits for platform:f0040600.i2c", None))):
        system.put(unbound, f"/a oic: its driver put the probe off\n/b sfp2: {text}\n")
        assert reason("sfp2") == why, text
    assert reason("oic") == ("its driver put the probe off", None)
    system.path(unbound).unlink()


def interrupts(system):
    assert said(system, "irq") == []
    table = "            CPU0       CPU1\n 24:   {0}          {1}   IO-APIC   5-fasteoi   0000:01:00.0\n"
    for text, line in (
            ("", ("finding", f"{tool.SLOT}: the card has no interrupt: INTx is not routed, and MSI is off",
                  "boot without pci=nomsi, or with pci=routeirq")),
            (table.format(0, 0), ("unknown", f"{tool.SLOT}: no interrupt of the card has come yet",
                                  "ip link set eth0 up, plug a cable in, look again")),
            (table.format(0, 3), ("ok", f"{tool.SLOT}: interrupts of the card come", None))):
        system.put("/proc/interrupts", text)
        assert said(system, "irq") == [line], text


def firmware(system):
    place = "/lib/firmware/dtslot"
    good = dts.compile_overlay(dts.HARMLESS)
    system.put(f"{place}/pci-1055-9660-0000-0000.dtbo", good)
    system.put(f"{place}/README", "no overlay")
    addon = dts.compile_overlay(dts.fragment("x { clocks = <&clk 1>; };", "target = <&i2c>;"))
    system.put(f"{place}/addon-x.dtbo", addon)
    assert said(system, "firmware") == [("ok", f"2 overlays in {place} can be used", None)]
    # a card's overlay has no labels to refer to; the last one is cut off
    system.put(f"{place}/pci-1.dtbo", addon)
    system.put(f"{place}/pci-2.dtbo", good[:-4])
    system.path(f"{place}/loop.dtbo").symlink_to("loop.dtbo")
    found = said(system, "firmware")
    assert [line[:2] for line in found[:1]] == [
        ("finding", f"{place}/loop.dtbo: Too many levels of symbolic links")], found
    assert found[1][1].startswith(f"{place}/pci-1.dtbo: check: fragment@0 reaches outside the slot"), found
    assert found[2][1].startswith(f"{place}/pci-2.dtbo: check: truncated: the header says"), found
    assert found[2][2] == f"dtslot check {place}/pci-2.dtbo"
    assert found[3] == ("ok", f"2 overlays in {place} can be used", None)
