# SPDX-License-Identifier: GPL-2.0-or-later
"""A card without INTx but with MSI works, also where the kernel's own node is no interrupt controller (7.3).

Broken if it fails: such a card needs a node that the kernel does not make.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
options = {"qemu": ("-global", "lan966x-endpoint.intx=off", "-global", "lan966x-endpoint.msi=on")}


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)
    slot.check_i2c(vm, bdf)
