# SPDX-License-Identifier: GPL-2.0-or-later
"""What leaves a port keeps to the rates of port and queues, to priority or weight, and waits while it is paused.

Broken if it fails: "tc tbf", "tc cbs" and "tc ets" say that they are in hardware, and frames leave as before.
"""

import struct
import time

from lib import model
from lib.fuzz import ANA, HANGS, QSYS, SYS
from lib.peer import TAG

kernels = ()
timeout = 60
IN, OUT = 0, 1
MS = 1_000_000
MACS = b"\xff" * 6 + bytes.fromhex("02aa00000001")
PAUSE = bytes.fromhex("0180c2000001" "02aa00000002" "8808" "0001")
QUEUE, PORT = QSYS + 0x4000 + 0x80 * 8 * OUT, QSYS + 0x4000 + 0x80 * (80 + OUT)
RATE, BURST = 10 << 6, 1            # 1 Mbit/s, 4096 bytes: five frames of 1000 at once, then one in 8 ms
FLOW = SYS + 0x1118 + 4 * OUT
RX_PAUSE, RX_GREEN, TX_DROP, TX_GREEN = 0x10, 0x24, 0x85, 0x96


def frame(prio, number):
    return MACS + TAG + struct.pack("!HHB", prio << 13 | 1, 0x88b5, number) + bytes(977)


def counted(lab, port, first, count=8):
    """The sum of some counters of a port."""
    lab.write(SYS + 0x1098, port)
    return sum(lab.read(SYS + 4 * counter) for counter in range(first, first + count))


def until(lab, wanted, *counters):
    deadline = time.monotonic() + HANGS
    while (now := counted(lab, *counters)) < wanted and time.monotonic() < deadline:
        pass
    assert now == wanted, (now, wanted)


def come(lab, port, data, *counters):
    """A frame comes in, and is counted; no time passes."""
    wanted = counted(lab, port, *counters) + 1
    lab.send_frame(port, data)
    until(lab, wanted, port, *counters)


def pause(lab, quanta):
    come(lab, OUT, PAUSE + struct.pack("!H", quanta), RX_PAUSE, 1)


def send(lab, *wanted):
    for number, prio in enumerate(wanted):
        come(lab, IN, frame(prio, number), RX_GREEN)


def left(lab, count):
    """(priority, number) of what has left since the last look."""
    lab.gone += count
    found = lab.received(OUT, count)
    until(lab, lab.gone, OUT, TX_GREEN)
    return [(data[14] >> 5, data[18]) for data in found]


def rates(lab):
    lab.write(PORT, RATE | BURST)
    send(lab, *[0] * 10)
    assert left(lab, 5) == [(0, n) for n in range(5)]
    for first, steps in ((5, 1), (6, 3)):
        lab.step(8 * MS * steps)
        assert left(lab, steps) == [(0, n) for n in range(first, first + steps)]
    lab.write(PORT, 0)
    lab.step(8 * MS)
    assert left(lab, 1) == [(0, 9)]
    # a queue's rate is that queue's alone
    lab.write(QUEUE + 0x80 * 3, RATE | BURST)
    send(lab, *[3] * 7, 5)
    assert sorted(left(lab, 6)) == [(3, n) for n in range(5)] + [(5, 7)]
    lab.step(16 * MS)
    assert left(lab, 2) == [(3, 5), (3, 6)]
    lab.write(QUEUE + 0x80 * 3, 0)


def weights(lab):
    """Queues 0 and 1 share by 1:3 what queue 2 leaves; the port sends a frame in 8 ms."""
    lab.write(PORT + 8, 2 << 6)
    for prio, cost in ((0, 30), (1, 9)):
        lab.write(PORT + 0xc + 4 * prio, cost)
    lab.write(PORT, RATE | BURST)
    send(lab, *[0] * 5)
    left(lab, 5)
    send(lab, *[0] * 10, *[1] * 10, 2, 2)
    found = []
    for _ in range(14):
        lab.step(8 * MS)
        found += [prio for prio, _ in left(lab, 1)]
    assert found[:2] == [2, 2] and (found.count(0), found.count(1)) == (3, 9), found
    lab.write(PORT + 8, 0)
    lab.step(8 * MS)
    assert [prio for prio, _ in left(lab, 1)] == [1]
    lab.write(PORT, 0)
    lab.step(8 * MS)
    assert [prio for prio, _ in left(lab, 7)] == [0] * 7


def pauses(lab):
    pause(lab, 1000)
    send(lab, 1)
    assert left(lab, 1) == [(1, 0)], "a port that is not told to listen"
    lab.write(FLOW, 1 << 26 | 1 << 16)
    pause(lab, 1000)
    send(lab, 1, 6, 1, 6)
    left(lab, 0)
    lab.step(512_000)
    assert left(lab, 4) == [(6, 1), (6, 3), (1, 0), (1, 2)]
    pause(lab, 1000)
    send(lab, 2)
    left(lab, 0)
    pause(lab, 0)
    assert left(lab, 1) == [(2, 0)]
    # there is no room for more than 64
    pause(lab, 1000)
    send(lab, *[0] * 80)
    assert counted(lab, OUT, TX_DROP, 1) == 16
    lab.step(512_000)
    assert left(lab, 64) == [(0, n) for n in range(64)]


def test(_):
    with model.Lab() as lab:
        lab.bring_up()
        for address, value in ((ANA + 0x6c00 + 8 * (80 + IN), 1 << OUT), (ANA + 0x7008, 1 << 3),
                               *((ANA + 0x7020 + 4 * prio, prio) for prio in range(8))):
            lab.write(address, value)
        lab.step(MS)
        lab.gone = 0
        rates(lab)
        weights(lab)
        pauses(lab)
