# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on that is there when its connector comes gives the same nodes as one that is plugged in later, byte for byte.

Broken if it fails: there are two ways to attach, and one of them is less tested.
"""

from lib import addon

kernels = ("7.3", "6.12")
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
