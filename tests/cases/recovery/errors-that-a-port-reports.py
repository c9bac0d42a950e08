# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors that a port reports, fatal and not: the card is detached, reset and attached again, and so is its neighbour.

Broken if it fails: one error makes a card useless until somebody plugs it in again, with all that is below its port.
"""

from lib import card, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
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
FATAL, OTHER = "DLP", "COMP_TIME"
MESSAGE = "attached anew after a {} PCI error; the kernel log says which"


def inject(vm, error, kind, *cards):
    """The port reports an error; the cards are attached anew and say so."""
    vm.sh("dmesg -c >/dev/null")
    vm.hmp(f"pcie_aer_inject_error rp1 {error}")
    for bdf in cards:
        vm.until(f"grep -q '^{MESSAGE.format(kind)}$' {slot.path(bdf)}/error", 120)
        slot.wait_attached(vm, bdf)
    vm.until("dmesg | grep -q 'device recovery successful'")


def test(vm):
    # if QEMU's ports had DPC, there would be more to test here (docs/design.md)
    capabilities = vm.sh("lspci -vv")
    assert "Advanced Error Reporting" in capabilities and "Downstream Port Containment" not in capabilities
    slot.load(vm)
    first, second = card.functions(vm)
    for bdf in (first, second):
        slot.wait_attached(vm, bdf)
    complete = card.snapshot(vm)
    inject(vm, FATAL, "fatal", first, second)
    anew = card.snapshot(vm)
    for kind in ("OF nodes", "platform devices", "interrupt descriptors", "network devices"):
        assert len(anew[kind]) == len(complete[kind]), kind

    # what root has detached stays detached
    vm.sh(f"echo 1 >{slot.path(second)}/detach")
    inject(vm, OTHER, "non-fatal", first)
    assert slot.show(vm, second, "state") == "empty"
    vm.sh(f"echo 1 >{slot.path(second)}/attach")
    slot.wait_attached(vm, second)
    assert slot.show(vm, second, "error") == ""
