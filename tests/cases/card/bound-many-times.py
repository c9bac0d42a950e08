# SPDX-License-Identifier: GPL-2.0-or-later
"""Many binds in a row, each complete: every driver bound, interrupts, GPIO interrupt, EEPROM, absent I2C address.

Broken if it fails: a bind now and then misses an interrupt or a device, which users see as a card that sometimes works.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
timeout = 600
soaks = True


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    for _ in range(vm.cycles):
        slot.check_complete(vm, bdf)
        slot.check_gpio_interrupt(vm, bdf)
        slot.check_i2c(vm, bdf)
        slot.unbind(vm, bdf)
        slot.bind(vm, bdf)
    assert slot.show(vm, bdf, "model") == "lan966x"
    assert slot.show(vm, bdf, "overlay") == "embedded"
    assert slot.show(vm, bdf, "error") == ""
