# SPDX-License-Identifier: GPL-2.0-or-later
"""A card dies while frames come, by registers and by FDMA, and is removed: that ends, and leaves nothing.

Broken if it fails: a card that is pulled while it works crashes the host, or keeps it busy for ever.
"""

from lib import card, dark, dts, fdma, ports, slot

kernels = ("7.3", "6.12")
# The driver waits 100 s and more for its FDMA without sleeping.
options = {"nics": 2, "cards": (), "userland": "network", "append": "rcupdate.rcu_cpu_stall_suppress=1"}
timeout = 3600


def test(vm):
    slot.load(vm)
    before = card.snapshot(vm)
    overlays = {"by registers": None}
    if vm.has("CONFIG_ARCH_HAS_DMA_OPS"):
        overlays["FDMA"] = dts.compile_tree("lan966x-fdma.dtso", vm.build.kernel)
    for mode, overlay in overlays.items():
        if overlay:
            vm.put(dts.FIRMWARE, overlay)
        bdf, peers = ports.plug(vm, False)
        assert (card.interrupts(vm, fdma.INTERRUPT) is not None) == bool(overlay)
        dark.die_in_interrupt(vm, False, peers[0])
        dark.remove(vm, bdf, f"ports up, {mode}", timeout)
        slot.check_nothing_left(vm, before)
        vm.unplug("card0")
    slot.check_complete(vm, slot.plug(vm))
