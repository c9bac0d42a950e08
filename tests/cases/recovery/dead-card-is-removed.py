# SPDX-License-Identifier: GPL-2.0-or-later
"""A dead card is removed with its ports up, and in the middle of an attach: within 5 s, and nothing waits for it meanwhile.

Its drivers poll it for minutes more, on registers that lead nowhere; then all of it is gone, and a card at its place works.

Broken if it fails: one card that dies stops the hot-plug of the whole machine for minutes.
"""

from lib import card, dark, dts, ports, slot

kernels = ("7.3", "6.12")
options = {"nics": 2, "cards": (), "userland": "network", "reserve": "256M"}
timeout = 900
LIMIT = 5.0
DEVICES = "/sys/bus/pci/devices"


def remove(vm, bdf, what):
    """The kernel is told to let go of the card; it does so at once, and other slots are served."""
    start = dark.uptime(vm)
    vm.sh(f"echo 1 >{DEVICES}/{bdf}/remove", 300)
    took = dark.uptime(vm) - start
    vm.note(f"removal took {took:.1f} s of guest time, {what}")
    assert took < LIMIT, (what, took)
    assert vm.sh("ls /sys/class/dtslot") == ""
    assert bdf not in vm.sh("cat /proc/interrupts")


def test(vm):
    slot.load(vm)
    before = card.snapshot(vm)
    bdf, peers = ports.plug(vm, False)
    vm.sh("ip link set eth2 up; ip link set eth3 up")
    dark.die_in_interrupt(vm, False, peers[0])
    remove(vm, bdf, "ports up")
    # a card at another place does not wait for its drivers; no network is in it, whose lock the switch's driver holds
    vm.put(dts.FIRMWARE, dts.compile_overlay(dts.HARMLESS))
    start = dark.uptime(vm)
    vm.plug("card1", bus="rp1")
    vm.until("grep -q '^attached$' /sys/class/dtslot/*/state")
    [other] = card.functions(vm)
    for action, state in (("detach", "empty"), ("attach", "attached")):
        vm.sh(f"echo 1 >{slot.path(other)}/{action}")
        assert slot.show(vm, other, "state") == state
    vm.note(f"another card was served {dark.uptime(vm) - start:.1f} s after it was plugged in")
    # all of it works but the network, which comes when the lock is free
    vm.sh(f"rm {dts.FIRMWARE}; echo 1 >{slot.path(other)}/detach")
    attach = vm.spawn(f"echo 1 >{slot.path(other)}/attach")
    vm.until(f"ls -d {DEVICES}/{other}/pci*/*.flexcom/*.i2c/i2c-[0-9]*")
    slot.check_i2c(vm, other, "card1")
    # one at the same place does
    vm.unplug("card0")
    vm.plug("card0", bus="rp0")
    vm.until(f"grep -q failed {slot.path(bdf)}/state")
    assert slot.show(vm, bdf, "error") == (
        "prepare: drivers of the card that was here before have not let go of it yet; this one follows by itself")
    start = dark.uptime(vm)
    vm.until(f"grep -q attached {slot.path(bdf)}/state", 600)
    vm.note(f"the drivers let go {dark.uptime(vm) - start:.0f} s of guest time later")
    slot.check_complete(vm, bdf)
    assert attach.wait(60) == 0, attach.output
    slot.check_complete(vm, other, gck="dtslot-lan966x-gck")
    vm.unplug("card1")
    vm.unplug("card0")
    slot.check_nothing_left(vm, before)
