# SPDX-License-Identifier: GPL-2.0-or-later
"""Random accesses to registers, configuration space and descriptors: QEMU bears them. A short run of "make fuzz".

Broken if it fails: a malicious guest crashes or hangs QEMU.
"""

from lib import cache, fuzz, qemu_build

kernels = ()
timeout = 300
SEED, ACCESSES = 1, 200_000


def test(_):
    qemu, _ = qemu_build.build()
    done, _ = fuzz.run(qemu, SEED, ACCESSES)
    assert done >= ACCESSES, done
