# SPDX-License-Identifier: GPL-2.0-or-later
"""A card dies or is removed in the middle of an attach: the attach ends before its next device.

Broken if it fails: the removal of a dead card waits for each of its drivers to give up, with PCI's lock held.
"""

from lib import card, dark, slot

kernels = ("7.3", "6.12")
# on a slow CPU a kernel without preemption has no time for others while a driver polls
options = {"clock": "fast"}
timeout = 280
STEPS = ("pinctrl", "mdio", "switch")   # devices that are made at the moment
LIMIT = {"pinctrl": 5, "mdio": 5, "switch": 25}     # seconds of guest time; the last one has a driver that polls
DEAD_LIMIT = 5      # a dead card is not waited for


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    for step in STEPS:
        for dies in (False, True):
            attach = vm.spawn(f"echo 1 >{slot.path(bdf)}/attach")
            vm.sh(f"until ls -d /sys/bus/pci/devices/{bdf}/pci*/*.{step} >/dev/null 2>&1; do :; done")
            dark.set_dark(vm, dies)
            start = dark.uptime(vm)
            vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove", 120)
            taken = dark.uptime(vm) - start
            vm.note(f"removed at {step}, {'dead' if dies else 'alive'}: {taken:.1f} s")
            # the switch is the last device: with a card that lives the attach may come to its end first
            assert attach.wait() or step == "switch", "the attach has succeeded"
            assert taken < (DEAD_LIMIT if dies else LIMIT[step]), (step, dies, taken)
            if dies and step == "switch":
                return      # its driver polls for minutes more, and a card at its place has to wait
            dark.set_dark(vm, False)
            vm.sh("echo 1 >/sys/bus/pci/rescan")
            slot.check_complete(vm, bdf)
            vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
