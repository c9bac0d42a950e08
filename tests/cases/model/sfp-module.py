# SPDX-License-Identifier: GPL-2.0-or-later
"""An SFP module says by SFF-8472 what it is and how it is: checksums, names, limits, temperature; or only what it is.

Broken if it fails: "ethtool -m" of a user shows nothing, or a driver takes the module for a damaged one.
"""

from lib import model
from lib.fuzz import FLEXCOMS, GCB

kernels = ()
timeout = 60
TWI = FLEXCOMS[0] + 0x600
GPIO = GCB + 0x64
GATE = 1 << 76 - 64
RXRDY, NACK = 2, 0x100


def open_gate(lab):
    """The pin of the cage of port 2 as a gate, and high."""
    lab.clock(0)
    lab.mux(0)
    for offset in (0x78, 0x80, 0x08, 0x38):
        lab.write(GPIO + offset, GATE)


def page(lab, address):
    """256 bytes of the module, or None if nothing answers."""
    data = b""
    for offset in range(0, 256, 64):
        for register, value in ((FLEXCOMS[0], 3), (TWI, 4 | 1 << 16), (TWI + 4, address << 16 | 1 << 8),
                                (TWI + 0x0c, offset), (TWI + 0x40, 1 << 8 | 64), (TWI, 1)):
            lab.write(register, value)
        if lab.read(TWI + 0x20) & NACK:
            lab.write(TWI, 1 << 26)
            return None
        data += bytes(lab.read(TWI + 0x30) for _ in range(64))
    return data


def number(data, offset):
    return int.from_bytes(data[offset:offset + 2], "big", signed=True)


def test(_):
    with model.Lab() as lab:
        lab.command("device_add", driver="lan966x-sfp", bus="card0.sfp2", id="sfp2")
        open_gate(lab)
        first, second = page(lab, 0x50), page(lab, 0x51)
        assert (first[0], first[6], first[92], first[94]) == (3, 1, 0x68, 5), first[:8]
        assert first[20:36] == b"QEMU".ljust(16) and first[40:56] == b"SFP-1000-SX".ljust(16), first[20:60]
        assert first[63] == sum(first[:63]) & 0xff and first[95] == sum(first[64:95]) & 0xff
        assert second[95] == sum(second[:95]) & 0xff
        assert (number(second, 96), number(second, 0), number(second, 2)) == (35 * 256, 90 * 256, -45 * 256)
        lab.command("device_del", id="sfp2")
        lab.command("device_add", driver="lan966x-sfp", bus="card0.sfp2", id="sfp2", diagnostics=False, vendor="ACME")
        first = page(lab, 0x50)
        assert first[92] == 0 and first[20:36] == b"ACME".ljust(16), first
        assert page(lab, 0x51) is None
