# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors that a port reports, fatal and not: the card is detached, reset and attached again, and so is its neighbour.

Broken if it fails: one error makes a card useless until somebody plugs it in again, with all that is below its port.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
options = {
    "cards": (),
    "reserve": "256M",
    "qemu": ("-device", "x3130-upstream,id=up,bus=rp1",
             "-device", "xio3130-downstream,id=down0,bus=up,addr=0.0,chassis=8,slot=8",
             "-device", "xio3130-downstream,id=down1,bus=up,addr=1.0,chassis=9,slot=9",
             "-device", "lan966x-endpoint,id=card0,bus=down0",
             "-device", "lan966x-endpoint,id=card1,bus=down1"),
}
timeout = 400
# in QEMU's words: data link protocol error, and a completion that timed out
ERRORS = {"DLP": "a fatal", "COMP_TIME": "a non-fatal"}


def wait_anew(vm, bdf, message):
    vm.until(f"grep -q '^{message}$' {slot.path(bdf)}/error", 120)
    slot.wait_attached(vm, bdf)


def test(vm):
    slot.load(vm)
    first, second = card.functions(vm)
    for bdf in (first, second):
        slot.wait_attached(vm, bdf)
    complete = card.snapshot(vm)
    for error, which in ERRORS.items():
        message = f"attached anew after {which} PCI error; the kernel log says which"
        vm.hmp(f"pcie_aer_inject_error rp1 {error}")
        for bdf in (first, second):
            wait_anew(vm, bdf, message)
        vm.until("dmesg | tail -n 100 | grep -q 'device recovery successful'")
        vm.sh("dmesg -c >/tmp/log")
        for kind in ("OF nodes", "platform devices", "interrupt descriptors", "network devices"):
            assert len(card.snapshot(vm)[kind]) == len(complete[kind]), kind

    # what root has detached stays detached
    vm.sh(f"echo 1 >{slot.path(second)}/detach")
    vm.hmp("pcie_aer_inject_error rp1 DLP")
    wait_anew(vm, first, "attached anew after a fatal PCI error; the kernel log says which")
    vm.until("dmesg | grep -q 'device recovery successful'")
    assert slot.show(vm, second, "state") == "empty"
    vm.sh(f"echo 1 >{slot.path(second)}/attach")
    slot.wait_attached(vm, second)
    assert slot.show(vm, second, "error") == ""
