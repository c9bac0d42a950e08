# SPDX-License-Identifier: GPL-2.0-or-later
"""A SPI flash is attached, written, detached, read by the next: a thousand times.

Broken if it fails: a BMC that updates its host for years runs out of something, or loses what it wrote.
"""

from lib import handover

kernels = ("7.3", "6.12")
timeout = 3600
CYCLES = 500    # two attaches each
GROWTH_LIMIT = 128


def test(vm):
    grown = handover.check(vm, CYCLES)
    vm.note(f"{grown:.1f} bytes per cycle")
    assert grown < GROWTH_LIMIT, grown
