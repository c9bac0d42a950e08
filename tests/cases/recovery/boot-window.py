# SPDX-License-Identifier: GPL-2.0-or-later
"""A card whose boot ROM has not set its ids and BARs yet: at boot, when it is plugged in, after a reset. It comes by itself.

Broken if it fails: a real card is not found, or is dead after a reset, as it needs some 100 ms from power-on.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
# so long that the kernel of the guest is there before the card is
options = {"qemu": ("-global", "lan966x-endpoint.boot-ms=20000")}
ANEW = "ready now, is enumerated anew"


def test(vm):
    # at boot: the kernel has found something that is no card
    assert card.functions(vm) == []
    vm.sh("sleep 20")
    slot.load(vm)
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf)
    assert ANEW in vm.log()

    # plugged in: it is ready a second after the kernel has looked
    vm.unplug("card0")
    vm.sh("dmesg -c >/dev/null")
    vm.plug("card1", bus="rp1", boot_ms=1500)
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf, "card1")
    assert ANEW in vm.sh("dmesg")
    vm.unplug("card1")

    # reset: it is as it was, but its BARs are set before it listens
    vm.plug("card2", bus="rp0", boot_ms=500)
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/reset")
    slot.wait_attached(vm, bdf)
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf, "card2")
