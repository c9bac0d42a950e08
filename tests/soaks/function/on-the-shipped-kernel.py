# SPDX-License-Identifier: GPL-2.0-or-later
"""AHCI and xHCI behind SMMUv3 on Debian's arm64 kernel: contents are right, and not one interrupt descriptor is left.

Broken if it fails: slots serve LAN966x only, or each access of a device behind a BAR is refused by the IOMMU.
"""

from lib import card, function

kernels = ("7.3-arm64",)
options = {"cards": (), "ports": 0, "disks": ("sata", "stick"), "qemu": (
    "-machine", "iommu=smmuv3", *function.AHCI[len(function.FIRMWARE):],
    *(text.format("qemu-xhci") for text in function.XHCI))}
timeout = 400


def test(vm):
    function.load(vm)
    before = card.snapshot(vm)
    for _ in range(3):
        for bdf, source, disk in ((function.AHCI_AT, function.ahci(), "sata"),
                                  (function.XHCI_AT, function.xhci(), "stick")):
            function.describe(vm, bdf, source)
            function.override(vm, bdf)
            function.wait_state(vm, bdf, "attached")
            function.check_disk(vm, disk)
            function.unbind(vm, bdf)
            vm.until("! [ -b /dev/sda ]")
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
