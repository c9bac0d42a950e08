# SPDX-License-Identifier: GPL-2.0-or-later
"""A watchdog that nobody kicks resets the chip, with a warning before if it is told so; a TRNG gives words that differ.

Broken if it fails: drivers of these blocks bind, and a user's watchdog never bites, or random numbers are zeros.
"""

from lib import model
from lib.fuzz import CPU, OIC

kernels = ()
timeout = 60
WDT, TRNG = 0xe0090000, 0xe0048000
CONTROL, RANGE, COUNT, KICK, STATUS = WDT, WDT + 4, WDT + 8, WDT + 0xc, WDT + 0x10
PERIOD = 5 << 16 + 8        # ns, of TOP 8
KEY = 0x524e4700
LINE = 38 - 32              # the watchdog's, in the second word of the interrupt controller
MARK = 0x12345678


def chip_was_reset(lab):
    return lab.read(CPU) == 0


def watchdog(lab):
    lab.write(CPU, MARK)
    lab.write(RANGE, 8)
    lab.step(10 * PERIOD)
    assert (lab.read(COUNT), lab.read(STATUS)) == ((1 << 24) - 1, 0), "it counts before it is enabled"
    lab.write(CONTROL, 1)
    for _ in range(3):
        lab.step(PERIOD - 5)
        assert lab.read(COUNT) <= 1
        lab.write(KICK, 0x76)
    lab.write(KICK, 0x77)
    lab.write(CONTROL, 0)
    assert lab.read(CONTROL) == 1, "only a reset disables it"
    lab.step(PERIOD - 5)
    assert not chip_was_reset(lab)
    lab.step(5)
    assert chip_was_reset(lab) and lab.read(CONTROL) == 0

    lab.write(CPU, MARK)
    lab.write(RANGE, 8)
    lab.write(CONTROL, 3)
    lab.step(PERIOD)
    assert lab.read(STATUS) == 1 and lab.read(OIC + 4) >> LINE & 1 and not chip_was_reset(lab)
    lab.write(KICK, 0x76)
    assert lab.read(STATUS) == 0
    lab.step(PERIOD)
    assert lab.read(STATUS) == 1
    assert lab.read(WDT + 0x14) == 0 and lab.read(STATUS) == 0
    lab.step(PERIOD)
    assert lab.read(STATUS) == 1
    lab.step(PERIOD)
    assert chip_was_reset(lab) and lab.read(STATUS) == 0


def random_words(lab):
    assert lab.read(TRNG + 0x1c) == 0 and lab.read(TRNG + 0x50) == 0
    lab.write(TRNG, 1)
    lab.step(1000)
    assert lab.read(TRNG + 0x1c) == 0, "enabled without its key"
    lab.write(TRNG, KEY | 1)
    lab.step(1000)
    words = set()
    for _ in range(16):
        assert lab.read(TRNG + 0x1c) == 1
        words.add(lab.read(TRNG + 0x50))
        assert lab.read(TRNG + 0x1c) == 0
        lab.step(420)
    assert len(words) == 16, words
    lab.write(TRNG, KEY)
    assert lab.read(TRNG + 0x1c) == 0 and lab.read(TRNG + 0x50) == 0


def test(_):
    with model.Lab() as lab:
        watchdog(lab)
        random_words(lab)
