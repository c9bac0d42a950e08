# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's arm64 kernel as shipped, on a machine with an SMMUv3: FDMA by one window, interrupts by the ITS, nothing astray.

Broken if it fails: on a stock arm64 machine whose memory is guarded, the card's ports carry nothing, or frames are copied.
"""

from lib import fdma, stock

kernels = ("7.3-arm64",)
options = dict(stock.OPTIONS, qemu=("-machine", "iommu=smmuv3", *stock.BY_MSI))
timeout = 900

WINDOW = (0x10000000, 0, 0x10000000)    # as in function/fdma-behind-an-iommu


def test(vm):
    bdf = stock.check_fdma(vm)
    assert vm.sh(f"cat /sys/bus/pci/devices/{bdf}/iommu_group/type") == "DMA\n"
    assert fdma.windows(vm, bdf) == [WINDOW], fdma.windows(vm, bdf)
