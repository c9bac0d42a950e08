# SPDX-License-Identifier: GPL-2.0-or-later
"""AHCI, xHCI and SDHCI on Debian's arm64 kernel, without an IOMMU: contents are right, and 100 cycles leave nothing.

Broken if it fails: functions of any card work behind an IOMMU only.
"""

from lib import function

kernels = ("7.3-arm64",)
options = {"cards": (), "ports": 0, "disks": function.DRIVES, "qemu": function.QEMU}
timeout = 1800


def test(vm):
    function.load_all(vm)
    function.check_cycles(vm, by_iommu=False)
