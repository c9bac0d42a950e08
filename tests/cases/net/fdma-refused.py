# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel that cannot translate DMA addresses, and an overlay that asks for FDMA: the switch is refused memory.

Broken if it fails: the driver hands the host's addresses to a chip to which they mean something else.
"""

from lib import card, fdma, slot

kernels = ("7.3", "6.12")
expect_log = [r"switch: no DMA: to translate addresses the kernel needs ARCH_HAS_DMA_OPS"]


def test(vm):
    if vm.has("CONFIG_ARCH_HAS_DMA_OPS"):
        vm.skip("the kernel has ARCH_HAS_DMA_OPS")
    fdma.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf, {name: driver for name, driver in slot.DRIVERS.items() if name != "switch"})
    vm.until("dmesg | grep -q 'lan966x-switch.*failed with error -12'")
    found = {slot.short(name): driver for name, driver in card.devices(vm, bdf).items()}
    assert found == {**slot.DRIVERS, "switch": None}, found
    assert fdma.errors(vm) == 0
