# SPDX-License-Identifier: GPL-2.0-or-later
"""Two moments that are too short to be met by chance are drawn out to seconds, and just then something else happens.

Broken if it fails: a device that is on its way out gets a driver again, or a work of dtslot-pci runs on in memory from
which the module has gone.
"""

from lib import card, slot
from lib.gdb import Gdb, address

kernels = ("7.3",)
soak_kernels = ("6.12",)
MODULE = "dtslot_pci"
SECONDS = 10        # of guest time
LOOKS = 60          # how often a new function is looked at (drivers/pci/ready.c)
LOOKS_TAKE = 5      # seconds, and some more
LOOK_SIZE = 0x400   # what the function that looks has at most, in bytes
# The first device that loses its driver is to be bound again.
BIND = b"""
cd /sys/bus/platform/devices
while :; do
    while read -r device driver; do
        [ ! -e $device/driver ] && break 2
    done </tmp/bound
    sleep 0.1
done
printf $device | dd of=/sys/bus/platform/drivers/$driver/bind
"""


def check_bind(vm, bdf):
    """Between the release of its driver and its removal, a device gets no driver."""
    bound = "".join(f"{device} {driver}\n" for device, driver in card.devices(vm, bdf).items() if driver)
    vm.put("/tmp/bound", bound.encode())
    vm.put("/tmp/bind", BIND)
    bind = vm.spawn("exec sh /tmp/bind 2>&1")
    release, sleep, jobs = address(vm, "device_release_driver"), address(vm, "msleep"), []
    gdb = Gdb(vm)
    gdb.run_to(release, action=lambda: jobs.append(vm.spawn(f"echo 1 >{slot.path(bdf)}/detach")))
    gdb.call_after(sleep, 1000 * SECONDS)
    gdb.close()
    assert bind.wait(), "a device that is on its way out has a driver"
    assert "No such device" in bind.output, bind.output
    assert jobs[0].wait() == 0
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)


def check_unload(vm, bdf):
    """The work that looks at a function for the last time is waited for."""
    device = f"/sys/bus/pci/devices/{bdf}"
    look, last = address(vm, "look", MODULE), address(vm, "dtslot_pci_removers_destroy", MODULE)
    sleep, jobs = address(vm, "msleep"), []
    begin = (f"echo 1 >{device}/remove; echo 1 >/sys/bus/pci/rescan; sleep {LOOKS_TAKE}; rmmod dtslot-pci;"
             f" sleep {2 * SECONDS}")
    gdb = Gdb(vm)
    gdb.run_to(look, LOOKS, lambda: jobs.append(vm.spawn(begin)))
    gdb.run_to_call(last, look, LOOK_SIZE)
    gdb.call_after(sleep, 1000 * SECONDS)
    gdb.close()
    assert jobs[0].wait() == 0
    vm.sh("modprobe dtslot-pci")
    slot.check_complete(vm, bdf)


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    check_bind(vm, bdf)
    check_unload(vm, bdf)
