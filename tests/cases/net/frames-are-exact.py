# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames of every length go both ways through all four ports, byte by byte as they were sent.

Broken if it fails: the switch's injection or extraction cuts, pads or mixes up frames, or leaves something of its
header or of the FCS.
"""

import struct

from lib import card, ports, slot

kernels = ("7.3", "6.12")
options = {"nics": 4}
timeout = 300

PORTS, CAGES = (0, 1, 2, 3), (2, 3)
# What the chip puts between words of an extracted frame; payloads that look like it must be escaped.
SPECIAL = b"".join(struct.pack("<I", n << 24 | 0x80) for n in range(8))
COUNTING = bytes(range(256)) * 36
LONGEST = 1472          # bytes of an echo request that fill a frame of 1514
JUMBO_MTU, JUMBO = 9000, 8972


def payload(length):
    """Special words at each distance to the next word's start, and at the end; nothing twice in a row alike."""
    data = bytes(length % 4) + SPECIAL + COUNTING[length % 256:]
    if length < 4 * len(SPECIAL):
        return data[:length]
    return data[:length - len(SPECIAL)] + SPECIAL


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    for port in CAGES:
        ports.insert(vm, port)
    for port in PORTS:
        assert vm.sh(f"cat /sys/class/net/eth{port}/phys_port_name").strip() == f"p{port}"
        vm.sh(f"ip link set eth{port} up; ip addr add 10.0.{port}.1/24 dev eth{port}")
    vm.until("[ $(cat /sys/class/net/eth?/carrier | tr -d '\\n') = 1111 ]")

    sent = 0
    for port in PORTS:
        payloads = [payload(length) for length in range(LONGEST + 1)]
        vm.peer(port, f"10.0.{port}.2").ping_all(f"10.0.{port}.1", payloads)
        sent += len(payloads)
    assert sent == 4 * 1473
    for port in PORTS:
        vm.sh(f"ip link set eth{port} mtu {JUMBO_MTU}")
        # each remainder of 4 near the old and the new limit, and between them
        lengths = [*range(LONGEST + 1, LONGEST + 9), *range(1601 + port, JUMBO, 449), *range(JUMBO - 7, JUMBO + 1)]
        vm.peer(port, f"10.0.{port}.2").ping_all(f"10.0.{port}.1", map(payload, lengths))
        sent += len(lengths)
    vm.note(f"{sent} frames each way")
    assert card.interrupts(vm, "frame extraction") > 0

    vm.qmp("set_link", name="net1", up=False)
    vm.until("[ $(cat /sys/class/net/eth0/carrier)$(cat /sys/class/net/eth1/carrier) = 10 ]")
    vm.qmp("set_link", name="net1", up=True)
    vm.until("[ $(cat /sys/class/net/eth1/carrier) = 1 ]")
    vm.peer(1, "10.0.1.3").ping("10.0.1.1", b"again", 3000)

    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove")
    assert "eth" not in vm.sh("ls /sys/class/net")
