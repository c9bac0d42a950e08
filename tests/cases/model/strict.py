# SPDX-License-Identifier: GPL-2.0-or-later
"""A flexcom does nothing without its clock or its pins, a PHY nothing in reset; with x-strict=off all of them do.

Broken if it fails: an overlay with wrong pins, without a clock or without a reset works on the model only.
"""

from lib import model
from lib.fuzz import FLEXCOMS, GCB, PHY_RESET

kernels = ()
timeout = 60
MIIM = GCB + 0x13c
NACK, LOCK = 0x100, 0x800000
FLASH = 1           # the flexcom that has one
JEDEC = [0x20, 0x20, 0x10]


def acknowledged(lab):
    """Whether the sensor on flexcom 0 answers to its address."""
    twi = FLEXCOMS[0] + 0x600
    for address, value in ((FLEXCOMS[0], 3), (twi, 4 | 1 << 17), (twi + 4, 0x48 << 16), (twi, 1 << 6)):
        lab.write(address, value)
    return not lab.read(twi + 0x20) & NACK


def jedec(lab):
    """What the flash says that it is."""
    spi = FLEXCOMS[FLASH] + 0x400
    for address, value in ((FLEXCOMS[FLASH], 2), (spi, 1 << 7), (spi, 1), (spi + 0x30, 1 << 3),
                           (spi + 4, 0x000e0011)):
        lab.write(address, value)
    answer = []
    for byte in (0x9f, 0, 0, 0):
        lab.write(spi + 0x0c, byte)
        answer.append(lab.read(spi + 0x08) & 0xff)
    return answer[1:]


def phy(lab):
    """The first id of PHY 1, and the error bits."""
    lab.write(MIIM + 8, 1 << 31 | 1 << 25 | 2 << 20 | 2 << 1)
    return lab.read(MIIM + 0xc)


def test(_):
    with model.Lab() as lab:
        lab.write(FLEXCOMS[0], 3)
        assert lab.read(FLEXCOMS[0]) == 0, "a mode without a clock"
        lab.clock(0)
        lab.clock(FLASH)
        assert not acknowledged(lab) and jedec(lab) == [0, 0, 0], "data through no pin"
        lab.mux(0)
        lab.mux(FLASH)
        assert acknowledged(lab) and jedec(lab) == JEDEC, jedec(lab)
        lab.clock(0, runs=False)
        lab.write(FLEXCOMS[0] + 0x610, 0x1234)
        assert lab.read(FLEXCOMS[0] + 0x610) == 0, "written without a clock"
        lab.clock(0)
        lab.write(FLEXCOMS[0] + 0x610, 0x1234)
        assert lab.read(FLEXCOMS[0] + 0x610) == 0x1234
        assert phy(lab) == 0x3ffff, hex(phy(lab))
        lab.write(PHY_RESET, 1)
        assert phy(lab) == 0x0022, hex(phy(lab))
    with model.Lab(x_strict=False) as lab:
        assert acknowledged(lab) and jedec(lab) == JEDEC and phy(lab) == 0x0022
