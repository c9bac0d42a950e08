# SPDX-License-Identifier: GPL-2.0-or-later
"""Again and again native PCIe hot-plug, by the attention button: nothing is left, nothing grows, each card works.

Broken if it fails: pulling a card leaves nodes, devices, interrupts or memory behind.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
options = {"cards": ()}
timeout = 900
soaks = True


def test(vm):
    slot.load(vm)
    before = card.snapshot(vm)

    def cycle():
        slot.plug(vm)
        vm.unplug("card0")

    bdf = slot.plug(vm)
    slot.check_complete(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)
    slot.check_i2c(vm, bdf)
    vm.unplug("card0")
    slot.check_nothing_left(vm, before)

    slot.check_cycles(vm, cycle)
    slot.check_nothing_left(vm, before)
    slot.check_complete(vm, slot.plug(vm))
