# SPDX-License-Identifier: GPL-2.0-or-later
"""States of a busy card with some bytes changed: QEMU refuses one, or takes it and bears what a guest does then.

Broken if it fails: who sends a machine's state can crash the QEMU that takes it.
"""

import random
import re
import tempfile

from lib import fuzz, model

kernels = ()
timeout = 1800
STATES, MUTATIONS = 10, 60
DESCRIPTION = b'{"configuration"'       # what follows the devices, for people


def busy(seed):
    """A state of a card after a guest's accesses, and where in it the card is."""
    stream = fuzz.Stream(seed)
    stream.fpga = False
    with tempfile.NamedTemporaryFile(prefix="dtslot-state-") as file, model.Lab(msi=True) as lab:
        stream.fatal = lab.slot_control_address()
        for _ in range(3):
            lab.lines(stream.batch(lab)[0])
            stream.event(lab)
        if not lab.is_plugged():
            lab.plug()
        lab.unlock(fuzz.ROOT_PORT)
        for device, driver, bus in (*((f"sfp{cage}", "lan966x-sfp", f"sfp{cage}") for cage in fuzz.CAGES),
                                    ("addon0", "lan966x-addon", "connector0")):
            if lab.is_plugged(device):
                lab.toggle(device, driver, bus)
                while lab.is_plugged(device):
                    lab.step(1_000_000)
        assert lab.save(file.name)["status"] == "completed"
        state = file.read()
    end = state.index(DESCRIPTION) if DESCRIPTION in state else len(state)
    return state, state.index(b"/lan966x-endpoint"), state.rindex(b"lan966x-", 0, end) + 4096


def survives(state, seed):
    """Whether QEMU takes the state; it must not die by it, or by a guest's accesses then."""
    stream = fuzz.Stream(seed)
    stream.fpga = False
    with tempfile.NamedTemporaryFile(prefix="dtslot-state-") as file, model.Lab(model.INCOMING, msi=True) as lab:
        stream.fatal = lab.slot_control_address()
        file.write(state)
        file.flush()
        try:
            lab.load(file.name)
            taken = lab.command("query-migrate")["status"] == "completed"
            if taken:
                lab.lines(stream.batch(lab)[0])
                stream.event(lab)
                lab.step(1_000_000_000)
            lab.quit()
        except (EOFError, ConnectionError):
            taken = False
        status = lab.process.wait(fuzz.HANGS)
        # QEMU's own code leaks where it refuses a state
        leak = status == fuzz.REPORTED and not re.search(r"ERROR: AddressSanitizer|runtime error:", lab.said())
        assert leak or status in (0, 1), f"seed {seed}: status {status}\n{lab.said()[-3000:]}"
        return taken


def test(_):
    rnd = random.Random()
    taken = 0
    for _ in range(STATES):
        state, first, last = busy(rnd.randrange(1 << 32))
        for _ in range(MUTATIONS):
            seed = rnd.randrange(1 << 32)
            choice = random.Random(seed)
            damaged = bytearray(state)
            for _ in range(choice.choice((1, 1, 2, 8, 30))):
                value = choice.choice((0, 1, 0x7f, 0x80, 0xff, choice.randrange(256)))
                damaged[choice.randrange(first, min(last, len(state)))] = value
            taken += survives(bytes(damaged), seed)
    assert 0 < taken < STATES * MUTATIONS, taken
