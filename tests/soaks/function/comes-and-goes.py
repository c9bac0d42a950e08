# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of QEMU's are attached and detached 100 times: not a byte and not one interrupt descriptor is left.

Broken if it fails: a function that is no LAN966x leaves something behind with each cycle, by MSI-X, MSI or INTx.
"""

from lib import function

kernels = ("7.3", "6.12")
options = {"cards": (), "ports": 0, "disks": function.DRIVES, "qemu": (*function.FIRMWARE, *function.QEMU)}
timeout = 1800


def test(vm):
    function.load_all(vm)
    function.check_cycles(vm, by_iommu=False)
