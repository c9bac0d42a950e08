# SPDX-License-Identifier: GPL-2.0-or-later
"""What is hostile to the program: files of a system that are no such, and blobs, sources and IDs that chance has changed.

Each command says something, in order, prints what a terminal may have, and ends.
"""

import json
import os
import random

from . import dts, ids, tool

COMMANDS = ("list", "tree", "doctor")
# what is put in the place of each file in turn
CONTENTS = (b"", b"\0" * 5000, b"\xff\x1b[2J\r\n" * 1000, b"A" * (8 << 20), b"\n" * 5000, bytes(range(256)) * 40,
            b"attached", b"-1 -1 -1\n" * 5000, b"0x" + b"f" * 5000)


def made_up(system):
    system.put("/proc/sys/kernel/osrelease", "7.3.4\n")
    for name in ("/proc/cmdline", "/proc/interrupts", "/boot/config-7.3.4", "/dev/kmsg", "/usr/share/misc/pci.ids",
                 "/sys/kernel/debug/devices_deferred", "/sys/kernel/security/lockdown",
                 "/lib/modules/7.3.4/modules.builtin.modinfo", "/lib/modules/7.3.4/modules.alias.bin",
                 "/lib/firmware/dtslot/pci-1.dtbo", "/lib/firmware/dtslot/addon-1.dtbo"):
        system.put(name)
    tool.card(system)
    for name, text in (("devices", "2/3\n"), ("settled", "1\n"), ("unbound", "/a -: b\n/c f0000000.switch: d\n")):
        system.put(f"{tool.CARD}/dtslot/{tool.SLOT}/{name}", text)
    system.put(f"{tool.CARD}/vendor", "0x1055\n")
    system.put(f"{tool.CARD}/device", "0x9660\n")
    system.put(f"{tool.CARD}/resource")
    system.link("/sys/bus/pci/devices/0000:01:00.0", tool.CARD)
    system.path(f"{tool.BUS}/f0000000.switch/driver").unlink()
    system.put(f"{tool.BUS}/f0000000.switch/supplier:x/status")
    system.put("/sys/devices/of_node/ranges")


def runs(system, what, run=None, json_wanted=(False, True)):
    """Each command ends as it should."""
    for command in COMMANDS:
        for wanted in json_wanted:
            status, output, error = (run or system.run)(command, *(["--json"] if wanted else []))
            where = f"{what}: {command}: {status}: {error[:2000]}"
            assert status in (0, 1), where
            assert output.isascii() and not any(c < " " and c != "\n" for c in output), where
            if wanted:
                assert output, where
                json.loads(output)


def names(system):
    """Names that a terminal obeys, links to themselves and out of the system, and many."""
    odd = "x\x1b[2J\n\xff"
    system.slot(odd, f"/sys/devices/{odd}", "attached")
    system.device(f"/sys/devices/{odd}/{odd}", f"/{odd}", "acme,x")
    system.made("net", f"/sys/devices/{odd}/{odd}/net/{odd}")
    for directory in ("/sys/class/dtslot", "/sys/bus/platform/devices", "/sys/bus/pci/devices", "/sys/class/net",
                      "/lib/firmware/dtslot", "/sys/bus"):
        system.path(f"{directory}/loop").symlink_to("loop")
        system.path(f"{directory}/out").symlink_to("/proc/self")
        system.path(f"{directory}/up").symlink_to("..")
    for n in range(2000):
        system.path(f"/sys/class/net/n{n}").symlink_to("n")
    runs(system, "odd names")


def unreadable(system):
    for directory in ("/sys/class/dtslot", "/sys/bus/platform/devices", "/lib/firmware/dtslot", "/boot", "/proc", "/sys"):
        system.path(directory).chmod(0)
        runs(system, f"{directory} cannot be read", system.run_unprivileged)
        system.path(directory).chmod(0o755)


