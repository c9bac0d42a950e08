# SPDX-License-Identifier: GPL-2.0-or-later
"""modprobe and rmmod of the card's driver are killed in the middle: the card works, and comes off without a trace.

Broken if it fails: what becomes of a card depends on the program that happened to load its driver.
"""

import re

from lib import card, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240


def test(vm):
    card.load_drivers(vm)
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-mtd")
    [bdf] = card.functions(vm)
    before = card.snapshot(vm)
    for moment in ("0.05", "0.2", "0.5"):
        vm.try_sh(f"timeout -s KILL {moment} modprobe dtslot-pci")
        vm.until("lsmod | grep -q dtslot_pci || modprobe dtslot-pci")
        slot.check_complete(vm, bdf)
        vm.try_sh(f"timeout -s KILL {moment} rmmod dtslot-pci")
        vm.until("! lsmod | grep -q dtslot_pci || rmmod dtslot-pci")
        slot.check_nothing_left(vm, before)
    vm.sync_log()
    assert not re.findall(r".*error -(?:4|512)\b.*", vm.log())
