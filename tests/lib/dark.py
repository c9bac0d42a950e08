# SPDX-License-Identifier: GPL-2.0-or-later
"""A card that dies: from one moment on all its registers read as ones, and it does nothing any more."""

from . import card, fdma, ports
from .gdb import Gdb, address
from .peer import EXPERIMENT

HANDLERS = {False: "handle_intx", True: "handle_msi"}   # by what "msi" is
FRAMES = 10
QUIET = ("i2c", "ptp irq", "ptp-ext irq")   # interrupts that nothing here causes


def set_dark(vm, dark):
    vm.qom_set(fdma.CARD, "x-dark", dark)


def uptime(vm):
    """Seconds, by the guest's clock."""
    return float(vm.sh("cut -d' ' -f1 /proc/uptime"))


def wait_let_go(vm, timeout=60):
    """Wait until the drivers of cards that were removed have let go: until then our module stays."""
    vm.sh("until [ $(cat /sys/module/dtslot_pci/refcnt) = 0 ]; do sleep 1; done", timeout)


def remove_function(vm, bdf, timeout):
    """The kernel is told to let go of the card; returns how many seconds of guest time that took."""
    text = vm.sh("read start rest </proc/uptime; "
                 f"echo 1 >/sys/bus/pci/devices/{bdf}/remove && read end rest </proc/uptime && echo $start $end", timeout)
    start, end = map(float, text.split())
    return end - start


def remove(vm, bdf, what, timeout=60):
    """The kernel is told to let go of the card, and its drivers do; notes how long that took."""
    start = uptime(vm)
    took = remove_function(vm, bdf, timeout)
    wait_let_go(vm, timeout)
    vm.note(f"removal took {took:.1f} s of guest time, the drivers {uptime(vm) - start:.1f} s, {what}")


def die_in_interrupt(vm, msi, peer):
    """Frames come, and the card dies between an interrupt and its handling: no driver is called."""
    before = [card.interrupts(vm, name) for name in QUIET]
    die_in(vm, HANDLERS[msi], peer)
    assert [card.interrupts(vm, name) for name in QUIET] == before


def die_in(vm, function, peer):
    """Frames come, and the card dies where their interrupt has got to this function."""
    handler = address(vm, function)
    frame = ports.mac(vm, "eth0") + peer.mac + EXPERIMENT + bytes(1000)
    gdb = Gdb(vm)
    # the first interrupt is to be met: under a flood mainline's handler does not come to an end
    for _ in range(FRAMES):
        peer.send(frame)
    gdb.run_to(handler)
    set_dark(vm, True)
    gdb.close()
