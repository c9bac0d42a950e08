# SPDX-License-Identifier: GPL-2.0-or-later
"""Root has the PCI function reset: what the drivers told the card is lost, so it is attached anew.

So it is where root attaches it in the middle of the reset.

Broken if it fails: a card whose slot is "attached" and that does nothing any more.
"""

from lib import card, slot

kernels = ("7.3", "6.12")


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    before = card.snapshot(vm)
    for _ in range(2):
        told = slot.states(vm, slot.path(bdf), lambda: vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/reset"), "attached")
        assert told == slot.ANEW, told
        slot.check_complete(vm, bdf)
        slot.check_nothing_left(vm, before)
        slot.check_gpio_interrupt(vm, bdf)
        slot.check_i2c(vm, bdf)

    # the kernel waits 100 ms before it gives the function its registers back
    vm.sh(f"cd {slot.path(bdf)}; echo 1 >/sys/bus/pci/devices/{bdf}/reset & "
          "until read -r state <state && [ $state = empty ]; do sleep 0.01; done; echo 1 >attach; wait")
    vm.until(f"[ $(cat {slot.path(bdf)}/state)$(cat {slot.path(bdf)}/settled) = attached1 ]")
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf)
    slot.check_nothing_left(vm, before)

    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    told = slot.states(vm, slot.path(bdf), lambda: vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/reset"))
    assert told == [] and slot.show(vm, bdf, "state") == "empty", told
