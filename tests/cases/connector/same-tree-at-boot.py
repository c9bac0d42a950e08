# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on that is there when its connector comes gives the same nodes as one that is plugged in later, byte for byte. One
that the base's tree describes already is refused by name, when the connector comes as when it is plugged in later.

Broken if it fails: there are two ways to attach, and one of them is less tested; or an add-on that the boot loader has
described, and a second description of it.
"""

from lib import addon, card

kernels = ("7.3", "6.12")
DESCRIBED = "connector { i2c@0 { temperature-sensor@49 { compatible = \"ti,tmp105\"; reg = <0x49>; }; }; };"
ALREADY = ("check: fragment@0 adds node 'temperature-sensor@49', which exists already: only one of the base's tree and the "
           "overlay may describe it")
TREE = ("cd /sys/firmware/devicetree/base && find . -path '*connector*' | sort | while read -r name; do echo \"$name\";"
        " [ -d \"$name\" ] || od -An -tx1 -v \"$name\"; done")


def tree(vm):
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input", "/sys/class/leds/green:status")
    return vm.sh(TREE)


def test(vm):
    addon.memory(vm, "thermo-led", addon.image(model="thermo-led"))
    addon.prepare(vm)
    addon.plug(vm, "thermo-led")
    vm.sh("modprobe dtslot-pci")
    vm.until(f"[ -e {addon.CONNECTOR} ]")
    at_boot = tree(vm)
    assert "temperature-sensor@49/compatible\n 74 69 2c 74 6d 70 31 30 35 00\n" in at_boot, at_boot

    # phandles are chosen anew, too, as after a boot
    vm.sh("modprobe -r dtslot-pci dtslot-connector dtslot")
    addon.unplug(vm)
    vm.sh("modprobe -a dtslot-connector dtslot-pci")
    vm.until(f"[ -e {addon.CONNECTOR} ]")
    addon.wait_state(vm, "empty")
    assert "temperature-sensor" not in vm.sh(TREE)
    addon.plug(vm, "thermo-led")
    assert tree(vm) == at_boot

    # with what the boot loader has described in the tree, and the add-on plugged in all the time, or later
    [bdf] = card.functions(vm)
    vm.sh(f"echo 1 >{addon.slot.path(bdf)}/detach")
    vm.put(addon.dts.FIRMWARE, addon.overlay(vm, DESCRIBED))
    vm.sh(f"echo 1 >{addon.slot.path(bdf)}/attach")
    vm.until(f"[ -e {addon.CONNECTOR} ]")
    for _ in range(2):
        addon.wait_state(vm, "failed")
        assert addon.show(vm, "error") == ALREADY, addon.show(vm, "error")
        assert addon.lines(vm) == addon.OFF
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        addon.plug(vm, "thermo-led")
