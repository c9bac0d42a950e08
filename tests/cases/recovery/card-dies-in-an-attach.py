# SPDX-License-Identifier: GPL-2.0-or-later
"""A card dies while it is attached, at one device or another, and is removed: within 5 s, and it can come again.

Broken if it fails: an attach that polls a dead card keeps its removal waiting, and whoever wrote to "attach".
"""

from lib import card, dark, slot

kernels = ("7.3", "6.12")
options = {"reserve": "256M"}
timeout = 900
LIMIT = 5.0


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    for step in ("pinctrl", "mdio", "switch"):
        job = vm.spawn(f"echo 1 >{slot.path(bdf)}/attach")
        vm.sh(f"until ls -d /sys/bus/pci/devices/{bdf}/pci*/*.{step} >/dev/null 2>&1; do :; done")
        dark.set_dark(vm, True)
        start = dark.uptime(vm)
        vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove", 300)
        took = dark.uptime(vm) - start
        vm.note(f"removal took {took:.1f} s of guest time, died at {step}")
        assert took < LIMIT, (step, took)
        job.wait(60)
        dark.set_dark(vm, False)
        vm.sh("echo 1 >/sys/bus/pci/rescan")
        slot.wait_attached(vm, bdf)
        slot.check_complete(vm, bdf)
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
