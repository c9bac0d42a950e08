# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel with KASAN, lockdep and kmemleak, through each way a card comes and goes.

Broken if it fails: memory is leaked or used after it was freed, or locks are taken in two orders.
"""

import re

from lib import card, slot

kernels = ("7.3-debug",)
# Counting instructions is four times slower here; KASAN and kmemleak see what poison and object debugging would.
options = {"memory": 1024, "clock": "real", "append": "slab_debug=- no_debug_objects"}
timeout = 300
CYCLES = 2
# No GPIO interrupt, and so no SFP cages: pinctrl-ocelot takes a spinlock under a raw one in ocelot_irq_unmask(),
# lockdep says so ("Invalid wait context") and is off from then on.
DRIVERS = {**slot.DRIVERS, "sfp2": None, "sfp3": None}


def ours(report):
    """Records of a kmemleak report that our modules allocated."""
    return [record for record in re.split(r"(?=^unreferenced object)", report, flags=re.M) if "dtslot" in record]


def test(vm):
    card.load_drivers(vm)
    vm.sh("rmmod sfp; modprobe -a dtslot-lan966x-gck dtslot-pci")
    vm.sh("echo clear >/sys/kernel/debug/kmemleak")
    [bdf] = card.functions(vm)
    for _ in range(CYCLES):
        slot.check_complete(vm, bdf, drivers=DRIVERS)
        vm.sh(f"cd /sys/bus/pci/drivers/dtslot-pci && echo {bdf} >unbind && echo {bdf} >bind", timeout=240)
        slot.check_complete(vm, bdf, drivers=DRIVERS)
        slot.check_i2c(vm, bdf)
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach; echo 1 >{slot.path(bdf)}/attach", timeout=240)
        slot.wait_attached(vm, bdf, DRIVERS)
        vm.sh("rmmod dtslot-pci dtslot; modprobe dtslot-pci", timeout=240)
        slot.check_complete(vm, bdf, drivers=DRIVERS)
        vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove; echo 1 >/sys/bus/pci/rescan", timeout=240)
        slot.check_complete(vm, bdf, drivers=DRIVERS)
    # last, as lockdep turns itself off at the first native hot-plug, over pciehp's own locks
    vm.unplug("card0", timeout=240)
    # kmemleak counts what is not reached in two scans
    vm.sh("sleep 10; echo scan >/sys/kernel/debug/kmemleak; sleep 10; echo scan >/sys/kernel/debug/kmemleak", timeout=240)
    leaks = ours(vm.sh("cat /sys/kernel/debug/kmemleak"))
    assert not leaks, "\n".join(leaks)
