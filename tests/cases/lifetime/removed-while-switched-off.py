# SPDX-License-Identifier: GPL-2.0-or-later
"""Root removes a function by sysfs while the hot-plug of its slot, which has PCI's lock, is about to free it.

Broken if it fails: a writer of "remove", which has no reference, uses a function that is freed under it.
"""

from lib import card, slot
from lib.gdb import Gdb, address

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
options = {"cards": ("card0", "card1"), "append": "slab_debug=FZP"}
SECONDS = 20        # of guest time that the writer sleeps; the hot-plug takes some 8
SELF_SIZE = 0x100   # what the function that calls kernfs_put() has at most, in bytes


def check_waiting(vm, staying, going):
    """The writer waits for the lock; so does that of another function, which gets no driver any more."""
    remove = "/sys/bus/pci/devices/{}/remove"
    writers = vm.spawn(f"until read -r state <{slot.path(going)}/state && [ $state = detaching ]; do :; done;"
                       f" echo 1 >{remove.format(going)} & echo 1 >{remove.format(staying)} &"
                       f" while [ -e {remove.format(staying)} ]; do :; done;"
                       f" printf {staying} | dd of=/sys/bus/pci/drivers/dtslot-pci/bind 2>&1 | grep -o 'No such device';"
                       f" cat {slot.path(going)}/state; wait; echo through")
    vm.unplug("card1")
    assert writers.wait() == 0
    # the slot was not yet empty then
    assert writers.output.splitlines()[-3:] == ["No such device", "detaching", "through"], writers.output
    assert card.functions(vm) == []


def check_not_yet_waiting(vm, bdf):
    """The writer has taken its file away, and sleeps before it asks for the lock, until long after the removal."""
    device = f"/sys/bus/pci/devices/{bdf}"
    itself, put, sleep = (address(vm, name) for name in ("sysfs_remove_file_self", "kernfs_put", "msleep"))
    watch = vm.spawn(f"while [ -e {device} ]; do sleep 0.1; done; cat /proc/uptime")
    writers = []
    gdb = Gdb(vm)
    gdb.run_to(itself, action=lambda: writers.append(vm.spawn(f"echo 1 >{device}/remove; cat /proc/uptime")))
    gdb.run_to_call(put, itself, SELF_SIZE)
    gdb.call_after(sleep, 1000 * SECONDS)
    vm.qmp("device_del", id="card0")
    gdb.close()
    vm.wait_event("DEVICE_DELETED", device="card0")
    assert watch.wait() == 0 and writers[0].wait() == 0
    gone, through = (float(job.output.split()[0]) for job in (watch, writers[0]))
    vm.note(f"removed {through - gone:.1f} s before the writer asks for the lock")
    assert gone < through


def test(vm):
    slot.load(vm)
    staying, going = card.functions(vm)
    for bdf in (staying, going):
        vm.until(f"[ $(cat {slot.path(bdf)}/state) = attached ]")
    slot.unbind(vm, staying)
    check_waiting(vm, staying, going)
    # the module waits for what it still does
    vm.sh("rmmod dtslot-pci; modprobe dtslot-pci; echo 1 >/sys/bus/pci/rescan")
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    check_not_yet_waiting(vm, bdf)
    vm.sh("rmmod dtslot-pci; modprobe dtslot-pci")
    slot.check_complete(vm, slot.plug(vm))
