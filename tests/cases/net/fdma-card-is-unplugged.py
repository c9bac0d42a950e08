# SPDX-License-Identifier: GPL-2.0-or-later
"""FDMA: the card is unplugged while its rings are full of frames, both ways: nothing is left.

Broken if it fails: pulling a card that works by DMA crashes the host or leaves frames or memory of it behind.
"""

from lib import card, fdma, slot

kernels = ("7.3", "6.12")
options = {"nics": 2, "cards": (), "userland": "network"}
timeout = 300


def test(vm):
    fdma.need_windows(vm)
    fdma.load(vm)
    before = None
    for _ in range(3):
        vm.plug("card0", bus="rp0", netdev0="net0", netdev1="net1")
        vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
        [bdf] = card.functions(vm)
        slot.check_complete(vm, bdf)
        with fdma.traffic(vm, fdma.ports_up(vm)):
            vm.unplug("card0")
        assert card.functions(vm) == []
        assert "eth" not in vm.sh("ls /sys/class/net")
        if before:
            slot.check_nothing_left(vm, before)
        before = card.snapshot(vm)
