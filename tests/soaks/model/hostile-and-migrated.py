# SPDX-License-Identifier: GPL-2.0-or-later
"""A hostile guest's accesses go on while its machine migrates again and again, and its card is pulled in between.

Broken if it fails: a guest crashes QEMU by what it has written before a migration, or a state cannot be taken up.
"""

import random
import tempfile

from lib import fuzz, model

kernels = ()
timeout = 1800
MACHINES, MIGRATIONS, BATCHES = 10, 6, 4
PLUGGED = (*((f"sfp{cage}", "lan966x-sfp", f"sfp{cage}") for cage in fuzz.CAGES), ("addon0", "lan966x-addon", "connector0"))


def hostile(lab, stream):
    """Some accesses of a guest, and what happens around the card."""
    for _ in range(BATCHES):
        lines, _ = stream.batch(lab)
        lab.lines(lines)
        stream.event(lab)


def strip(lab):
    """Leave what the next machine has, too: the card without modules and add-on, in a slot that is not locked."""
    if not lab.is_plugged():
        lab.plug()
    lab.unlock(fuzz.ROOT_PORT)
    for device, driver, bus in PLUGGED:
        if lab.is_plugged(device):
            lab.toggle(device, driver, bus)
            while lab.is_plugged(device):
                lab.step(1_000_000)


def live(seed, state):
    """A machine from its start over some migrations to its end."""
    stream = fuzz.Stream(seed)
    stream.fpga = False
    properties = {"msi": stream.random.random() < .5, "x_fdma_identity": stream.random.random() < .5,
                  "boot_ms": stream.random.choice((-1, 0))}
    for number in range(MIGRATIONS):
        with model.Lab(model.INCOMING if number else (), **properties) as lab:
            stream.fatal = lab.slot_control_address()
            if number:
                lab.load(state)
                assert lab.alive() == "running", (seed, number, lab.said()[-2000:])
                if stream.random.random() < .5:
                    lab.unplug()
            hostile(lab, stream)
            strip(lab)
            status = lab.save(state)
            assert status["status"] == "completed", (seed, number, status)


def test(_):
    first = random.randrange(1 << 32)
    with tempfile.NamedTemporaryFile(prefix="dtslot-state-") as state:
        for seed in range(first, first + MACHINES):
            try:
                live(seed, state.name)
            except (EOFError, ConnectionError, TimeoutError) as error:
                raise AssertionError(f"seed {seed}: QEMU is gone: {error!r}") from error
