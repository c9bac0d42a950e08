# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists of gates start and end by the clock, and a frame leaves while the gate of its queue is open for as long as it takes.

Broken if it fails: "tc taprio" says that it is in hardware, and frames leave as before.
"""

import tempfile

from lib import model
from lib.fuzz import ANA, PTP, QSYS
from lib.peer import TAG

kernels = ()
timeout = 60
IN, OUT = 0, 1
MS = 1_000_000
MACS = b"\xff" * 6 + bytes.fromhex("02aa00000001")
CTRL, GATE_PORT, GATES, PROFILE = QSYS + 0xe01c, QSYS + 0xe020, QSYS + 0x6d64, QSYS + 0x7820 + 0x40 * OUT
NSEC, SEC, CYCLE, STARTUP, BASE, STATE = (QSYS + 0x6d00 + offset for offset in (0, 4, 0x18, 0x1c, 0x20, 0x24))
ENTRY, NEXT, TIME = (QSYS + 0x6d40 + offset for offset in (0, 4, 8))
ADMIN, ADVANCING, PENDING, OPERATING, TERMINATING = range(5)
GUARD, SPEED_10 = 1 << 17, 1 << 16


def choose(lab, number, entry=0):
    lab.write(CTRL, number << 18 | GUARD | entry << 5)


def state(lab, number):
    choose(lab, number)
    return lab.read(STATE)


def fill(lab, number, first, base, cycle, entries, replaced=None):
    """A list of (gates, nanoseconds), whose entries are stored from first on; it is pending then."""
    choose(lab, number)
    for register, value in ((BASE, first), (NSEC, base), (SEC, 0), (CYCLE, cycle),
                            (STARTUP, (number if replaced is None else replaced) << 23)):
        lab.write(register, value)
    for n, (gates, duration) in enumerate(entries):
        choose(lab, number, first + n)
        for register, value in ((ENTRY, OUT << 10 | gates << 2), (NEXT, first + (n + 1) % len(entries)),
                                (TIME, duration)):
            lab.write(register, value)
    choose(lab, number)
    lab.write(STATE, ADVANCING)
    assert lab.read(STATE) == PENDING


def gates(lab):
    lab.write(GATE_PORT, OUT)
    return lab.read(GATES)


def send(lab, prio, length=60):
    lab.send_frame(IN, (MACS + TAG + bytes((prio << 5, 1)) + b"\x88\xb5").ljust(length, b"\0"))


def left(lab, *prios):
    """Exactly these have left: one of the queue that is always open tells that no other has."""
    send(lab, 7)
    found = sorted(data[14] >> 5 for data in lab.received(OUT, len(prios) + 1))
    assert found == sorted((*prios, 7)), found


def clock(lab):
    lab.write(PTP + 0x1c0, 2 << 27)
    return lab.read(PTP + 0x1c8) * 1000 * MS + lab.read(PTP + 0x1cc)


def until(lab, time):
    lab.step(time - clock(lab) + 20)    # the clock of the switch rounds down


def test(_):
    with model.Lab() as lab, tempfile.NamedTemporaryFile(prefix="dtslot-state-") as file:
        lab.bring_up()
        for address, value in ((ANA + 0x6c00 + 8 * (80 + IN), 1 << OUT), (ANA + 0x7008, 1 << 3), (PROFILE, SPEED_10),
                               *((ANA + 0x7020 + 4 * prio, prio) for prio in range(8)),
                               (PTP + 0x210, 0xecade305), (PTP + 0x214, 0x304d4873), (PTP + 0x20c, 7 << 9)):
            lab.write(address, value)
        assert (state(lab, 0), gates(lab)) == (ADMIN, 0xff)
        # queue 0 has the first 4 ms of 10, queue 1 the next 4
        fill(lab, 2, 8, 200 * MS, 10 * MS, ((0x81, 4 * MS), (0x82, 4 * MS), (0x80, 2 * MS)))
        send(lab, 1)
        left(lab, 1)
        until(lab, 201 * MS)
        assert (state(lab, 2), gates(lab)) == (OPERATING, 0x81)
        send(lab, 0)
        send(lab, 1)
        send(lab, 2)
        left(lab, 0)
        until(lab, 205 * MS)
        assert gates(lab) == 0x82
        left(lab, 1)
        # a frame of 1500 bytes takes 1.2 ms
        until(lab, 207 * MS)
        send(lab, 1, 1500)
        left(lab)
        until(lab, 209 * MS)
        assert gates(lab) == 0x80
        left(lab)
        until(lab, 215 * MS)
        left(lab, 1)
        # a list is not written while it is in use, nor let go in another way than by its end
        choose(lab, 2)
        lab.write(CYCLE, 0)
        lab.write(STATE, ADMIN)
        assert (lab.read(CYCLE), lab.read(STATE)) == (10 * MS, OPERATING)
        # the next list takes over; before that, it can be taken back
        fill(lab, 3, 16, 300 * MS, 5 * MS, ((0x84, 5 * MS),), 2)
        lab.write(STATE, ADMIN)
        assert lab.read(STATE) == ADMIN
        lab.write(STATE, ADVANCING)
        until(lab, 299 * MS)
        assert (state(lab, 2), state(lab, 3)) == (OPERATING, PENDING)
        until(lab, 301 * MS)
        assert (state(lab, 2), state(lab, 3), gates(lab)) == (ADMIN, OPERATING, 0x84)
        left(lab, 2)
        send(lab, 0)
        # a clock that is set moves the gates
        fill(lab, 2, 8, 400 * MS, 10 * MS, ((0x81, 5 * MS), (0x80, 5 * MS)), 3)
        until(lab, 396 * MS)
        left(lab)
        lab.write(PTP + 0x1cc, 5 * MS)
        lab.write(PTP + 0x1c0, 4 << 27)
        left(lab, 0)
        assert state(lab, 2) == OPERATING
        # its end leaves the gates, until the driver opens them
        until(lab, 407 * MS)
        lab.write(STATE, TERMINATING)
        assert (lab.read(STATE), gates(lab)) == (ADMIN, 0x80)
        send(lab, 3)
        lab.step(100 * MS)
        left(lab)
        lab.write(GATES, 0xff)
        left(lab, 3)
        # what no entry has, and a list without a cycle
        choose(lab, 4, 0xfff)
        lab.write(TIME, 5)
        assert lab.read(TIME) == 0
        lab.write(STATE, ADVANCING)
        assert lab.read(STATE) == ADMIN
        # a list in use migrates
        fill(lab, 2, 8, 600 * MS, 10 * MS, ((0x81, 5 * MS), (0x80, 5 * MS)))
        assert lab.save(file.name)["status"] == "completed"
        with model.Lab(model.INCOMING) as other:
            other.load(file.name)
            other.write(CTRL, 2 << 18)
            assert other.read(STATE) == PENDING
            until(other, 606 * MS)
            assert (other.read(STATE), gates(other)) == (OPERATING, 0x80)
