# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on is swapped for another model and back, again and again: nothing is left, nothing grows.

Broken if it fails: a leak in each swap. The soak of the same name does more of them.
"""

from lib import addon

kernels = ("7.3", "6.12")
CYCLES = 10
timeout = 300


def test(vm):
    addon.check_swaps(vm, CYCLES)
