# SPDX-License-Identifier: GPL-2.0-or-later
"""What an attached card and an empty slot hold, and what a cycle leaves.

With slab_debug=F a CPU keeps no slab for itself, so that the count of objects is exact.
"""

from lib import bench, dts, slot

from . import attach

kernel = "7.3"
options = {"append": "slab_debug=F"}

CYCLES = 5
READINGS = 5


def slabs(vm):
    """Bytes in the slabs of kmalloc and kernfs, after what can be given back was given back.

    Names that were looked up in sysfs hold on to nodes that are gone, and go in the second or third pass only.
    """
    return int(vm.sh("for n in 1 2 3; do sleep 1; sync; echo 3 >/proc/sys/vm/drop_caches; done; sleep 2;"
                     " awk '/^(kmalloc-(cg-)?[0-9]|kernfs_node_cache)/ { sum += $2 * $4 }"
                     " END { printf \"%d\\n\", sum }' /proc/slabinfo"))


def left_by(vm, bdf, driver):
    """Bytes per cycle, READINGS times."""
    readings = [slabs(vm)]
    for _ in range(READINGS):
        for _ in range(CYCLES):
            vm.sh(f"{attach.bind(bdf, driver)} && {attach.settled(bdf)} && {attach.unbind(bdf, driver)}")
        readings.append(slabs(vm))
    return [(after - before) / CYCLES for before, after in zip(readings, readings[1:])]


def held_by(vm, bdf, driver, detach=None):
    """Bytes more with the card bound, READINGS times; and, with detach, bytes with the slot empty."""
    bound, empty = [], []
    for _ in range(READINGS):
        free = slabs(vm)
        vm.sh(f"{attach.bind(bdf, driver)} && {attach.settled(bdf)}")
        bound.append(slabs(vm) - free)
        if detach:
            vm.sh(detach)
            empty.append(slabs(vm) - free)
        vm.sh(attach.unbind(bdf, driver))
    return bound, empty


def measure(vm, report):
    bdf = attach.load(vm)
    vm.put(dts.FIRMWARE, attach.mainline_overlay(vm))
    ours = left_by(vm, bdf, attach.OURS)
    mainline = left_by(vm, bdf, attach.MAINLINE)
    report.figure("leak.cycle", "bytes", ours, mainline)
    held, empty = held_by(vm, bdf, attach.OURS, f"echo 1 >{slot.path(bdf)}/detach")
    report.figure("memory.card", "bytes", held, held_by(vm, bdf, attach.MAINLINE)[0])
    report.figure("memory.slot", "bytes", empty)
