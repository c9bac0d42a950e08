# SPDX-License-Identifier: GPL-2.0-or-later
"""Root makes slots in configfs, at the root of a tree that has nothing else: drivers bind, detach leaves nothing.

Broken if it fails: a program cannot tell the kernel of hardware that it knows to be there.
"""

from lib import card, dts, manual, slot

kernels = ("7.3", "6.12")
options = {"cards": (), "ports": 0}

SUPPLIES = """
    input: supply-NAME { compatible = "regulator-fixed"; regulator-name = "NAME-input"; };
    output-NAME { compatible = "regulator-fixed"; regulator-name = "NAME-output"; vin-supply = <&input>; };
    clock-NAME { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <1000>; };
    unknown-NAME { compatible = "nobody,has-a-driver"; };
"""
LISTING = "cat /sys/class/regulator/regulator.*/name | sort"


def overlay(name):
    return dts.compile_overlay(dts.fragment(SUPPLIES.replace("NAME", name)))


def drivers(vm, name):
    """{device: driver} of what a slot brought."""
    text = vm.sh(f"cd /sys/devices/platform/dtslot-manual:{name} && for d in */subsystem; do d=${{d%/*}};"
                 " echo $d $(basename $(readlink $d/driver || echo none)); done")
    return dict(line.split() for line in text.splitlines())


def test(vm):
    vm.sh("modprobe -a fixed dtslot-manual")
    before, regulators = card.snapshot(vm), vm.sh(LISTING)
    manual.make(vm, "one", "/", overlay("one"))
    assert manual.state(vm, "one") == "empty"
    assert vm.get(manual.path("one") + "/blob") == overlay("one")
    manual.attach(vm, "one")
    assert manual.state(vm, "one") == "attached"
    assert manual.error(vm, "one") == ""
    assert vm.sh("cat /sys/class/dtslot/manual:one/model /sys/class/dtslot/manual:one/overlay") == "one\nblob\n"
    assert vm.sh(LISTING).split() == sorted([*regulators.split(), "one-input", "one-output"])
    assert drivers(vm, "one") == {"supply-one": "reg-fixed-voltage", "output-one": "reg-fixed-voltage",
                                  "clock-one": "of_fixed_clk", "unknown-one": "none"}, drivers(vm, "one")

    # attached once, and its directory stays as long as it is
    manual.check_refused(vm, "one", "attach: one is attached already; write 1 to 'detach' first",
                         "Device or resource busy")
    assert manual.reason(vm, f"rmdir {manual.path('one')}") == "Device or resource busy"
    assert manual.reason(vm, "rmmod dtslot-manual") == "Module dtslot_manual is in use"

    # a second slot beside it, and what is written now is for its next attach
    manual.make(vm, "two", "/", overlay("two"))
    manual.write_blob(vm, "one", overlay("three"))
    manual.attach(vm, "two")
    assert vm.sh(LISTING).split() == sorted([*regulators.split(), "one-input", "one-output", "two-input", "two-output"])
    manual.detach(vm, "one")
    assert vm.sh(LISTING).split() == sorted([*regulators.split(), "two-input", "two-output"])
    manual.attach(vm, "one")
    assert "three-input" in vm.sh(LISTING)
    manual.detach(vm, "one")
    vm.sh("echo 1 >/sys/class/dtslot/manual:two/detach")
    assert [manual.state(vm, name) for name in ("one", "two")] == ["empty", "empty"]
    vm.sh("echo 1 >/sys/class/dtslot/manual:two/attach && echo 1 >/sys/class/dtslot/manual:two/detach")
    vm.sh(f"rmdir {manual.path('one')} {manual.path('two')}")
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
    vm.sh("rmmod dtslot-manual dtslot-mtd dtslot")

    vm.sh("modprobe dtslot-manual")
    manual.make(vm, "cycle", "/", overlay("cycle"))

    def cycle():
        manual.attach(vm, "cycle")
        manual.detach(vm, "cycle")

    slot.check_cycles(vm, cycle)
