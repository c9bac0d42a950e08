# SPDX-License-Identifier: GPL-2.0-or-later
"""AHCI, xHCI and SDHCI behind SMMUv3 on Debian's arm64 kernel: contents are right, and 100 cycles leave nothing.

Broken if it fails: slots serve LAN966x only, or each access of a device behind a BAR is refused by the IOMMU.
"""

from lib import function

kernels = ("7.3-arm64",)
options = {"cards": (), "ports": 0, "disks": function.DRIVES, "qemu": ("-machine", "iommu=smmuv3", *function.QEMU)}
timeout = 1800


def test(vm):
    function.load_all(vm)
    function.check_cycles(vm, by_iommu=True)
