# SPDX-License-Identifier: GPL-2.0-or-later
"""FDMA with the host's own addresses, which a lab's model takes: frames both ways, bus mastering, removal at work.

Broken if it fails: the switch's DMA loses or changes frames, ignores bus master enable, or the driver's rings do not
come down cleanly.
"""

from lib import card, fdma, slot

kernels = ("7.3", "6.12")
options = {"nics": 2, "userland": "network", "qemu": ("-global", "lan966x-fdma.identity=on")}
timeout = 300


def test(vm):
    fdma.load(vm, "raw_dma=1")
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    peers = fdma.ports_up(vm)
    fdma.check_frames(vm, peers)
    fdma.check_mtu(vm, peers)
    fdma.check_bus_master(vm, bdf, peers)
    fdma.check_removal(vm, bdf, peers)
