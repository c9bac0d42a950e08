# SPDX-License-Identifier: GPL-2.0-or-later
"""A card is removed 100 times while a program has every character device open that it brought; nothing grows.

Broken if it fails: a removal waits for a program, or the last close of a device that is gone crashes or leaks.
"""

from lib import slot

kernels = ("7.3", "6.12")
options = {"cards": (), "ports": 1, "userland": "network"}
timeout = 3600
REMOVALS = 100
LEAST = 9       # I2C and its cages', pin and serial GPIO, PTP
# bash, whose descriptors have more than one digit
OPEN = "exec bash -c 'rm -f /tmp/go; mkfifo /tmp/go; {opens}; echo held; : </tmp/go; echo over'"


def devices(vm, bdf):
    """The character devices below the function."""
    return vm.sh(f"find /sys/bus/pci/devices/{bdf}/ -name dev | sed 's|/dev$|/uevent|' |"
                 " xargs sed -n 's/^DEVNAME=/\\/dev\\//p' | sort -u").split()


def test(vm):
    slot.load(vm)
    seen = set()

    def cycle():
        bdf = slot.plug(vm)
        found = devices(vm, bdf)
        seen.update(found)
        opens = "; ".join(f"exec {n}<{path}" for n, path in enumerate(found, 3))
        job = vm.spawn(OPEN.format(opens=opens))
        job.wait_for("held")
        vm.unplug("card0")
        vm.sh(": >/tmp/go")
        job.wait_for("over")
        assert job.wait() == 0, job.output

    slot.check_cycles(vm, cycle, REMOVALS)
    vm.note(f"{len(seen)} devices: {' '.join(sorted(seen))}")
    assert len(seen) >= LEAST, seen
