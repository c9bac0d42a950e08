# SPDX-License-Identifier: GPL-2.0-or-later
"""A minute in which all that can happen to a card happens at once; afterwards it is complete. SEED= repeats a storm.

Broken if it fails: two things that happen to a card at the same time leave it incomplete, or the kernel complains.
"""

from lib import storm

kernels = ("7.3", "6.12")    # the debug kernel takes more than five minutes: it is a soak
timeout = 400
options = storm.OPTIONS
SECONDS = 60


def test(vm):
    storm.check(vm, SECONDS)
