# SPDX-License-Identifier: GPL-2.0-or-later
"""A function with INTx only, on a line that it shares: its driver is called for its own interrupts, and nothing is left.

Broken if it fails: functions without MSI do not work, or the line of another's interrupts is disabled as nobody's.
"""

from lib import card, function

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
# function 0 of device 5 has INTA#, and so has device 9: one line of the chipset's
options = {"cards": (), "ports": 0, "disks": ("sata", "stick"), "append": "pci=nomsi", "qemu": (
    *function.AHCI, "-device", "qemu-xhci,id=xhci,bus=pcie.0,addr=9.0,msi=off,msix=off",
    "-device", "usb-storage,drive=stick,bus=xhci.0")}
AHCI, XHCI = function.AHCI_AT, "0000:00:09.0"


def test(vm):
    function.load(vm)
    before = card.snapshot(vm)
    for bdf, source in ((AHCI, function.ahci()), (XHCI, function.xhci())):
        function.describe(vm, bdf, source)
        function.override(vm, bdf)
        function.wait_state(vm, bdf, "attached")
    [shared] = [line for line in vm.sh("cat /proc/interrupts").splitlines() if AHCI in line]
    assert XHCI in shared and "MSI" not in shared, shared
    function.check_disk(vm, "sata")
    function.check_disk(vm, "stick", "sdb")
    function.unbind(vm, XHCI)
    function.check_disk(vm, "sata")
    function.unbind(vm, AHCI)
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
