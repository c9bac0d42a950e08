# SPDX-License-Identifier: GPL-2.0-or-later
"""A SPI flash is attached, written, detached; its other owner writes in between; who has it open keeps it.

Broken if it fails: a BMC cannot hand its host's flash back after an update, or loses what it wrote.
"""

from lib import card, handover, manual

kernels = ("7.3", "6.12")
soak_kernels = ("7.3-debug",)
timeout = 300
CYCLES = 10


def test(vm):
    path = handover.prepare(vm)
    handover.run(vm, path, 3)
    before = card.snapshot(vm)
    handover.run(vm, path, CYCLES)
    name = handover.NAME
    # one owner at a time: the bus takes no second device on the wires of the first
    manual.attach(vm, name)
    [bus] = vm.sh(f"cat {manual.path(handover.OTHER)}/target").split()
    manual.check_refused(vm, handover.OTHER, f"apply: a bus refused node {bus}/other@1 (error -16):"
                         " does another device have its address, chip select or line?", "Device or resource busy")
    manual.detach(vm, name)

    # open: refused, by name, and what is written meanwhile is there afterwards
    manual.attach(vm, name)
    holder = vm.spawn("exec 3<>/dev/mtd0; echo held; exec sleep 1000")
    holder.wait_for("held")
    pid = vm.sh("pidof sleep").strip()
    manual.check_refused(vm, name, f"detach: mtd0 is open: sleep (pid {pid}) has it", "Device or resource busy",
                         "detach")
    assert manual.state(vm, name) == "attached"
    vm.sh("mtd erase /dev/mtd0 0 32768 && printf kept | dd of=/dev/mtd0 2>/dev/null")
    holder.kill()
    holder.wait()
    manual.detach(vm, name)
    assert manual.state(vm, name) == "empty" and manual.error(vm, name) == ""
    manual.attach(vm, name)
    assert vm.sh("head -c 4 /dev/mtd0") == "kept"
    manual.detach(vm, name)
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
