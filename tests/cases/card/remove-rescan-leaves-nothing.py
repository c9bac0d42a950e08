# SPDX-License-Identifier: GPL-2.0-or-later
"""Again and again sysfs remove and rescan: nothing is left, nothing grows, and the last card works.

Broken if it fails: a removed card keeps nodes, devices, interrupts or memory, and the host must be rebooted one day.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
timeout = 600
soaks = True


def test(vm):
    [bdf] = card.functions(vm)
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove")
    slot.load(vm)
    before = card.snapshot(vm)

    def cycle():
        vm.sh("echo 1 >/sys/bus/pci/rescan")
        slot.wait_attached(vm, bdf)
        vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove")

    cycle()
    slot.check_nothing_left(vm, before)
    slot.check_cycles(vm, cycle)
    slot.check_nothing_left(vm, before)
    vm.sh("echo 1 >/sys/bus/pci/rescan")
    slot.check_complete(vm, bdf)
