# SPDX-License-Identifier: GPL-2.0-or-later
"""Contents of ID memories, in each format that is understood."""

import struct
import zlib


def own(model, revision="", serial="", size=0):
    """The project's own format. What `dtslot id make` writes is compared with this, so it is not asked."""
    body = struct.pack("<8sHH32s16s32s", b"DTSLOTID", 1, 96, model.encode(), revision.encode(), serial.encode())
    return (body + struct.pack("<I", zlib.crc32(body))).ljust(size, b"\xff")


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xa001 if crc & 1 else 0)
    return crc


def atom(kind, number, data):
    body = struct.pack("<HHI", kind, number, len(data) + 2) + data
    return body + struct.pack("<H", crc16(body))


def hat(*atoms, version=1):
    body = b"".join(atoms)
    return b"R-Pi" + struct.pack("<BBHI", version, 0, len(atoms), 12 + len(body)) + body


def vendor(maker=b"Acme Ltd.", product=b"Heat & Light 2"):
    return bytes(range(16)) + struct.pack("<HHBB", 7, 0x102, len(maker), len(product)) + maker + product


def cape(part=b"BB-TEMP-01", version=b"00A0", serial=b"2414ACME0007", pad=b"\0"):
    return struct.pack(">4s2s32s4s16s16sH12s", b"\xaa\x55\x33\xee", b"A1", b"Thermometer", version.ljust(4, pad),
                       b"Acme", part.ljust(16, pad), 4, serial.ljust(12, pad)).ljust(244, b"\0")


def descriptor(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<HBB", 4 + len(body), kind, 0) + body


def clickid(maker=b"Acme Ltd.", product=b"Thermo 3 Click", *more):
    """A Click's manifest: interface, its two strings, and what else is given."""
    body = descriptor(1, bytes((1, 2, 0, 0)))
    for number, text in ((1, maker), (2, product)):
        body += descriptor(2, bytes((len(text), number)) + text)
    body += b"".join(more)
    return struct.pack("<HBB", 4 + len(body), 0, 1) + body
