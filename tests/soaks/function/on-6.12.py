# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions with MSI and MSI-X on 6.12, with an IOMMU in front of them: contents are right, and nothing is left.

Broken if it fails: what the older kernel does otherwise, affinity and the operations of DMA, does not work there.
"""

from lib import card, function

kernels = ("6.12",)
options = {"cards": (), "ports": 0, "disks": ("sata", "stick"), "append": "intel_iommu=on iommu.passthrough=0",
           "before_ports": ("-device", "intel-iommu"),
           "qemu": (*function.AHCI, *(text.format("qemu-xhci,msi=off,msix=on") for text in function.XHCI))}
timeout = 400


def test(vm):
    function.load(vm)
    before = card.snapshot(vm)
    for bdf, source, disk, name in ((function.AHCI_AT, function.ahci(), "sata", "sda"),
                                    (function.XHCI_AT, function.xhci(), "stick", "sdb")):
        function.describe(vm, bdf, source)
        function.override(vm, bdf)
        function.wait_state(vm, bdf, "attached")
        function.check_disk(vm, disk, name)
    for bdf in (function.AHCI_AT, function.XHCI_AT):
        function.unbind(vm, bdf)
    assert "fault" not in vm.test_log().lower(), vm.test_log()
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
