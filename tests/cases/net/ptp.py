# SPDX-License-Identifier: GPL-2.0-or-later
"""The PTP clock is set, shifted and tuned, sent and received frames carry its time, and traps catch PTP frames.

Broken if it fails: ptp4l on a port of the card does not synchronize, or a bridge passes on the messages meant for it.
"""

import re
import struct

from lib import ports
from lib.peer import BROADCAST, EXPERIMENT

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = ports.OPTIONS
timeout = 240

PPB = 100000
SYNC = bytes((0x00, 0x02, 0, 44)) + bytes(40)       # version 2
PTP_GROUP = bytes.fromhex("011b19000000")


def ethernet(peer):
    return PTP_GROUP + peer.mac + b"\x88\xf7" + SYNC


def udp4(peer, port):
    udp = struct.pack("!4H", port, port, 8 + len(SYNC), 0) + SYNC
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 1, 17, 0, peer.address, bytes((224, 0, 1, 129)))
    return bytes.fromhex("01005e000181") + peer.mac + b"\x08\0" + head + udp


def udp6(peer, port):
    group = b"\xff\x0e" + bytes(12) + b"\x01\x81"
    udp = struct.pack("!4H", port, port, 8 + len(SYNC), 0) + SYNC
    head = struct.pack("!IHBB", 6 << 28, len(udp), 17, 1) + peer.address6 + group
    return b"\x33\x33" + group[12:] + peer.mac + b"\x86\xdd" + head + udp


def messages(peer):
    """(ethertype, frame) of each kind for which the driver has a trap."""
    return [("88f7", ethernet(peer)), *(("0800", udp4(peer, port)) for port in (319, 320)),
            *(("86dd", udp6(peer, port)) for port in (319, 320))]


def clock_of(vm, interface):
    return "/dev/ptp" + re.search(r"(?:PTP Hardware Clock|Hardware timestamp provider index): (\d+)",
                                  vm.sh(f"ethtool -T {interface}"))[1]


def times(vm, clock):
    """The clock's time and CLOCK_MONOTONIC_RAW, in seconds."""
    return map(float, vm.sh(f"ptp get {clock}").split())


def drift(vm, clock):
    """By how many ppb the clock is faster than CLOCK_MONOTONIC_RAW."""
    before, start = times(vm, clock)
    vm.sh("sleep 100")      # of an idle guest: costs nothing
    after, end = times(vm, clock)
    return ((after - before) / (end - start) - 1) * 1e9


def check_clock(vm, clock):
    vm.sh(f"ptp set {clock} 1700000000")
    time, _ = times(vm, clock)
    assert 1700000000 <= time < 1700000001, time
    for seconds, ns in ((-5, -5_000_000_000), (3, 3_000_000_001), (0, -400)):
        before, start = times(vm, clock)
        vm.sh(f"ptp shift {clock} {ns}")
        after, end = times(vm, clock)
        assert abs(after - before - (end - start) - seconds) < 1e-3, (before, after, start, end)
    nominal = drift(vm, clock)
    for ppb in (PPB, -PPB, 1):      # 0 is ignored, see docs/mainline.md
        vm.sh(f"ptp rate {clock} {ppb}")
        measured = drift(vm, clock) - nominal
        assert abs(measured - ppb) < 1000, (ppb, measured)


def check_sent(vm, interface, clock, peer):
    """The stamp of a sent frame is a time between those before and after it; a stamp for each frame."""
    for _ in range(3):
        before, _ = times(vm, clock)
        stamp = float(vm.sh(f"ptp send {interface}"))
        after, _ = times(vm, clock)
        assert before < stamp < after, (before, stamp, after)
        frame = peer.receive_from(bytes.fromhex("020000000001"))
        assert frame == (PTP_GROUP + frame[6:12] + b"\x88\xf7" + SYNC).ljust(60, b"\0"), frame.hex()


def check_received(vm, interface, clock, peer):
    """Each kind of message gets to the CPU, with a stamp between the times before and after it."""
    wanted = messages(peer)
    job = vm.spawn(f"exec ptp receive {interface} {len(wanted)}")
    job.wait_for("listening")
    before, _ = times(vm, clock)
    for _, frame in wanted:
        peer.send(frame)
    assert job.wait() == 0
    after, _ = times(vm, clock)
    rows = [line.split() for line in job.output.splitlines()[1:]]
    assert [row[:2] for row in rows] == [[kind, f"{peer.mac[5]:02x}"] for kind, _ in wanted], rows
    stamps = [float(row[2]) for row in rows]
    assert stamps == sorted(stamps) and before < stamps[0] and stamps[-1] < after, (before, stamps, after)


def passed_on(peers):
    """The ethertypes of what the first peer sends and the second one, behind another port of the bridge, gets."""
    kinds = []
    for frame in (*(frame for _, frame in messages(peers[0])), BROADCAST + peers[0].mac + EXPERIMENT + bytes(46)):
        peers[0].send(frame)
    while True:
        frame = peers[1].receive_from(peers[0].mac)
        if frame[12:14] == EXPERIMENT:
            return kinds
        kinds.append(frame[12:14].hex())


def test(vm):
    ports.up(vm, 0, 1, addresses=False, ipv6=False)
    clock = clock_of(vm, "eth0")
    check_clock(vm, clock)
    peers = [vm.peer(port, f"10.0.{port}.2") for port in (0, 1)]
    vm.sh("ptp filter eth0 on")
    check_sent(vm, "eth0", clock, peers[0])
    check_received(vm, "eth0", clock, peers[0])
    vm.sh("ptp filter eth0 off")

    ports.bridge(vm, 0, 1)
    everything = [kind for kind, _ in messages(peers[0])]
    assert passed_on(peers) == everything
    vm.sh("ptp filter eth0 on")
    check_received(vm, "eth0", clock, peers[0])
    assert passed_on(peers) == []
    assert passed_on(peers[::-1]) == everything
    vm.sh("ptp filter eth1 on")
    assert passed_on(peers[::-1]) == []
    vm.sh("ptp filter eth0 off")
    assert passed_on(peers) == everything
    assert passed_on(peers[::-1]) == []
    vm.sh("ptp filter eth1 off")
    assert passed_on(peers[::-1]) == everything
