# SPDX-License-Identifier: GPL-2.0-or-later
"""Again and again unbind and bind of the driver: nothing is left, nothing grows.

Broken if it fails: whoever hands the function to another driver (a VM, say) takes leftovers along.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
timeout = 600
soaks = True


def test(vm):
    [bdf] = card.functions(vm)
    vm.sh("modprobe dtslot")
    card.load_drivers(vm)
    before = card.snapshot(vm)
    vm.sh("modprobe dtslot-pci")

    def cycle():
        slot.wait_attached(vm, bdf)
        slot.unbind(vm, bdf)
        slot.bind(vm, bdf)

    def check_unbound():
        slot.wait_attached(vm, bdf)
        slot.unbind(vm, bdf)
        slot.check_nothing_left(vm, before)
        slot.bind(vm, bdf)

    check_unbound()
    slot.check_cycles(vm, cycle)
    check_unbound()
    slot.check_complete(vm, bdf)
