# SPDX-License-Identifier: GPL-2.0-or-later
"""With boot-ms the card has neither its ids nor its BARs for that time after power-on, bus reset and system reset.

Broken if it fails: hot-plug, slot reset and wake-up are never tested with a card that takes its time as silicon does.
"""

from lib import model
from lib.fuzz import CARD, ROOT_PORT

kernels = ()
timeout = 60
MS = 1_000_000
CONTROLLER, CHIP, NETWORK = 0xabcd16c3, 0x96601055, 0x02000000
BRIDGE_CONTROL, BUS_RESET = 0x3e, 0x40


def ids(lab):
    return lab.config_read(CARD, 0), lab.config_read(CARD, 8), lab.config_read(CARD, 0x2c)


def bar(lab):
    """What BAR 0 says of its size."""
    lab.lines(lab.config_lines(CARD, 0x10, 0xffffffff))
    return lab.config_read(CARD, 0x10)


def check(lab):
    assert ids(lab) == (CONTROLLER, 0, 0) and bar(lab) == 0
    lab.step(99 * MS)
    assert ids(lab) == (CONTROLLER, 0, 0) and bar(lab) == 0
    lab.step(2 * MS)
    assert ids(lab) == (CHIP, NETWORK, CHIP), ids(lab)
    assert bar(lab) == 0xfe000000, hex(bar(lab))


def test(_):
    with model.Lab(ready=False, boot_ms=100) as lab:
        check(lab)
        for value in (BUS_RESET, 0):
            lab.lines(lab.config_lines(ROOT_PORT, BRIDGE_CONTROL, value, "w"))
        check(lab)
        lab.command("system_reset")
        lab.lines(lab.map_lines())
        check(lab)
    with model.Lab() as lab:
        assert ids(lab) == (CHIP, NETWORK, CHIP)
