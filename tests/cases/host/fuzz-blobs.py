# SPDX-License-Identifier: GPL-2.0-or-later
"""Coverage-guided fuzzing of the overlay's reader and of the ID decoders. A short run of what "make soak" does.

Broken if it fails: a firmware file or an add-on makes the kernel read or write outside it, or is taken for a good one.
"""

from lib import fuzzers

kernels = ()
timeout = 300
SEED, EXECUTIONS = 1, 200_000
# fewer means that the inputs are refused before the code is reached
EDGES = {"fuzz-overlay": 560, "fuzz-id": 210}


def test(_):
    for name, edges in EDGES.items():
        done, reached = fuzzers.run(name, EXECUTIONS, SEED)
        assert done >= EXECUTIONS, done
        assert reached >= edges, f"{name}: {reached} edges"
