# SPDX-License-Identifier: GPL-2.0-or-later
"""Five minutes in which all that can happen to a card happens at once; afterwards it is complete. SEED= repeats a storm.

Broken if it fails: a race that is too rare for the minute of the short run.
"""

from lib import storm

kernels = ("7.3", "6.12", "7.3-debug")
timeout = 3600
options = storm.OPTIONS
SECONDS = 300


def test(vm):
    storm.check(vm, SECONDS)
