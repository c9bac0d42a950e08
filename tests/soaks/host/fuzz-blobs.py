# SPDX-License-Identifier: GPL-2.0-or-later
"""Coverage-guided fuzzing of the overlay's reader and of the ID decoders: ten million inputs each, of a fresh seed.

Broken if it fails: as host/fuzz-blobs of the tests, only harder to find.
"""

import random

from lib import fuzzers
from lib.say import say

kernels = ()
EXECUTIONS = 10_000_000


def test(_):
    for name in fuzzers.FUZZERS:
        seed = random.SystemRandom().randrange(1, 1 << 31)
        say(f"{name}: {EXECUTIONS} executions, seed {seed}")
        done, reached = fuzzers.run(name, EXECUTIONS, seed)
        assert done >= EXECUTIONS, done
        say(f"{name}: {done} executions, {reached} edges reached")
