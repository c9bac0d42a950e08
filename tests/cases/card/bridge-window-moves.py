# SPDX-License-Identifier: GPL-2.0-or-later
"""A card is plugged into a slot for which nothing was reserved, so that the host moves the bridge's window.

Broken if it fails: the kernel's own node of the bridge still has the ranges it was made with (7.3), and the devices of
the card get addresses that do not exist.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
options = {"cards": (), "reserve": None}


def test(vm):
    slot.load(vm)
    before = card.snapshot(vm)
    bdf = slot.plug(vm)
    slot.check_complete(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)
    slot.check_i2c(vm, bdf)
    if vm.has("CONFIG_PCI_DYNAMIC_OF_NODES"):
        assert "dtslot@10000" in vm.sh("find /sys/firmware/devicetree/base -type d"), "the stale node was used"
    vm.unplug("card0")
    slot.check_nothing_left(vm, before, but="memory regions:")    # the bridge keeps its new window
