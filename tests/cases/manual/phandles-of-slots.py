# SPDX-License-Identifier: GPL-2.0-or-later
"""Phandles of slots: a range of their own, without gaps, given back; the author's numbers have no say in them.

Broken if it fails: one refused overlay moves the phandles of all later slots below the reserved range, where numbers in
overlays are not looked at; then an overlay gets at the nodes of another slot by guessing.
"""

import struct

from lib import card, dts, foreign, manual

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": (), "ports": 0}
FIRST = 0x8d5a0000
TREE = "/sys/firmware/devicetree/base"
SIDE_BY_SIDE = ("left", "middle", "right")
TWO = """input: supply-x {{ compatible = "regulator-fixed"; regulator-name = "{0}-input"; {1} }};
    output-x {{ compatible = "regulator-fixed"; regulator-name = "{0}-output"; vin-supply = <&input>; }};"""
BARE = "resolve: 'nobody,knows-this' of node 'thief' reaches outside the slot: cell 0 is the bare phandle {:#x}; use a label"


def phandle(vm, node):
    [value] = struct.unpack(">I", vm.get(f"{TREE}/{node}/phandle"))
    return value


def refuse(vm, body, message):
    manual.write_blob(vm, "bad", dts.compile_overlay(dts.fragment(body)))
    assert vm.try_sh(f"echo 1 >{manual.path('bad')}/attach")[0]
    assert manual.error(vm, "bad") == message, manual.error(vm, "bad")


def check_attach(vm, name, number):
    """Attach the slot, whose two nodes refer to each other, and see them in the tree; and detach it again."""
    manual.attach(vm, name)
    assert phandle(vm, "supply-x") == number, hex(phandle(vm, "supply-x"))
    assert vm.get(f"{TREE}/output-x/vin-supply") == struct.pack(">I", number)
    assert vm.sh("ls -d /sys/bus/platform/devices/output-x/driver")
    manual.detach(vm, name)


def check_foreign(vm):
    """A node of other origin that has a number of the range keeps it, whenever it came; it is given back, too."""
    foreign.add(vm, "/", FIRST)
    check_attach(vm, "one", FIRST + 1)
    manual.attach(vm, "left")
    assert phandle(vm, "left") == FIRST + 1
    check_attach(vm, "one", FIRST + 2)
    manual.detach(vm, "left")
    for name in ("one", "bad", "thief", *SIDE_BY_SIDE):
        vm.sh(f"rmdir {manual.path(name)}")
    vm.sh("rmmod dtslot-manual dtslot-mtd dtslot; modprobe dtslot-manual")
    manual.make(vm, "one", "/", dts.compile_overlay(dts.fragment(TWO.format("one", ""))))
    check_attach(vm, "one", FIRST + 1)
    foreign.take_off(vm)
    check_attach(vm, "one", FIRST)


def test(vm):
    vm.sh("modprobe -a fixed dtslot-manual")
    manual.make(vm, "one", "/", dts.compile_overlay(dts.fragment(TWO.format("one", ""))))
    manual.make(vm, "bad", "/")
    manual.make(vm, "thief", "/", dts.compile_overlay(dts.fragment(
        f"thief {{ nobody,knows-this = <{FIRST - 1} {FIRST + 0x40000} 2>; }};")))
    for name in SIDE_BY_SIDE:
        body = f'{name}: {name} {{ compatible = "acme,none"; me = <&{name}>; }};'
        manual.make(vm, name, "/", dts.compile_overlay(dts.fragment(body)))
    before = card.snapshot(vm)
    for _ in range(3):
        check_attach(vm, "one", FIRST)

    # what is refused takes no numbers
    for number in (0x72a60000, 0xfffffffe, FIRST):
        refuse(vm, f"a {{ phandle = <{number}>; }}; b {{ clocks = <5>; }};",
               "resolve: 'clocks' of node 'b' reaches outside the slot: cell 0 is the bare phandle 0x5; use a label")
        check_attach(vm, "one", FIRST)

    # nor do those that an author gave away himself
    for number in (1, 0x72a60000, 0xfffffffe):
        manual.write_blob(vm, "one", dts.compile_overlay(dts.fragment(TWO.format("one", f"phandle = <{number}>;"))))
        check_attach(vm, "one", FIRST)

    # no number of the range is taken from an overlay, whether a node has it or could get it
    refuse(vm, f"thief {{ nobody,knows-this = <{FIRST}>; }};", BARE.format(FIRST))
    refuse(vm, f"thief {{ nobody,knows-this = <{FIRST + 0x3ffff}>; }};", BARE.format(FIRST + 0x3ffff))
    manual.attach(vm, "thief")
    check_attach(vm, "one", FIRST)
    manual.detach(vm, "thief")

    # slots side by side, and the gap between them is used again
    for n, name in enumerate(SIDE_BY_SIDE):
        manual.attach(vm, name)
        assert phandle(vm, name) == FIRST + n
    manual.detach(vm, "middle")
    check_attach(vm, "one", FIRST + 1)
    manual.attach(vm, "middle")
    assert phandle(vm, "middle") == FIRST + 1
    for name in SIDE_BY_SIDE:
        manual.detach(vm, name)
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
    check_foreign(vm)
