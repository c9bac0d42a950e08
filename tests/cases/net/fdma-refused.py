# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel that cannot translate DMA addresses, and an overlay that asks for FDMA: the overlay is refused.

Broken if it fails: the driver hands the host's addresses to a chip to which they mean something else.
"""

from lib import card, dts, fdma, slot

kernels = ("7.3", "6.12")

MESSAGE = ("populate: switch uses DMA (dtslot,bus-master): to translate its addresses the kernel needs"
           " ARCH_HAS_DMA_OPS, which GART_IOMMU or XEN select on x86")


def test(vm):
    if vm.has("CONFIG_ARCH_HAS_DMA_OPS"):
        vm.skip("the kernel has ARCH_HAS_DMA_OPS")
    fdma.load(vm)
    [bdf] = card.functions(vm)
    vm.until(f"grep -q failed {slot.path(bdf)}/state")
    assert slot.show(vm, bdf, "error") == MESSAGE
    assert card.devices(vm, bdf) == {}
    assert fdma.errors(vm) == 0
    vm.sh(f"rm {dts.FIRMWARE}; echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
