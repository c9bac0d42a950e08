# SPDX-License-Identifier: GPL-2.0-or-later
"""A card without a usable interrupt: a message, nothing half attached.

Broken if it fails: the drivers come up and wait for interrupts for ever.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
options = {"qemu": ("-global", "lan966x-endpoint.intx=off")}


def test(vm):
    [bdf] = card.functions(vm)
    card.load_drivers(vm)
    vm.sh("modprobe dtslot")
    before = card.snapshot(vm)
    vm.sh("modprobe dtslot-pci")
    vm.until(f"grep -q failed {slot.path(bdf)}/state")
    assert slot.show(vm, bdf, "error") == ("populate: no usable interrupt: 1 asked for, INTx does not exist, MSI does"
                                           " not exist (error -22)"), slot.show(vm, bdf, "error")
    assert card.devices(vm, bdf) == {}
    vm.sh("rmmod dtslot-pci")
    slot.check_nothing_left(vm, before)
