# SPDX-License-Identifier: GPL-2.0-or-later
"""IPv6 and multicast groups, and VLAN interfaces with frames up to the last byte that there is room for.

Broken if it fails: what the switch does with a frame on a port by itself depends on more than its destination.
"""

import socket

from lib import card, ports
from lib.peer import EXPERIMENT

kernels = ("7.3", "6.12")
options = ports.OPTIONS
timeout = 240

VLAN = 5
ALL_NODES = socket.inet_pton(socket.AF_INET6, "ff02::1")
NOBODY = bytes.fromhex("333300001234")      # an IPv6 group that nobody is in


def check_group(vm, port, peer):
    """A frame for a group that the guest is not in stays in the switch, counted; once it is in, it gets it."""
    ports.quiet(vm, f"eth{port}")
    frame = NOBODY + peer.mac + EXPERIMENT + bytes(46)
    # the first one comes after an advertisement that the guest may have asked for just now
    peer.be_silent()
    peer.send(frame)
    vm.until(f"[ $(ethtool -S eth{port} | sed -n 's/.*dr_local: //p') = 1 ]")
    before, interrupts = ports.counters(vm, f"eth{port}"), card.interrupts(vm, "frame extraction")
    for _ in range(10):
        peer.send(frame)
    vm.until(f"[ $(ethtool -S eth{port} | sed -n 's/.*dr_local: //p') = {before['dr_local'] + 10} ]")
    assert card.interrupts(vm, "frame extraction") == interrupts
    job = vm.spawn(f"exec tcpdump -lnn -p -c 10 -i eth{port} ether dst 33:33:00:00:12:34 2>&1")
    job.wait_for("listening on")
    vm.sh(f"ip maddr add 33:33:00:00:12:34 dev eth{port}")
    for _ in range(10):
        peer.send(frame)
    job.wait_for("10 packets captured")
    assert job.wait() == 0
    vm.sh(f"ip maddr del 33:33:00:00:12:34 dev eth{port}")


def check_vlan(vm, port):
    """A VLAN interface: tags both ways, frames of 1522 bytes once the port has room for them, not one byte more."""
    vm.sh(f"ip addr flush dev eth{port}; ip link add link eth{port} name eth{port}.{VLAN} type vlan id {VLAN}")
    ports.quiet(vm, f"eth{port}.{VLAN}")
    vm.sh(f"ip addr add 10.0.{port}.1/24 dev eth{port}.{VLAN}; ip link set eth{port}.{VLAN} up")
    peer = vm.peer(port, f"10.0.{port}.9", vlan=VLAN)
    peer.ping_all(f"10.0.{port}.1", [bytes((n + length) & 0xff for n in range(length)) for length in range(0, 1469, 4)])
    before = ports.counters(vm, f"eth{port}")
    peer.send(ports.mac(vm, f"eth{port}") + peer.mac + EXPERIMENT + bytes(1497))      # 1519 bytes with tag and FCS
    vm.until(f"[ $(ethtool -S eth{port} | sed -n 's/.*rx_long: //p') = 1 ]")
    grown = ports.grown(before, ports.counters(vm, f"eth{port}"))
    assert grown == {"rx_octets": 1519, "rx_long": 1}, grown
    vm.sh(f"ip link set eth{port} mtu 1504")
    peer.ping_all(f"10.0.{port}.1", [bytes(n & 0xff for n in range(length)) for length in range(1465, 1473)], 2000)
    peer.send(ports.mac(vm, f"eth{port}") + peer.mac + EXPERIMENT + bytes(1501))
    vm.until(f"[ $(ethtool -S eth{port} | sed -n 's/.*rx_long: //p') = 2 ]")


def test(vm):
    vm.sh("modprobe 8021q")
    ports.up(vm, 0, 2)
    for port in (0, 2):
        peer = vm.peer(port, f"10.0.{port}.2")
        for length in (0, 1, 700, 1452):
            peer.ping6(ports.mac(vm, f"eth{port}"), bytes(n & 0xff for n in range(length)), length)
        peer.ping6(ports.mac(vm, f"eth{port}"), b"to all nodes", 2000, ALL_NODES)
        check_group(vm, port, peer)
        check_vlan(vm, port)
        vm.sh(f"ip link set eth{port} down")    # no interrupt of the next port's is one of this port's
