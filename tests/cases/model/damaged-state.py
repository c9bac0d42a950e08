# SPDX-License-Identifier: GPL-2.0-or-later
"""A migration whose counts and positions do not fit what they count is refused.

Broken if it fails: who sends a machine's state can read or write the memory of the QEMU that takes it.
"""

import tempfile

from lib import model
from lib.fuzz import QS
from lib.model import DEV

kernels = ()
timeout = 120
USART = 0xe0044200
MARK = 0x5aa5c33c
IDS = bytes.fromhex("55106096")
INJECTION = 4 * ((28 + 0x3fff - 4 + 8) // 4)    # bytes of a frame that is being injected


def loads(state):
    """Whether a machine takes this state."""
    with tempfile.NamedTemporaryFile(prefix="dtslot-state-") as file, model.Lab(model.INCOMING) as lab:
        file.write(state)
        file.flush()
        try:
            lab.load(file.name)
            return lab.command("query-migrate")["status"] == "completed"
        except (EOFError, ConnectionError):     # it ends when it cannot load
            assert lab.process.wait() == 1, lab.said()
            return False


def saved():
    """The state of a card that is in the middle of an injection."""
    with tempfile.NamedTemporaryFile(prefix="dtslot-state-") as file, model.Lab() as lab:
        lab.bring_up()
        lab.write(QS + 0x34, 1 << 18)
        for _ in range(3):
            lab.write(QS + 0x2c, MARK)
        lab.write(QS + 0x34, 1 << 19 | 2 << 16)
        assert lab.save(file.name)["status"] == "completed"
        return file.read()


def test(_):
    state = saved()
    data = MARK.to_bytes(4, "little") * 3
    assert state.count(data) == 1
    words = state.index(data) + INJECTION
    assert state[words:words + 7] == bytes((0, 0, 0, 3, 1, 1, 2)), state[words:words + 7]
    assert loads(state)
    for offset, damage in ((words, b"\xff\xff\xff\xff"), (words + 6, b"\xc8"), (words + 6, b"\0")):
        assert not loads(state[:offset] + damage + state[offset + len(damage):]), (offset - words, damage)
    # an interrupt pin that PCI has not
    config = state.index(IDS)
    assert state[config + 0x2c:config + 0x30] == IDS and state[config + 0x3d] == 1
    assert not loads(state[:config + 0x3d] + b"\x09" + state[config + 0x3e:])
