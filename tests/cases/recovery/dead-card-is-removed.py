# SPDX-License-Identifier: GPL-2.0-or-later
"""A card that died with its ports up is removed within 5 s, and another one is served while its drivers still poll it.

What becomes of these drivers is in the soak of this name.

Broken if it fails: one card that dies stops the hot-plug of the whole machine for minutes.
"""

from lib import card, dark, dts, ports, recovery, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
# a driver that polls holds its CPU where the kernel has no preemption, as 6.12 of the tests: others need one, too
options = {**recovery.OPTIONS, "smp": 2, "clock": "fast"}
timeout = 300


def test(vm):
    slot.load(vm)
    bdf, peers = ports.plug(vm, False)
    vm.sh("ip link set eth2 up; ip link set eth3 up")
    dark.die_in_interrupt(vm, False, peers[0])
    recovery.remove(vm, bdf, "ports up")
    assert vm.sh("ls /sys/class/dtslot") == ""
    # no network is in it, whose lock the switch's driver holds
    vm.put(dts.FIRMWARE, dts.compile_overlay(dts.HARMLESS))
    start = dark.uptime(vm)
    vm.plug("card1", bus="rp1")
    vm.until("grep -q '^attached$' /sys/class/dtslot/*/state")
    [other] = card.functions(vm)
    for action, state in (("detach", "empty"), ("attach", "attached")):
        vm.sh(f"echo 1 >{slot.path(other)}/{action}")
        assert slot.show(vm, other, "state") == state
    vm.note(f"another card was served {dark.uptime(vm) - start:.1f} s after it was plugged in")