def check_files(system):
    """Files that are endless, binary, pipes, loops, unreadable."""
    # libpci leaves its list of names open when that is damaged
    system.sanitizers = "exitcode=99:detect_leaks=0"
    made_up(system)
    runs(system, "as it is")
    files = sorted(path for path in system.root.rglob("*") if path.is_file() and not path.is_symlink())
    assert len(files) > 25, files
    good = {path: path.read_bytes() for path in files}
    for content in CONTENTS:
        for path in files:
            path.write_bytes(content)
        runs(system, f"all files are {content[:20]}")
    for path, content in good.items():
        path.write_bytes(content)
    for n, (path, content) in enumerate(good.items()):
        path.unlink()
        for make in (lambda: None, path.mkdir, lambda where=path: os.mkfifo(where),
                     lambda where=path: where.symlink_to(where), lambda where=path: where.symlink_to("/dev/zero")):
            make()
            runs(system, f"{path} is another kind of file", json_wanted=(bool(n % 2),))
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
        path.write_bytes(content)
    names(system)
    unreadable(system)


OVERLAY = """/dts-v1/; /plugin/;
/ { fragment@0 { target-path = ""; __overlay__ {
	pic: pic { interrupt-controller; #interrupt-cells = <1>; #address-cells = <0>; };
	x@1 { reg = <1>; interrupts-extended = <&pic 1>; clocks = <&clk 0>; a = "text", "more"; };
}; };
fragment@1 { target = <&i2c>; __overlay__ { y@48 { compatible = "ti,tmp105"; reg = <0x48>; }; }; }; };
"""
BASE = """/dts-v1/; / { clk: clock { #clock-cells = <1>; }; i2c: i2c { #address-cells = <1>; #size-cells = <0>; };
connector { compatible = "dtslot,connector"; devices { }; exports { clk = <&clk>; i2c = <&i2c>; }; }; };
"""
SOURCE = b"/dts-v1/; /* x.dtso:1:1 */\n/ { /* x.dtso:2 */\n\tfragment@0 { /* x.dtso:3:1-5:4 */\n\t}; /* x.dtso:5 */\n};\n"
IDS = (ids.own("temp", "b", "42"), ids.hat(ids.atom(1, 0, ids.vendor()), ids.atom(3, 1, b"overlay")), ids.cape(),
       ids.clickid())
NUMBERS = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\1", b"\x1b[2J")


def mutant(chance, data):
    """Some bytes or words of it changed, or a part left out, doubled or put in another place."""
    data = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        at, size = chance.randrange(len(data)), chance.randrange(1, 9)
        kind = chance.randrange(5)
        if kind == 0:
            data[at] = chance.randrange(256)
        elif kind == 1:
            data[at // 4 * 4:at // 4 * 4 + 4] = chance.choice(NUMBERS)
        elif kind == 2 and len(data) > size:
            del data[at:at + size]
        elif kind == 3:
            data[at:at] = data[at:at + size]
        else:
            data = data[:max(at, 1)] if chance.randrange(4) == 0 else data
        data = data or bytearray(1)
    return bytes(data)


def ends(system, what, *words):
    """The command ends well or with a finding, and prints what a terminal may have."""
    status, output, error = system.run_bytes(*words)
    assert status in (0, 1) and (not error or status == 1), (what, words, status, error)
    assert all(c == 10 or 32 <= c < 127 for c in output + error), (what, words, output, error)


def check_bytes(system, mutants):
    """Overlays, trees, sources and IDs with bytes that chance has changed, so many of each."""
    chance = random.Random(13)
    overlay, base = dts.compile_overlay(OVERLAY), dts.compile_overlay(BASE, "-@")
    good, bad, tree = system.path("good"), system.path("bad"), system.path("tree")
    good.write_bytes(overlay)
    tree.write_bytes(base)
    system.expect(["check", "-b", tree, good], f"{good}: fits, adds 3 nodes\n")
    for n in range(mutants):
        bad.write_bytes(mutant(chance, overlay))
        ends(system, n, "check", "-b", tree, *(["--json"] if n % 2 else []), bad)
        bad.write_bytes(mutant(chance, base))
        ends(system, n, "check", "-b", bad, good)
        bad.write_bytes(mutant(chance, SOURCE))
        ends(system, n, "check", "-e", "clk", "--source", bad, good)
        for image in IDS:
            bad.write_bytes(mutant(chance, image))
            ends(system, n, "id", "show", bad)
        ends(system, n, "id", "write", bad, "model=a")
        bad.write_bytes(mutant(chance, IDS[n % len(IDS)]))
        ends(system, n, "id", "write", tree.with_name("memory"), bad)
        tree.with_name("memory").write_bytes(b"\xff" * 256)
