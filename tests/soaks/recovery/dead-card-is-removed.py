# SPDX-License-Identifier: GPL-2.0-or-later
"""The drivers of a dead card that was removed let go of it in the end, and a card at its place works from then on.

Broken if it fails: what a dead card leaves behind stays for ever, or the next card at its place gets mixed up with it.
"""

from lib import card, dark, ports, recovery, slot

# 6.12 has no preemption in the tests: there the drivers let go before another card is there, or hold the only CPU
kernels = ("7.3",)
# no room for two cards below a port: the second gets its addresses when the drivers of the first have let go
options = {**recovery.OPTIONS, "reserve": "128M"}
timeout = 1800


def test(vm):
    slot.load(vm)
    before = card.snapshot(vm)
    bdf, peers = ports.plug(vm, False)
    dark.die_in_interrupt(vm, False, peers[0])
    recovery.remove(vm, bdf, "ports up")
    # all of another card works but the network, which comes when the lock of all networks is free
    vm.plug("card1", bus="rp1")
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
    [other] = card.functions(vm)
    vm.until(f"ls -d /sys/bus/pci/devices/{other}/pci*/*.flexcom/*.i2c/i2c-[0-9]*", 300)
    slot.check_i2c(vm, other, "card1")
    # one at the same place has to wait
    vm.unplug("card0")
    vm.plug("card0", bus="rp0")
    vm.until(f"grep -q failed {slot.path(bdf)}/state", 300)
    assert slot.show(vm, bdf, "error") == (
        "prepare: drivers of the card that was here before have not let go of it yet; this one follows by itself")
    start = dark.uptime(vm)
    vm.until(f"grep -q attached {slot.path(bdf)}/state", 900)
    vm.note(f"the drivers let go {dark.uptime(vm) - start:.0f} s of guest time later")
    vm.until(f"grep -q attached {slot.path(other)}/state", 900)
    slot.check_complete(vm, other, gck="dtslot-lan966x-gck")
    slot.check_complete(vm, bdf)
    vm.unplug("card1")
    vm.unplug("card0")
    slot.check_nothing_left(vm, before)
