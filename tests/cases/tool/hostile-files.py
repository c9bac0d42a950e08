# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlays, trees, sources and IDs with bytes that chance has changed: each command says something, in order, and ends.

Broken if it fails: a file from the network, or the memory of an add-on, crashes the program or drives the terminal.
"""

import random

from lib import dts, ids, tool

kernels = ()

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
MUTANTS = 60
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


def test(_):
    chance = random.Random(13)
    overlay, base = dts.compile_overlay(OVERLAY), dts.compile_overlay(BASE, "-@")
    with tool.System() as system:
        good, bad, tree = system.path("good"), system.path("bad"), system.path("tree")
        good.write_bytes(overlay)
        tree.write_bytes(base)
        system.expect(["check", "-b", tree, good], f"{good}: fits, adds 3 nodes\n")
        for n in range(MUTANTS):
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
