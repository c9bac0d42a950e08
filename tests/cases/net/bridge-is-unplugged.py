# SPDX-License-Identifier: GPL-2.0-or-later
"""The card is unplugged, and dies and is unplugged, while its ports pass on frames at full speed: nothing is left.

Broken if it fails: pulling a card that works hangs or crashes the host, or leaves something of it.
"""

import queue

from lib import card, fdma, ports, slot
from lib.peer import EXPERIMENT

kernels = ("7.3", "6.12")
options = {"nics": 2, "cards": (), "userland": "network"}
timeout = 300

NETWORKS = {"netdev0": "net0", "netdev1": "net1"}


def plug(vm):
    vm.plug("card0", bus="rp0", **NETWORKS)
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
    bdf = ports.up(vm, 0, 1, addresses=False, ipv6=False)
    ports.bridge(vm, 0, 1)
    return bdf


def count(peer, frames=200):
    """Wait for so many frames."""
    try:
        for _ in range(frames):
            peer.frames.get(timeout=20)
    except queue.Empty:
        raise TimeoutError("the frames have ended") from None


def test(vm):
    slot.load(vm)
    vm.sh("modprobe bridge")
    before = None
    for dark in (False, False, True):
        plug(vm)
        left, right = (vm.peer(port, f"10.0.0.{port + 2}") for port in (0, 1))
        with fdma.Flood(left, right.mac), fdma.Flood(right, left.mac):
            count(left)
            count(right)
            if dark:
                vm.qom_set("/machine/peripheral/card0", "x-dark", True)
            vm.unplug("card0")
        assert card.functions(vm) == []
        assert vm.sh("ls /sys/class/net/br0/brif").split() == []
        assert "eth" not in vm.sh("ls /sys/class/net")
        vm.sh("ip link del br0")
        if before:
            slot.check_nothing_left(vm, before)
        before = card.snapshot(vm)
    plug(vm)
    left, right = (vm.peer(port, f"10.0.0.{port + 2}") for port in (0, 1))
    left.send(right.mac + left.mac + EXPERIMENT + bytes(46))
    right.receive_from(left.mac)
