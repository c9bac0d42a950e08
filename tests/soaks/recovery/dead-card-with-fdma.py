# SPDX-License-Identifier: GPL-2.0-or-later
"""A card that died while its FDMA was at work is removed within 5 s, with INTx and with MSI, from a machine of two CPUs.

Broken if it fails: as for recovery/dead-card-is-removed, where FDMA is used.
"""

from lib import card, dark, dts, fdma, ports, recovery, slot

kernels = ("7.3", "6.12")
# The driver waits 100 s and more for its FDMA without sleeping.
options = {**recovery.OPTIONS, "smp": 2, "append": "rcupdate.rcu_cpu_stall_suppress=1"}
timeout = 3600


def test(vm):
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-fdma.dtso", vm.build.kernel))
    slot.load(vm)
    before = card.snapshot(vm)
    for msi in (False, True):
        bdf, peers = ports.plug(vm, msi)
        assert card.interrupts(vm, fdma.INTERRUPT) is not None
        dark.die_in_interrupt(vm, msi, peers[0])
        recovery.remove(vm, bdf, "MSI" if msi else "INTx")
        dark.wait_let_go(vm, timeout)
        vm.unplug("card0")
        slot.check_nothing_left(vm, before)
