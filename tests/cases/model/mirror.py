# SPDX-License-Identifier: GPL-2.0-or-later
"""A mirror gets what comes in at another port, or goes out there, as long as it is asked for; what does both, once.

Broken if it fails: "tc mirred" says that it is in hardware, and whoever watches the mirror sees nothing.
"""

from lib import model
from lib.fuzz import ANA

kernels = ()
timeout = 60
IN, OUT, MIRROR = 0, 1, 2
MIRRORPORTS, EMIRRORPORTS, SRC_MIRROR = ANA + 0x74bc, ANA + 0x74c0, 1 << 13
FRAME = b"\xff" * 6 + bytes.fromhex("02aa00000001") + b"\x88\xb5"
LAST = FRAME + b"\xff" * 46


def mirrored(lab, number):
    """Which of the two ports get a frame; LAST shows that no more comes."""
    frame = FRAME + bytes((number,)) * 46
    lab.send_frame(IN, frame)
    assert lab.received(OUT, 1) == [frame]
    lab.inject(LAST, MIRROR)
    frames = []
    while LAST not in frames:
        frames += lab.received(MIRROR, 1)
    assert set(frames[:-1]) <= {frame}, frames
    return len(frames) - 1


def test(_):
    with model.Lab() as lab:
        lab.command("device_add", driver="lan966x-sfp", bus=f"card0.sfp{MIRROR}", id="sfp2")
        lab.bring_up()
        config = ANA + 0x7070 + 0x80 * IN
        own = lab.read(config)
        lab.write(ANA + 0x6c00 + 8 * (80 + IN), 1 << OUT)
        found = []
        for ports, incoming, outgoing in ((0, 1, 1), (1, 0, 0), (1, 1, 0), (1, 0, 1), (1, 1, 1), (0, 0, 0)):
            lab.write(MIRRORPORTS, ports << MIRROR)
            lab.write(config, own | SRC_MIRROR * incoming)
            lab.write(EMIRRORPORTS, outgoing << OUT)
            found.append(mirrored(lab, len(found)))
        assert found == [0, 0, 1, 1, 1, 0], found
