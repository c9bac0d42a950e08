# SPDX-License-Identifier: GPL-2.0-or-later
"""Again and again loading and unloading the modules: nothing is left, nothing grows.

Broken if it fails: the modules cannot be updated without a reboot.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
timeout = 600
soaks = True


def test(vm):
    [bdf] = card.functions(vm)
    card.load_drivers(vm)
    before = card.snapshot(vm)

    def cycle():
        vm.sh("modprobe dtslot-pci")
        slot.wait_attached(vm, bdf)
        # dtslot-kept stays: it keeps the node of the syscon, see docs/design.md
        vm.sh("rmmod dtslot-pci dtslot")

    cycle()
    slot.check_nothing_left(vm, before)
    slot.check_cycles(vm, cycle)
    slot.check_nothing_left(vm, before)
    vm.sh("modprobe dtslot-pci")
    slot.check_complete(vm, bdf)
