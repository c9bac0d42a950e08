# SPDX-License-Identifier: GPL-2.0-or-later
"""A host that reads nothing holds the driver up instead of filling QEMU's memory; when it reads, no frame is missing.

Broken if it fails: a guest makes QEMU grow without bound, or loses frames that the driver was told there is room for.
"""

import struct

from lib import model
from lib.fuzz import FDMA, QS

kernels = ()
timeout = 120
STATUS, READY, REACHED = QS + 0x3c, 0x0c, 0x30
PORT, KEPT = 0, 32
LENGTH = 16000
DCB, BUFFER = 0x200000, 0x300000


def frame(number):
    return b"\xff" * 6 + bytes.fromhex("02aa00000001") + b"\x88\xb5" + struct.pack(">I", number).ljust(LENGTH, b"\x5a")


def memory(lab):
    """QEMU's own memory, in KiB."""
    with open(f"/proc/{lab.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("RssAnon"))


def by_registers():
    with model.Lab() as lab:
        lab.bring_up()
        before, sent = memory(lab), 0
        while lab.read(STATUS) == READY:
            lab.inject(frame(sent), PORT)
            sent += 1
            assert sent < 1000, "nothing holds the driver up"
        assert lab.read(STATUS) == READY | REACHED
        assert sent >= KEPT, sent
        assert memory(lab) - before < 4096, memory(lab) - before
        assert lab.received(PORT, sent) == [frame(number) for number in range(sent)]
        assert lab.read(STATUS) == READY
        lab.inject(frame(sent), PORT)
        assert lab.received(PORT, 1) == [frame(sent)]


def by_dma():
    count = 100
    with model.Lab(x_fdma_identity=True) as lab:
        lab.bring_up(mode=2)
        header = (1 << 191 | 1 << 62 + PORT).to_bytes(28, "big")
        for n in range(count):
            data = header + frame(n)[:1000] + bytes(4)
            lab.store(BUFFER + 0x800 * n, data)
            lab.store(DCB + 0x100 * n, struct.pack("<4Q", DCB + 0x100 * (n + 1) if n < count - 1 else 1, 0,
                                                   BUFFER + 0x800 * n, 3 << 16 | len(data)))
        lab.write(FDMA + 0x3c, DCB)
        lab.write(FDMA + 8, 1)
        done = [lab.memory(DCB + 0x100 * n + 24, 8)[2] >> 3 & 1 for n in range(count)]
        assert KEPT <= sum(done) < count and done == sorted(done, reverse=True), done
        assert lab.received(PORT, count) == [frame(n)[:1000] for n in range(count)]


def test(_):
    by_registers()
    by_dma()
