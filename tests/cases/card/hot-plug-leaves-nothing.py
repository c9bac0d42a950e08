# SPDX-License-Identifier: GPL-2.0-or-later
"""100 times native PCIe hot-plug, by the attention button: nothing is left, nothing grows, each card works.

Broken if it fails: pulling a card leaves nodes, devices, interrupts or memory behind.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
options = {"cards": ()}
timeout = 900


def test(vm):
    slot.load(vm)
    before = card.snapshot(vm)

    def plug():
        vm.plug("card0", bus="rp0")
        vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
        [bdf] = card.functions(vm)
        slot.wait_attached(vm, bdf)
        return bdf

    def cycle():
        plug()
        vm.unplug("card0")

    bdf = plug()
    slot.check_complete(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)
    slot.check_i2c(vm, bdf)
    vm.unplug("card0")
    left = slot.left_behind(before, card.snapshot(vm))
    assert not left, left

    slot.check_cycles(vm, cycle)
    left = slot.left_behind(before, card.snapshot(vm))
    assert not left, left
    slot.check_complete(vm, plug())
