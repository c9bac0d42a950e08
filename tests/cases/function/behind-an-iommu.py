# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices behind the BARs of functions that an IOMMU guards have the functions' DMA: contents are right, no access faults.

Broken if it fails: each access of such a device is refused by the IOMMU, or goes past it.
"""

from lib import card, function

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": (), "ports": 0, "disks": ("sata", "stick"), "append": "intel_iommu=on iommu.passthrough=0",
           "before_ports": ("-device", "intel-iommu"),
           "qemu": (*function.AHCI, *(text.format("qemu-xhci") for text in function.XHCI))}
timeout = 240


def test(vm):
    function.load(vm)
    before = card.snapshot(vm)
    for bdf, source, disk, name in ((function.AHCI_AT, function.ahci(), "sata", "sda"),
                                    (function.XHCI_AT, function.xhci(), "stick", "sdb")):
        group = vm.sh(f"cat {function.device(bdf)}/iommu_group/type").strip()
        assert group.startswith("DMA"), group
        function.describe(vm, bdf, source)
        function.override(vm, bdf)
        function.wait_state(vm, bdf, "attached")
        function.check_disk(vm, disk, name)
    for bdf in (function.AHCI_AT, function.XHCI_AT):
        function.unbind(vm, bdf)
    assert "fault" not in vm.test_log().lower(), vm.test_log()
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
