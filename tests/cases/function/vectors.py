# SPDX-License-Identifier: GPL-2.0-or-later
"""Line n of a function is its vector n: MSI-X, MSI, INTx, or none at all, as the function has and the overlay says.

Broken if it fails: a function has one interrupt whatever it can do, or needs one that nothing uses.
"""

import re

from lib import card, cores, dts, fpga, function, manual

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": (), "ports": 0, "smp": 2, "disks": ("sata", "stick"), "qemu": (
    *function.AHCI, *(text.format("qemu-xhci,msi=off,msix=on") for text in function.XHCI))}
timeout = 240
CONFIG = "/sys/bus/pci/devices/{}/msi_irqs"


def lines(vm, bdf):
    """Names of the vectors that are in use, by what /proc/interrupts says."""
    return re.findall(rf"{re.escape(bdf)}(?:-\d+)?$", vm.sh("cat /proc/interrupts"), re.M)


def consumer(vm, name):
    [line] = [line for line in vm.sh("cat /proc/interrupts").splitlines() if name in line]
    return int(line.split(":")[0]), line


def read_disk(vm, blocks):
    vm.sh(f"echo 3 >/proc/sys/vm/drop_caches; dd if=/dev/sda of=/dev/null bs=4096 count={blocks} 2>/dev/null")


def check_interrupts_on(vm, name, cpu):
    read_disk(vm, 1)
    before = consumer(vm, name)[1].split()[1:3]
    read_disk(vm, 16)
    after = consumer(vm, name)[1].split()[1:3]
    assert after[cpu] != before[cpu] and after[1 - cpu] == before[1 - cpu], (cpu, before, after)


def check_affinity(vm, name):
    """The line's interrupts go where its affinity says, also if it was set while no driver had the line."""
    number, _ = consumer(vm, name)
    for cpu in (1, 0):
        vm.sh(f"echo {1 << cpu} >/proc/irq/{number}/smp_affinity")
        check_interrupts_on(vm, name, cpu)
    vm.sh(f"cd /sys/bus/platform/drivers/ahci && set -- *.sata && echo $1 >unbind &&"
          f" echo 2 >/proc/irq/{number}/smp_affinity && echo $1 >bind")
    function.wait_disk(vm)
    check_interrupts_on(vm, name, 1)


def attached(vm, bdf, source):
    function.describe(vm, bdf, source)
    vm.sh(f"echo 1 >{function.slot(bdf)}/detach; echo 1 >{function.slot(bdf)}/attach")
    function.wait_state(vm, bdf, "attached")


def refused(vm, bdf, source):
    function.describe(vm, bdf, source)
    vm.try_sh(f"echo 1 >{function.slot(bdf)}/detach; echo 1 >{function.slot(bdf)}/attach")
    function.wait_state(vm, bdf, "failed")
    return function.show(vm, bdf, "error")


def test(vm):
    function.load(vm)
    cores.load(vm, *fpga.UIO, uio_pdrv_genirq="of_id=more")
    vm.sh("modprobe dtslot-manual")
    before = card.snapshot(vm)
    ahci, xhci = function.AHCI_AT, function.XHCI_AT
    for bdf, source in ((ahci, function.ahci()), (xhci, function.xhci())):
        function.describe(vm, bdf, source)
        function.override(vm, bdf)
        function.wait_state(vm, bdf, "attached")

    # MSI, one vector, which is line 0
    assert lines(vm, ahci) == [ahci]
    assert "PCI-MSI" in vm.sh(f"grep {ahci}$ /proc/interrupts")
    function.check_disk(vm, "sata")
    check_affinity(vm, "ahci")
    # MSI-X, many vectors: line 0 is one of them, the others are not taken
    assert lines(vm, xhci) == [xhci] and "PCI-MSIX" in vm.sh(f"grep {xhci}$ /proc/interrupts")
    assert len(vm.sh(f"ls {CONFIG.format(xhci)}").split()) == 1
    function.check_disk(vm, "stick", "sdb")

    # two lines of MSI-X; the driver takes the first
    attached(vm, xhci, function.xhci(more="interrupts = <0>, <2>;"))
    assert lines(vm, xhci) == [xhci, f"{xhci}-2"]
    assert len(vm.sh(f"ls {CONFIG.format(xhci)}").split()) == 3
    function.check_disk(vm, "stick", "sdb")

    # none: the overlay names no interrupt, and no driver binds
    attached(vm, ahci, function.ahci(more=""))
    assert lines(vm, ahci) == []
    # one that the function does not have
    error = refused(vm, ahci, function.ahci(more="interrupts = <7>;"))
    assert error.endswith("/bus@0/sata@0 asks for interrupt 7 of the function, which has 1, from 0 on"), error

    # neither have what another slot adds below it: its driver gets no interrupt, and the kernel does not warn
    attached(vm, ahci, function.ahci())
    bus = vm.sh("find /sys/firmware/devicetree/base -type d -name 'sata@0'").strip().split("/base")[1].rsplit("/", 1)[0]
    manual.make(vm, "more", bus, dts.compile_overlay(dts.fragment('more { compatible = "more"; interrupts = <7>; };')))
    manual.attach(vm, "more")
    vm.until("[ -e /sys/bus/platform/drivers/uio_pdrv_genirq/*more ]")
    manual.detach(vm, "more")
    vm.sh(f"rmdir {manual.path('more')}")
    function.check_disk(vm, "sata", function.ALL[0].wait(vm))

    for bdf in (ahci, xhci):
        function.unbind(vm, bdf)
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
