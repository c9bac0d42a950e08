# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP by FDMA behind an IOMMU, where one window shows all addresses, against an e1000e in the same guest.

The e1000e is without what the switch's driver does not have, and the IOMMU translates for both. Else as in net.py.
"""

from lib import card, dts, fdma

from . import net

kernel = "7.3"
options = {**net.options, "append": "intel_iommu=on iommu.passthrough=0", "before_ports": ("-device", "intel-iommu"),
           "qemu": (*net.options["qemu"], "-global", "lan966x-fdma.identity=off")}


def measure(vm, report):
    near = net.prepare(vm)
    vm.sh(f"ethtool -K {near} {net.OFFLOADS}")
    reference = {way: net.transfers(vm, 1, outwards, net.BYTES) for way, outwards in net.WAYS}
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-fdma.dtso", vm.build.kernel))
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci")
    net.bring_up(vm)
    [bdf] = card.functions(vm)
    [(_, _, size)] = fdma.windows(vm, bdf)
    for way, outwards in net.WAYS:
        report.figure(f"net.iommu.{way}", "Mbit/s", net.transfers(vm, 0, outwards, net.BYTES), reference[way])
    report.note(f"net.iommu: one window of {size >> 20} MiB onto the IOMMU's addresses")
    assert fdma.errors(vm) == 0
