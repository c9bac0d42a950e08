# SPDX-License-Identifier: GPL-2.0-or-later
"""A card whose lines have vectors of their own comes, is used, and goes, while lockdep watches.

Broken if it fails: two lines that start at once wait for each other for ever.
"""

import re

from lib import card, slot

kernels = ("7.3-debug",)
options = {"clock": "real", "memory": 1024, "append": "slab_debug=- no_debug_objects",
           "qemu": ("-global", "lan966x-endpoint.msi=on")}
timeout = 300
# as in card/debug-kernel-finds-nothing: the interrupts of cages turn lockdep off
DRIVERS = {**slot.DRIVERS, "sfp2": None, "sfp3": None}


def test(vm):
    card.load_drivers(vm)
    vm.sh("rmmod sfp; modprobe -a dtslot-lan966x-gck dtslot-pci")
    [bdf] = card.functions(vm)
    for _ in range(2):
        slot.check_complete(vm, bdf, drivers=DRIVERS)
        slot.check_i2c(vm, bdf)
        assert "PCI-MSI" in next(line for line in vm.sh("cat /proc/interrupts").splitlines() if bdf in line)
        vm.sh(f"cd /sys/bus/pci/drivers/dtslot-pci && echo {bdf} >unbind && echo {bdf} >bind", timeout=240)
    assert re.search(r"debug_locks: +1$", vm.sh("cat /proc/lockdep_stats"), re.M), "lockdep is off"
