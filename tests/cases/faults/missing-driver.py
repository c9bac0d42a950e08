# SPDX-License-Identifier: GPL-2.0-or-later
"""Nodes without a driver: the rest works, and what was missing joins when its module comes.

Broken if it fails: a kernel that lacks one SoC driver gets nothing of the card.
"""

from lib import card, slot

kernels = ("7.3", "6.12")


def test(vm):
    [bdf] = card.functions(vm)
    card.load_drivers(vm)
    vm.sh("rmmod i2c-at91 lan966x-switch; modprobe dtslot-pci")
    # the cages need the I2C bus
    missing = ("i2c", "i2c-mux", "sfp2", "sfp3", "switch")
    rest = {name: driver for name, driver in slot.DRIVERS.items() if name not in missing}
    slot.wait_attached(vm, bdf, rest)
    found = {slot.short(name): driver for name, driver in card.devices(vm, bdf).items()}
    assert found == {**slot.DRIVERS, **dict.fromkeys(missing)}, found
    assert slot.show(vm, bdf, "state") == "attached"
    assert slot.show(vm, bdf, "error") == ""
    slot.check_gpio_interrupt(vm, bdf)

    vm.sh("modprobe -a i2c-at91 lan966x-switch")
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf)
