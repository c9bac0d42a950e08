# SPDX-License-Identifier: GPL-2.0-or-later
"""A function of QEMU's is attached and detached 100 times: not a byte and not one interrupt descriptor is left.

Broken if it fails: a function that is no LAN966x leaves something behind with each cycle.
"""

from lib import function, slot

kernels = ("7.3", "6.12")
options = {"cards": (), "ports": 0, "disks": ("sata",), "qemu": function.AHCI}
timeout = 900
BDF = function.AHCI_AT


def test(vm):
    function.load(vm)
    function.describe(vm, BDF, function.ahci())
    function.override(vm, BDF)
    function.check_disk(vm, "sata")

    def cycle():
        vm.sh(f"echo 1 >{function.slot(BDF)}/detach; echo 1 >{function.slot(BDF)}/attach")
        function.wait_disk(vm)

    slot.check_cycles(vm, cycle)
