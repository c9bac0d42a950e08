# SPDX-License-Identifier: GPL-2.0-or-later
"""All ways in and out of a slot, 10,000 times, or N= times, in an order that SEED= repeats: nothing grows.

Broken if it fails: two ways that do not go together, or a leak that is too small for a short run.
"""

import os

from lib import mixed

kernels = ("7.3", "6.12")
options = mixed.OPTIONS
CYCLES = int(os.environ.get("N") or 10000)
timeout = 1200 + 30 * CYCLES


def test(vm):
    mixed.check(vm, CYCLES)
