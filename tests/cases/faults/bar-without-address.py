# SPDX-License-Identifier: GPL-2.0-or-later
"""A card that the host could not place: a message that says which BAR and what to do, nothing half attached.

The card is plugged in below a switch whose own window cannot grow, as the card beside it is in use.

Broken if it fails: the drivers touch addresses that are not the card's.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
options = {
    "cards": (),
    "reserve": None,
    "qemu": ("-device", "x3130-upstream,id=up,bus=rp1",
             "-device", "xio3130-downstream,id=down0,bus=up,addr=0.0,chassis=8,slot=8",
             "-device", "xio3130-downstream,id=down1,bus=up,addr=1.0,chassis=9,slot=9",
             "-device", "lan966x-endpoint,id=card0,bus=down0"),
}


def test(vm):
    slot.load(vm)
    [first] = card.functions(vm)
    slot.check_complete(vm, first)
    vm.plug("card1", bus="down1")
    vm.until("[ $(grep -l 0x9660 /sys/bus/pci/devices/*/device | wc -l) = 2 ]")
    [second] = [bdf for bdf in card.functions(vm) if bdf != first]
    vm.until(f"grep -q failed {slot.path(second)}/state")
    error = slot.show(vm, second, "error")
    assert error == ("prepare: BAR 0 has no address: the bridge above has no room for it; boot with"
                     " pci=realloc,hpmemsize=128M, or have the firmware reserve more for the slot"), error
    assert card.devices(vm, second) == {}
    slot.check_complete(vm, first)
    vm.unplug("card1")
    vm.until(f"! test -e {slot.path(second)}")
    slot.check_complete(vm, first)
