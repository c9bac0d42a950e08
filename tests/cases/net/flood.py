# SPDX-License-Identifier: GPL-2.0-or-later
"""More frames than the guest can take: some are dropped and counted, the others stay in order; QEMU goes on.

Broken if it fails: whoever is connected to a port can stop the machine, or have it eat the host's memory.
"""

import re
import struct
import time
from pathlib import Path

from lib import ports
from lib.peer import IPV4

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = ports.OPTIONS
timeout = 240

FRAMES = 20000
MEBIBYTE = 1 << 20


def resident(vm):
    """Bytes of the host's memory that QEMU has."""
    return int(re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{vm.process.pid}/status").read_text(), re.M)[1]) * 1024


def answers(peer, count):
    """The sequence numbers of so many answers, as they come."""
    found = []
    while len(found) < count:
        frame = peer.next_frame(f"answer after {len(found)} of {count}")
        if frame[12:14] == IPV4 and frame[23] == 1 and frame[34] == 0:
            found.append(struct.unpack("!H", frame[40:42])[0])
    return found


def check(vm, peer, before, sent):
    """What was sent has been answered in order, or is counted as dropped; returns how many were dropped."""
    vm.until(f"[ $(ethtool -S eth0 | sed -n 's/.*rx_unicast: //p') = {before.get('rx_unicast', 0) + sent} ]")
    grown = ports.grown(before, ports.counters(vm, "eth0"))
    dropped = grown.get("dr_tail", 0)
    found = answers(peer, sent - dropped)
    assert found == sorted(found), found
    assert peer.frames.empty()
    assert ports.grown(before, ports.counters(vm, "eth0"))["tx_unicast"] == sent - dropped
    return dropped


def test(vm):
    ports.up(vm, 0, ipv6=False)
    peer = vm.peer(0, "10.0.0.2")
    mac = peer.resolve("10.0.0.1")
    vm.sh(f"ip neigh replace 10.0.0.2 lladdr {peer.mac.hex(':')} nud permanent dev eth0")

    # a guest that stands still: its backend waits, QEMU does not
    before = ports.counters(vm, "eth0")
    vm.qmp("stop")
    memory = resident(vm)
    sent, ends = 0, time.monotonic() + 2
    while time.monotonic() < ends:
        if peer.try_send(peer.echo(mac, "10.0.0.1", sent, bytes(1000))):
            sent += 1
        else:
            assert vm.qmp("query-status")["status"] == "paused"
            time.sleep(0.05)
    grown = resident(vm) - memory
    assert grown < 4 * MEBIBYTE, grown
    vm.qmp("cont")
    dropped = check(vm, peer, before, sent)
    vm.note(f"{sent} frames for a guest that is stopped, {dropped} dropped later; {grown >> 10} KiB more memory")

    # a guest that runs and is too slow
    before = ports.counters(vm, "eth0")
    for number in range(FRAMES):
        peer.send(peer.echo(mac, "10.0.0.1", number, bytes(1000)))
    dropped = check(vm, peer, before, FRAMES)
    vm.note(f"{FRAMES} frames at once, {dropped} dropped")
    assert 0 < dropped < FRAMES, dropped
    peer.ping_all("10.0.0.1", [bytes(length) for length in range(100)])
