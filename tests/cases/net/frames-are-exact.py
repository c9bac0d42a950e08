# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames of every length go both ways through both copper ports, byte by byte as they were sent.

Broken if it fails: the switch's injection or extraction cuts, pads or mixes up frames.
"""

import struct

from lib import card, slot

kernels = ("7.3", "6.12")
options = {"nics": 2}
timeout = 300

# What the chip puts between words of an extracted frame; payloads that look like it must be escaped.
SPECIAL = b"".join(struct.pack("<I", n << 24 | 0x80) for n in range(8))


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    for port in (0, 1):
        assert vm.sh(f"cat /sys/class/net/eth{port}/phys_port_name").strip() == f"p{port}"
        vm.sh(f"ip link set eth{port} up; ip addr add 10.0.{port}.1/24 dev eth{port}")
    vm.until("[ $(cat /sys/class/net/eth0/carrier)$(cat /sys/class/net/eth1/carrier) = 11 ]")

    sent = 0
    for port in (0, 1):
        peer = vm.peer(port, f"10.0.{port}.2")
        for length in range(0, 1473):
            peer.ping(f"10.0.{port}.1", bytes((length + n) & 0xff for n in range(length)), length)
        for shift in range(4):
            peer.ping(f"10.0.{port}.1", bytes(shift) + SPECIAL * 20, 2000 + shift)
        sent += 1473 + 4
    vm.note(f"{sent} frames each way")
    assert card.interrupts(vm, "frame extraction") > 0

    vm.qmp("set_link", name="net1", up=False)
    vm.until("[ $(cat /sys/class/net/eth0/carrier)$(cat /sys/class/net/eth1/carrier) = 10 ]")
    vm.qmp("set_link", name="net1", up=True)
    vm.until("[ $(cat /sys/class/net/eth1/carrier) = 1 ]")
    vm.peer(1, "10.0.1.3").ping("10.0.1.1", b"again", 3000)

    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove")
    assert "eth" not in vm.sh("ls /sys/class/net")
