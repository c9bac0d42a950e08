# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices behind the BARs of functions that an IOMMU guards have the functions' DMA: contents are right, no access faults.

Broken if it fails: each access of such a device is refused by the IOMMU, or goes past it.
"""

from lib import card, function

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": (), "ports": 0, "disks": function.DRIVES, "append": "intel_iommu=on iommu.passthrough=0",
           "before_ports": ("-device", "intel-iommu"), "qemu": (*function.FIRMWARE, *function.QEMU)}
timeout = 240


def test(vm):
    function.load_all(vm)
    before = card.snapshot(vm)
    for one in function.ALL:
        group = vm.sh(f"cat {function.device(one.bdf)}/iommu_group/type").strip()
        assert group.startswith("DMA"), group
        function.check_disk(vm, one.drive, one.attach(vm))
    for one in function.ALL:
        function.unbind(vm, one.bdf)
    assert "fault" not in vm.test_log().lower(), vm.test_log()
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
