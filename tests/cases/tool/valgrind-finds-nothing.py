# SPDX-License-Identifier: GPL-2.0-or-later
"""Each command under valgrind: no invalid access, nothing uninitialised, nothing lost.

Broken if it fails: the program reads what it should not, in a way that the sanitizers of the other tests do not see.
"""

from lib import dts, fpga, ids, tool

kernels = ()
timeout = 300

COMMANDS = (
    ("list", 1), ("list --json", 1), ("tree", 1), ("tree --json", 1), ("doctor", 1), ("doctor --json --overlay x.dtbo", 1),
    (f"attach {tool.SLOT}", 0), (f"detach {tool.SLOT}", 0), (f"wait -t 1 {tool.SLOT}", 1), ("check x.dtbo", 0),
    ("check --json --slot connector0 y.dtbo", 1), ("check -b base.dtb -e clk=/clk y.dtbo", 1), ("id show id.bin", 0),
    ("id write id.bin model=a", 0), ("id -f beagle,cape make model=a", 0), ("id write id.bin y.dtbo", 1),
    ("id -f raspberrypi,hat make vendor=a product=b size=512", 0), ("lost", 2), ("help", 0),
    ("check --card 0000:01:00.0", 0), ("check --card 0000:02:00.0", 1), ("reprogram connector0 -- true", 1),
)


def test(_):
    with tool.System() as system:
        system.use_valgrind()
        system.put("/proc/sys/kernel/osrelease", "7.3.4\n")
        system.put("/boot/config-7.3.4", "CONFIG_OF=y\nCONFIG_OF_DYNAMIC=y\n")
        system.modules("7.3.4", {"irq-lan966x-oic": ["microchip,lan966x-oic"]})
        tool.card(system)
        system.device(f"{tool.BUS}/oic", f"{tool.NODE}/oic", "microchip,lan966x-oic")
        system.put(f"{tool.CARD}/vendor", "0x1055\n")
        system.put(f"{tool.CARD}/device", "0x9660\n")
        system.link("/sys/bus/pci/devices/0000:01:00.0", tool.CARD)
        system.device("/sys/devices/c", "/connector", "dtslot,connector", driver="dtslot-connector")
        system.slot("connector0", "/sys/devices/c", "empty")
        system.put(f"{tool.BASE}/connector/exports/clk", b"\0\0\0\5")
        system.put(f"{tool.BASE}/connector/devices/name", "devices\0")
        system.put(f"{tool.BASE}/clk/phandle", b"\0\0\0\5")
        harmless = dts.compile_overlay(dts.HARMLESS)
        system.put("x.dtbo", harmless)
        config = bytearray(4096)
        config[4] = 2       # memory is on
        config[0x100:0x124] = fpga.capability(harmless, offset=0)
        system.put(f"{tool.CARD}/config", bytes(config))
        system.put(f"{tool.CARD}/resource0", harmless + bytes(4096 - len(harmless)))
        system.put("y.dtbo", dts.compile_overlay(dts.fragment("a { clocks = <&clk 3>; spi = <&spi>; };")))
        system.put("base.dtb", dts.compile_overlay('/dts-v1/; / { clk: clk { }; c { compatible = "dtslot,connector"; '
                                                   "devices { }; exports { clk = <&clk>; }; }; };"))
        system.put("/lib/firmware/dtslot/pci-1.dtbo", harmless)
        system.put("id.bin", ids.own("temp", size=256))
        for words, wanted in COMMANDS:
            status, _, error = system.run_bytes(*words.split(), cwd=system.root)
            assert status == wanted and b"==" not in error, f"{words}: {status}: {error.decode()}"
