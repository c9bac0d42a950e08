# SPDX-License-Identifier: GPL-2.0-or-later
"""Random accesses to registers, configuration space and descriptors: QEMU bears them. A short run of "make fuzz".

Broken if it fails: a malicious guest crashes or hangs QEMU.
"""

from lib import cache, fuzz, qemu_build

kernels = ()
timeout = 300
SEEDS, ACCESSES = (1, 2), 60_000        # the first one has an FPGA beside the card


def test(_):
    qemu, _ = qemu_build.build()
    for seed in SEEDS:
        done, _ = fuzz.run(qemu, seed, ACCESSES)
        assert done >= ACCESSES, done
