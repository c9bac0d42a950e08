# SPDX-License-Identifier: GPL-2.0-or-later
"""A card reaches for memory that it was not given: the IOMMU refuses and reports it; without one, a card without interrupts reaches none.

Broken if it fails: a card that lies about what it does reads or changes the host's memory.
"""

from lib import card, fpga, function
from lib.qmp import QmpError

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
SPARE = 0x8000000       # memory that the kernel leaves alone
options = {"cards": (), "ports": 1, "append": f"intel_iommu=on iommu.passthrough=0 memmap=4K${SPARE:#x}",
           "before_ports": ("-device", "intel-iommu")}
# the write comes while the first fault is not yet read, and is not recorded by itself
expect_log = [rf"DMAR: \[DMA Read .*fault addr {SPARE:#x}"]
REFUSED = "x-reach: the host refuses to be read, to be written"
# registers that no driver wants: the overlay names no interrupt
SILENT = function.core("registers", "none", 0, 0x1000, "")


def spare(vm):
    return vm.hmp(f"xp /2wx {SPARE:#x}").split()[1:]


def reach(vm, fpga0):
    """What QEMU says of the card's attempt, and whether the memory has changed."""
    before, said = spare(vm), ""
    try:
        fpga0.say("x-reach", SPARE)
    except QmpError as error:
        said = str(error)
    return said, spare(vm) != before


def is_refused(vm, fpga0):
    said, changed = reach(vm, fpga0)
    assert REFUSED in said and not changed, (said, changed)


def iommu(vm, bdf, kind):
    """Have the IOMMU translate for the function, or let it through; it has no driver meanwhile."""
    function.unbind(vm, bdf)
    vm.sh(f"echo {kind} >{function.device(bdf)}/iommu_group/type")
    assert vm.sh(f"cat {function.device(bdf)}/iommu_group/type").strip() == kind
    vm.sh(f"echo {bdf} >/sys/bus/pci/drivers/dtslot-pci/bind")
    function.wait_state(vm, bdf, "attached")


def test(vm):
    vm.sh("modprobe -a " + " ".join(fpga.MODULES) + " dtslot-pci")
    fpga.allow(vm)
    before = card.snapshot(vm)
    fpga0 = fpga.Card(vm)
    bdf = fpga0.plug()
    fpga0.bind()
    function.wait_state(vm, bdf, "attached")
    is_refused(vm, fpga0)

    # a host without IOMMU: what uses messages reaches all memory, or the test would show nothing
    iommu(vm, bdf, "identity")
    assert reach(vm, fpga0) == ("", True)
    vm.sh(f"echo 1 >{function.slot(bdf)}/detach")
    is_refused(vm, fpga0)
    function.describe(vm, bdf, SILENT)
    vm.sh(f"echo 1 >{function.slot(bdf)}/attach")
    is_refused(vm, fpga0)
    # an overlay that is refused
    vm.sh(f"echo 1 >{function.slot(bdf)}/detach")
    function.describe(vm, bdf, SILENT.replace("reg = <0", "reg = <0x800000"))
    vm.try_sh(f"echo 1 >{function.slot(bdf)}/attach")
    function.wait_state(vm, bdf, "failed")
    is_refused(vm, fpga0)
    # a bus master that says that it is one
    function.describe(vm, bdf, SILENT.replace("reg = <0", "dtslot,bus-master; reg = <0"))
    vm.sh(f"echo 1 >{function.slot(bdf)}/attach")
    assert reach(vm, fpga0) == ("", True)

    vm.unplug("fpga0")
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
