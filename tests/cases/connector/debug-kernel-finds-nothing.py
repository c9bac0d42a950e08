# SPDX-License-Identifier: GPL-2.0-or-later
"""Lockdep, KASAN and the other checkers have nothing to say to add-ons, slots inside slots, and a card that goes.

Broken if it fails: memory of a connector used after it is gone, or a lock order that can deadlock.
"""

import re

from lib import addon, slot

kernels = ("7.3-debug",)
timeout = 300
# as in card/debug-kernel-finds-nothing
options = {"memory": 1024, "clock": "real", "append": "slab_debug=- no_debug_objects"}
INNER = addon.INNER
# not by the line: pinctrl-ocelot's interrupts make lockdep complain of mainline, and turn itself off
BY_ID = "connector { /delete-property/ presence-gpios; poll-interval-ms = <1000>; };"


def test(vm):
    vm.sh("echo clear >/sys/kernel/debug/kmemleak")
    for model in ("extender", "flash"):
        addon.memory(vm, model, addon.image(model=model))
    bdf = addon.attach(vm, models=("thermo-led", "extender", "flash"), more=BY_ID)
    addon.plug(vm, "flash")
    addon.wait_attached(vm, "/dev/mtd0")
    assert len(vm.get("/dev/mtd0")) == 64 << 10
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    addon.unplug(vm)
    addon.plug(vm, "extender")
    addon.wait_attached(vm)
    vm.until(f"[ -e {INNER} ]")
    vm.sh(f"echo 1 >{INNER}/attach")
    vm.until("[ -e /sys/class/hwmon/hwmon0/temp1_input -a -e /sys/class/leds/green:status ]")
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    assert vm.sh("ls /sys/class/dtslot") == f"pci-{bdf}\n"
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    addon.wait_attached(vm)
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.unbind(vm, bdf)
    assert re.search(r"debug_locks: +1$", vm.sh("cat /proc/lockdep_stats"), re.M), "lockdep is off"
    # kmemleak counts what is not reached in two scans
    for _ in range(2):
        vm.sh("sleep 10; echo scan >/sys/kernel/debug/kmemleak", timeout=120)
    leaks = [record for record in re.split(r"(?=^unreferenced object)", vm.get("/sys/kernel/debug/kmemleak").decode(),
                                           flags=re.M) if "dtslot" in record]
    assert not leaks, "\n".join(leaks)
