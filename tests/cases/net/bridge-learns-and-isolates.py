# SPDX-License-Identifier: GPL-2.0-or-later
"""A bridge lists the stations that the switch has learned, they move and age; VLAN filtering keeps hosts apart.

Broken if it fails: frames for a host that has moved or gone are lost, or reach whom they must not.
"""

from lib import card, ports
from lib.peer import BROADCAST, EXPERIMENT

kernels = ("7.3", "6.12")
options = ports.OPTIONS
timeout = 240

AGEING = 20         # seconds; the switch forgets a station that has been silent for one to two halves of it


def stations(vm):
    """{MAC address: interface} of those learned by hardware, all of them marked as offloaded."""
    entries = ports.fdb(vm, "br0")
    assert all("offload" in entry["flags"] for entry in entries), entries
    return {entry["mac"]: entry["ifname"] for entry in entries}


def say(peers, talker, target=BROADCAST, number=0):
    """One port's host sends a frame; returns it."""
    frame = target + peers[talker].mac + EXPERIMENT + bytes((number,)) * 46
    peers[talker].send(frame)
    return frame


def check_stations(vm, peers):
    names = [peer.mac.hex(":") for peer in peers]
    assert stations(vm) == {}
    for port in range(4):
        say(peers, port)
    expected = {name: f"eth{port}" for port, name in enumerate(names)}
    vm.until(f"[ $(bridge fdb show br br0 | grep -c extern_learn) = {len(expected)} ]")
    assert stations(vm) == expected

    # the host behind port 3 moves to port 2, and what is for it goes there
    peers[2].send(BROADCAST + peers[3].mac + EXPERIMENT + bytes(46))
    vm.until(f"bridge fdb show br br0 | grep -q '{names[3]} dev eth2 '")
    assert stations(vm) == expected | {names[3]: "eth2"}
    frame = say(peers, 0, peers[3].mac, 7)
    assert peers[2].receive_from(peers[0].mac) != frame     # the broadcast of before
    assert peers[2].receive_from(peers[0].mac) == frame

    # one host speaks now and then, the others age
    for _ in range(4):
        vm.sh(f"sleep {AGEING // 3}")
        say(peers, 1)
        vm.until(f"bridge fdb show br br0 | grep -q '{names[1]} dev eth1 '")
    assert stations(vm) == {names[1]: "eth1"}
    vm.sh(f"sleep {AGEING}")
    assert stations(vm) == {}


def tagged(vid, frame):
    return frame[:12] + b"\x81\0" + bytes((0, vid)) + frame[12:]


def check_step(peers, talker, frame, expected):
    """A frame is the next one for those ports of which it is expected; expected is {port: the frame there}."""
    peers[talker].send(frame)
    for port, there in expected.items():
        found = peers[port].next_frame(f"frame of port {talker} at port {port}")
        assert found == there, f"port {port}: {found.hex()}, not {there.hex()}"


def check_vlans(vm, peers):
    """Ports 0 and 1 are in VLAN 10, port 2 is in VLAN 20, port 3 in both with tags; the guest is in none."""
    vm.sh("ip link set br0 type bridge vlan_filtering 1; bridge vlan del dev br0 vid 1 self")
    for port, vlans in enumerate((("10 pvid untagged",), ("10 pvid untagged",), ("20 pvid untagged",), ("10", "20"))):
        vm.sh(f"bridge vlan del dev eth{port} vid 1")
        for vlan in vlans:
            vm.sh(f"bridge vlan add dev eth{port} vid {vlan}")
    before = card.interrupts(vm, "frame extraction")
    frames = [[BROADCAST + peer.mac + EXPERIMENT + bytes((n,)) * 46 for n in range(8)] for peer in peers]

    check_step(peers, 0, frames[0][0], {1: frames[0][0], 3: tagged(10, frames[0][0])})
    check_step(peers, 2, frames[2][0], {3: tagged(20, frames[2][0])})
    check_step(peers, 3, tagged(10, frames[3][0]), {0: frames[3][0], 1: frames[3][0]})
    check_step(peers, 3, tagged(20, frames[3][1]), {2: frames[3][1]})
    # a tag, or its absence, that the port is not a member for
    check_step(peers, 0, tagged(20, frames[0][1]), {})
    check_step(peers, 0, tagged(30, frames[0][2]), {})
    check_step(peers, 3, frames[3][2], {})
    # port 2's host is not known in VLAN 10
    stray = peers[2].mac + frames[0][3][6:]
    check_step(peers, 0, stray, {1: stray, 3: tagged(10, stray)})
    # all ports hear something last; nothing else came before
    check_step(peers, 3, tagged(10, frames[3][3]), {0: frames[3][3], 1: frames[3][3]})
    check_step(peers, 3, tagged(20, frames[3][4]), {2: frames[3][4]})
    check_step(peers, 1, frames[1][0], {0: frames[1][0], 3: tagged(10, frames[1][0])})
    assert all(peer.frames.empty() for peer in peers)
    assert card.interrupts(vm, "frame extraction") == before


def test(vm):
    ports.up(vm, *range(4), addresses=False, ipv6=False)
    ports.bridge(vm, *range(4), properties=f"ageing_time {100 * AGEING}")
    peers = [vm.peer(port, f"10.0.0.{port + 1}") for port in range(4)]
    check_stations(vm, peers)
    check_vlans(vm, [vm.peer(port, f"10.0.0.{port + 1}") for port in range(4)])
