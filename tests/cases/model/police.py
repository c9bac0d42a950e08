# SPDX-License-Identifier: GPL-2.0-or-later
"""A port's policer lets a burst pass at once and then no more than its rate; what it drops is counted as red.

Broken if it fails: "tc police" says that it is in hardware, and all traffic passes.
"""

from lib import model
from lib.fuzz import ANA, SYS

kernels = ()
timeout = 60
PORT = 0
RATE, BURST = 30, 1         # 1 Mbit/s, 4096 bytes
FRAME = b"\xff" * 6 + bytes.fromhex("02aa00000001") + b"\x88\xb5" + bytes(982)      # 1000 bytes with its FCS
GREEN, RED = 0x24, 0x14     # counters of priority 0


def counted(lab):
    """(frames that passed, frames that were dropped) so far."""
    lab.write(SYS + 0x1098, PORT)
    return lab.read(SYS + 4 * GREEN), lab.read(SYS + 4 * RED)


def send(lab, count):
    """Frames, each after the one before has been counted; no time passes."""
    before = sum(counted(lab))
    for n in range(count):
        lab.send_frame(PORT, FRAME)
        while sum(counted(lab)) == before + n:
            pass


def test(_):
    with model.Lab() as lab:
        lab.bring_up()
        lab.step(1_000_000)
        send(lab, 10)
        assert counted(lab) == (10, 0), counted(lab)
        lab.write(ANA + 0x4000 + 0x20 * PORT, RATE << 6 | BURST)
        lab.write(ANA + 0x7074 + 0x80 * PORT, 1 << 17 | 0x1d3)
        send(lab, 20)
        assert counted(lab) == (15, 15), counted(lab)
        lab.step(16_000_000)    # what two frames take
        send(lab, 10)
        assert counted(lab) == (17, 23), counted(lab)
        lab.write(ANA + 0x7074 + 0x80 * PORT, 0x1d3)
        send(lab, 10)
        assert counted(lab) == (27, 23), counted(lab)
