# SPDX-License-Identifier: GPL-2.0-or-later
"""The functions of `comes-and-goes` behind an IOMMU that translates: 100 cycles leave nothing.

Broken if it fails: mappings of an IOMMU, or what hands requests on to a function, stay behind with each cycle.
"""

from lib import function

kernels = ("7.3", "6.12")
options = {"cards": (), "ports": 0, "disks": function.DRIVES, "append": "intel_iommu=on iommu.passthrough=0",
           "before_ports": ("-device", "intel-iommu"), "qemu": (*function.FIRMWARE, *function.QEMU)}
timeout = 1800


def test(vm):
    function.load_all(vm)
    function.check_cycles(vm, by_iommu=True)
