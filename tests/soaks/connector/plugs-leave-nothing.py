# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on is plugged and pulled 10,000 times, or N= times.

Broken if it fails: a leak that is too small for the short run to see, or a race that is too rare.
"""

import os

from lib import addon

kernels = ("7.3", "6.12")
CYCLES = int(os.environ.get("N") or 10000)
timeout = 12 * 3600


def test(vm):
    addon.check_plugs(vm, CYCLES)
