# SPDX-License-Identifier: GPL-2.0-or-later
"""A card dies (all reads give ones) and is removed: removal ends, says nothing wrong, and leaves nothing.

Broken if it fails: a card pulled by surprise hangs or crashes the host.
"""

from lib import card, dark, slot

kernels = ("7.3", "6.12")


def test(vm):
    [bdf] = card.functions(vm)
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove")
    slot.load(vm)
    before = card.snapshot(vm)
    vm.sh("echo 1 >/sys/bus/pci/rescan")
    slot.check_complete(vm, bdf)
    dark.set_dark(vm, True)
    dark.remove(vm, bdf, "ports down")
    slot.check_nothing_left(vm, before)

    dark.set_dark(vm, False)
    vm.sh("echo 1 >/sys/bus/pci/rescan")
    slot.check_complete(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)
