# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames leave the ports where the machine's clock goes on by itself, as a user's does: in each other test it counts instructions.

Broken if it fails: the model compares two looks at the clock, and holds each frame back for ever.
"""

from lib import card, fdma, slot, stock

kernels = ("7.3",)
options = {"clock": "real", "nics": 2}


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    stock.check_pings(vm, fdma.ports_up(vm))
