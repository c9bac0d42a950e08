# SPDX-License-Identifier: GPL-2.0-or-later
"""100 times unbind and bind of the driver: nothing is left, nothing grows.

Broken if it fails: whoever hands the function to another driver (a VM, say) takes leftovers along.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
timeout = 600


def test(vm):
    [bdf] = card.functions(vm)
    vm.sh("modprobe dtslot")
    card.load_drivers(vm)
    before = card.snapshot(vm)
    vm.sh("modprobe dtslot-pci")

    def unbind():
        slot.wait_attached(vm, bdf)
        vm.sh(f"cd /sys/bus/pci/drivers/dtslot-pci && echo {bdf} >unbind")

    def bind():
        vm.sh(f"cd /sys/bus/pci/drivers/dtslot-pci && echo {bdf} >bind")

    def cycle():
        unbind()
        bind()
        slot.wait_attached(vm, bdf)

    def check_nothing_left():
        unbind()
        left = slot.left_behind(before, card.snapshot(vm))
        assert not left, left
        bind()

    check_nothing_left()
    slot.check_cycles(vm, cycle)
    check_nothing_left()
    slot.check_complete(vm, bdf)
