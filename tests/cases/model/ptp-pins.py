# SPDX-License-Identifier: GPL-2.0-or-later
"""PTP's pins: a pulse in each second, a period of any length, and the time at which an input rises; only where multiplexed.

Broken if it fails: "perout" and "extts" of a driver say that they work, and no pin moves.
"""

from lib import model
from lib.fuzz import PTP, SYNC_ALT

kernels = ()
timeout = 60
SECOND = 10 ** 9
OUT, IN, CLOCK = 1, 2, 7            # PTP's pins; that for the time
OUT_PIN, IN_PIN = "pin36", "pin37"
IDLE, LOAD, SAVE, WAVE, SYNC = 0, 1 << 27, 2 << 27, 3 << 27, 3 << 25
NOMINAL = 0x304d4873ecade305
INTR, ENABLE, IDENT = PTP + 0x200, PTP + 0x204, PTP + 0x208


def pin(lab, number, action, high=0, low=0):
    base = PTP + 0x40 * number
    for address, value in ((base + 0x18, high), (base + 0x1c, low), (base, action | number << 21)):
        lab.write(address, value)


def time(lab, number):
    base = PTP + 0x40 * number
    return lab.read(base + 8), lab.read(base + 0xc)


def set_time(lab, seconds, nanoseconds):
    base = PTP + 0x40 * CLOCK
    for address, value in ((base + 8, seconds), (base + 0xc, nanoseconds), (base, LOAD)):
        lab.write(address, value)


def levels(lab, *steps):
    """The level of the output after each step of time."""
    for step in steps:
        lab.step(step)
        yield lab.get(OUT_PIN)


def test(_):
    with model.Lab() as lab:
        for address, value in ((PTP + 0x210, NOMINAL & 0xffffffff), (PTP + 0x214, NOMINAL >> 32),
                               (PTP + 0x20c, 7 << 9), (ENABLE, 1 << IN)):
            lab.write(address, value)
        set_time(lab, 100, SECOND - 10_000)
        pin(lab, OUT, WAVE | SYNC, high=5000)
        assert list(levels(lab, 20_000)) == [False], "an output without its pin"
        lab.write(SYNC_ALT, 0xff << 35 - 32)
        # a pulse of 5 us at the turn of the second, then with a phase
        set_time(lab, 100, SECOND - 10_000)
        assert list(levels(lab, 9000, 2000, 3000, 1500, SECOND - 6000, 2000)) == [0, 1, 1, 0, 0, 1]
        set_time(lab, 100, SECOND - 10_000)
        pin(lab, OUT, WAVE | SYNC, high=5000, low=20_000)
        assert list(levels(lab, 11_000, 18_000, 2000, 5000)) == [0, 0, 1, 0]
        # 1 kHz, three quarters of it high
        set_time(lab, 100, 0)
        pin(lab, OUT, WAVE, high=750_000, low=250_000)
        assert list(levels(lab, 700_000, 100_000, 250_000, 650_000, 100_000)) == [1, 0, 1, 1, 0]
        pin(lab, OUT, WAVE, high=1, low=1)
        assert list(levels(lab, 10_000_000)) == [0], "a period that is none"
        # an output that was low lets go of a pin that the board pulls up: the pin rises, and an input sees that
        lab.command("qom-set", path="/machine/peripheral/card0", property=OUT_PIN, value=True)
        for level, seen in ((False, 1 << OUT), (True, 0)):
            pin(lab, OUT, WAVE, high=999_999_000 if level else 1000, low=1000 if level else 999_999_000)
            lab.step(5_000_000)
            assert lab.get(OUT_PIN) == level
            lab.write(INTR, 0xff)
            lab.write(PTP + 0x40 * OUT, SAVE | SYNC | OUT << 21)
            lab.write(ENABLE, 1 << OUT)
            assert lab.read(IDENT) == seen, (level, lab.read(IDENT))
            lab.write(INTR, 0xff)
            lab.write(ENABLE, 1 << IN)
        pin(lab, OUT, IDLE)

        lab.command("qom-set", path="/machine/peripheral/card0", property=IN_PIN, value=False)
        pin(lab, IN, SAVE | SYNC)
        set_time(lab, 500, 0)
        lab.step(1234)
        assert lab.read(IDENT) == 0
        lab.command("qom-set", path="/machine/peripheral/card0", property=IN_PIN, value=True)
        lab.step(1000)
        assert (lab.read(IDENT), lab.read(INTR), time(lab, IN)) == (1 << IN, 1 << IN, (500, 1234)), time(lab, IN)
        lab.write(INTR, 1 << IN)
        assert lab.read(IDENT) == 0
        # what falls, or is not asked for any more, has no time
        lab.command("qom-set", path="/machine/peripheral/card0", property=IN_PIN, value=False)
        pin(lab, IN, SAVE)
        lab.command("qom-set", path="/machine/peripheral/card0", property=IN_PIN, value=True)
        assert lab.read(IDENT) == 0
