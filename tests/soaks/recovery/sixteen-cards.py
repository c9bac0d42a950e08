# SPDX-License-Identifier: GPL-2.0-or-later
"""Sixteen cards below switches, there at boot and plugged in at once: each works, and takes as much memory as the others.

What attach and detach of the sixteenth cost beside the first is `cards.16` of `make bench`.

Broken if it fails: a table, a name or a lock that is made for a few cards.
"""

from lib import card, dark, sixteen, slot

kernels = ("7.3", "6.12")
options = sixteen.options(memory=1024)
timeout = 7200
SPREAD = 0.05       # of what a card holds, from one to the other


def check_each(vm, functions):
    for bdf in functions:
        vm.sh(f"i2ctransfer -y {slot.i2c_bus(vm, bdf)} w1@0x33 0 r1 2>&1 | grep -q 'Remote I/O error'")


def held(vm, functions):
    """Bytes that each card holds, attached one after the other; all are attached in the end."""
    readings = [card.held(vm)]
    for bdf in functions:
        vm.sh(f"cd {slot.path(bdf)} && echo 1 >attach && until [ $(cat settled) = 1 ]; do sleep 0.1; done", sixteen.PATIENCE)
        readings.append(card.held(vm))
    return [after - before for before, after in zip(readings, readings[1:])]


def check_memory(vm, functions):
    for bdf in functions:
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach", sixteen.PATIENCE)
    sizes = held(vm, functions)
    vm.note("bytes that each card holds: " + ", ".join(map(str, sizes)))
    # the first one has what all share
    assert max(sizes[1:]) - min(sizes[1:]) < SPREAD * min(sizes[1:]), sizes


def test(vm):
    card.load_drivers(vm)
    sixteen.load(vm)
    functions = sixteen.wait_all(vm)
    check_each(vm, functions)
    check_memory(vm, functions)
    check_each(vm, functions)

    sixteen.pull_all(vm)
    sixteen.plug_all(vm)
    start = dark.uptime(vm)
    functions = sixteen.wait_all(vm)
    vm.note(f"plugged at once, all work {dark.uptime(vm) - start:.0f} s of guest time later")
    check_each(vm, functions)
