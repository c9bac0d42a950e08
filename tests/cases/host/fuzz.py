# SPDX-License-Identifier: GPL-2.0-or-later
"""Random accesses to registers, configuration space and descriptors: QEMU bears them. A short run of "make fuzz".

Broken if it fails: a malicious guest crashes or hangs QEMU.
"""

from lib import fuzz, model, qemu_build

kernels = ()
timeout = 300
SEEDS, ACCESSES = (1, 2), 60_000        # the first one has an FPGA beside the card


def check_interlock():
    """A slot whose interlock an access has shut takes the next card all the same."""
    with model.Lab() as lab:
        lab.unplug()
        lab.lines(lab.config_lines(fuzz.ROOT_PORT, lab.slot_control, fuzz.SLOT_UNLOCK, "w"))
        lab.plug()
        assert lab.is_plugged()


def test(_):
    check_interlock()
    qemu, _ = qemu_build.build()
    for seed in SEEDS:
        done, _ = fuzz.run(qemu, seed, ACCESSES)
        assert done >= ACCESSES, done
