# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine that is saved in the middle of its transfers goes on elsewhere: frames, serial output, a read on I2C.

Broken if it fails: data is lost, doubled or wrong after a migration, or a device talks before its machine runs.
"""

import tempfile

from lib import model
from lib.fuzz import CPU, OIC, QS

kernels = ()
timeout = 120
FLX0, FLX1 = 0xe0040000, 0xe0044000
TWI, USART = FLX0 + 0x600, FLX1 + 0x200
SR_TXCOMP, SR_RXRDY, SR_NACK, SR_LOCK = 1, 2, 0x100, 0x800000
FRAME = b"\xff" * 6 + bytes.fromhex("02aa00000001") + b"\x88\xb5" + bytes(range(46))
EOF = 0x00000080


def start_read(lab):
    """Eight bytes of a sensor's register, of which two are read."""
    lab.clock(0)
    lab.mux(0)
    for address, value in ((FLX0, 3), (TWI, 4 | 1 << 16), (TWI + 4, 0x48 << 16 | 1 << 8), (TWI + 0x0c, 0),
                           (TWI + 0x40, 1 << 8 | 8), (TWI, 1)):
        lab.write(address, value)
    return [lab.read(TWI + 0x30) for _ in range(2)]


def words(lab):
    """The words of a frame that is to be extracted."""
    while lab.read(QS + 0x1c):
        yield lab.read(QS + 0x08)


def check_i2c(lab, third):
    status = lab.read(TWI + 0x20)
    assert status & (SR_TXCOMP | SR_NACK | SR_LOCK) == SR_TXCOMP | SR_NACK | SR_LOCK, hex(status)
    assert status & SR_RXRDY and lab.read(TWI + 0x30) == third
    assert not lab.read(TWI + 0x20) & SR_RXRDY, "a byte that the device has not sent"
    lab.write(TWI, 1 << 26)
    assert len(start_read(lab)) == 2 and not lab.read(TWI + 0x20) & SR_NACK


def test(_):
    with tempfile.NamedTemporaryFile(prefix="dtslot-state-") as state:
        with model.Lab() as lab:
            lab.bring_up()
            lab.write(CPU, 0x12345678)
            lab.write(OIC + 0x48, 1 << 12)
            lab.send_frame(0, FRAME)
            while not lab.read(QS + 0x1c):
                lab.step(1000)
            first = [lab.read(QS + 0x08) for _ in range(5)]
            lab.inject(FRAME, 1)
            assert lab.received(1, 1) == [FRAME]
            start_read(lab)
            assert lab.save(state.name)["status"] == "completed"
            third = lab.read(TWI + 0x30)    # what the machine that stays behind would have gone on with
        with model.Lab(model.INCOMING) as lab:
            lab.load(state.name)
            assert lab.alive() == "running"
            assert lab.read(CPU) == 0x12345678 and lab.read(OIC + 0x48) == 1 << 12
            rest = list(words(lab))
            frame = b"".join(word.to_bytes(4, "little") for word in (first + rest)[7:])
            assert frame[:60] == FRAME and (first + rest)[-2] == EOF, frame.hex()
            check_i2c(lab, third)
            lab.inject(FRAME, 1)
            assert lab.received(1, 1) == [FRAME]
