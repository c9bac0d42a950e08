# SPDX-License-Identifier: GPL-2.0-or-later
"""A SPI flash is attached, written, detached, read by the next: a thousand times.

Broken if it fails: a BMC that updates its host for years runs out of something, or loses what it wrote.
"""

from lib import card, handover

kernels = ("7.3", "6.12")
timeout = 3600
CYCLES = 500    # two attaches each


def test(vm):
    path = handover.prepare(vm)
    handover.run(vm, path, 3)
    card.check_growth(vm, lambda count: handover.run(vm, path, count), CYCLES)
