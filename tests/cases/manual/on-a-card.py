# SPDX-License-Identifier: GPL-2.0-or-later
"""Slots below nodes that a card brought, an I2C controller and a bus: devices, and all goes when the card goes first.

Broken if it fails: hardware behind a card cannot be announced, or a card that is pulled leaves nodes of others behind.
"""

from lib import card, dts, manual, slot

kernels = ("7.3", "6.12")
options = {"cards": ()}
SENSOR = dts.fragment('sensor@48 { compatible = "ti,tmp105"; reg = <0x48>; };')
SUPPLY = dts.fragment('supply { compatible = "regulator-fixed"; regulator-name = "of-slot"; };')


def tree(vm, pattern):
    [found] = vm.sh(f"find /sys/firmware/devicetree/base -type d -name '{pattern}' | cut -d/ -f6-").split()
    return f"/{found}"


def lost(vm, name, bdf):
    return (manual.state(vm, name), manual.error(vm, name)) == (
        "failed", f"detached: the target went away with slot pci-{bdf}")


def test(vm):
    vm.sh("modprobe -a fixed dtslot-manual")
    slot.load(vm)
    before = card.snapshot(vm)
    bdf = slot.plug(vm)
    controller = tree(vm, "i2c@600")
    manual.make(vm, "sensor", controller, dts.compile_overlay(SENSOR))
    manual.make(vm, "supply", tree(vm, "pci-ep-bus@0"), dts.compile_overlay(SUPPLY))
    empty = card.snapshot(vm)
    for _ in range(2):
        manual.attach(vm, "sensor")
        manual.attach(vm, "supply")
        assert vm.sh("cat /sys/bus/i2c/drivers/lm75/*-0048/hwmon/hwmon*/temp1_input") == "0\n"
        assert "of-slot" in vm.sh("cat /sys/class/regulator/*/name")
        manual.detach(vm, "sensor")
        manual.detach(vm, "supply")
    slot.check_complete(vm, bdf)
    slot.check_nothing_left(vm, empty)

    # detached and attached as a whole: first what is below, and not again by itself
    for ending in (f"echo 1 >{slot.path(bdf)}/detach", f"echo {bdf} >/sys/bus/pci/drivers/dtslot-pci/unbind"):
        manual.attach(vm, "sensor")
        manual.attach(vm, "supply")
        vm.sh(ending)
        assert lost(vm, "sensor", bdf) and lost(vm, "supply", bdf), manual.error(vm, "sensor")
        assert "of-slot" not in vm.sh("cat /sys/class/regulator/*/name")
        manual.check_refused(vm, "sensor", f"prepare: the live tree has no node {controller}", "No such device")
        vm.sh(f"echo 1 >{slot.path(bdf)}/attach || echo {bdf} >/sys/bus/pci/drivers/dtslot-pci/bind")
        slot.check_complete(vm, bdf)
    manual.attach(vm, "sensor")
    manual.attach(vm, "supply")
    vm.unplug("card0")
    assert lost(vm, "sensor", bdf) and lost(vm, "supply", bdf)
    vm.sh("rmdir /sys/kernel/config/dtslot/*")
    assert vm.sh("ls /sys/kernel/config/dtslot") == ""
    slot.check_nothing_left(vm, before)
