# SPDX-License-Identifier: GPL-2.0-or-later
"""Attach on a kernel that has no nodes for PCI devices, against mainline's on 7.3: older ones have no lan966x_pci."""

from lib import bench, card, dts, slot

from . import attach

kernel = "6.12"
options = {}


def measure(vm, report):
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci")
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    vm.sh(attach.unbind(bdf, attach.OURS))
    vm.put(dts.FIRMWARE, report.kept["mainline overlay"])
    own = attach.cycles(vm, bdf, attach.OURS)
    mainline = report.kept["mainline"]
    report.figure("attach.own-nodes", bench.INSTRUCTIONS, attach.total(own[0]), attach.total(mainline[0]))
    report.figure("detach.own-nodes", bench.INSTRUCTIONS, attach.total(own[1]), attach.total(mainline[1]))
