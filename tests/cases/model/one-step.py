# SPDX-License-Identifier: GPL-2.0-or-later
"""A one-step PTP message carries the time when it left, its checksum right; the end of a second reads as negative.

Broken if it fails: ethtool lists one-step stamps, and each message tells the time 0.
"""

import struct

from lib import model
from lib.fuzz import BATCH, PTP, QS, bar_address

kernels = ()
timeout = 60
PORT = 1
ONE_STEP = 3
PLAIN, IP4, IP6 = 0, 7, 8           # kinds of PDU
CLOCK = PTP + 0x1c0
LOAD, SAVE = 1 << 27, 2 << 27
SYNC = bytes((0, 2, 0, 44)) + bytes(30)
ORIGIN = bytes(10)
SECONDS, NANOSECONDS = 0x123456789a, 123456789
MACS = bytes.fromhex("011b19000000" "02aa00000001")
TAG = b"\x81\0\0\5"


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def udp(pseudo):
    """A message in UDP, with its checksum."""
    head = struct.pack("!4H", 319, 319, 8 + 44, 0)
    value = ~checksum(pseudo + struct.pack("!2H", 17, 8 + 44) + head + SYNC + ORIGIN) & 0xffff
    return head[:6] + struct.pack("!H", value) + SYNC + ORIGIN


def ip4(pseudo):
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + 52, 1, 0, 1, 17, 0) + pseudo + udp(pseudo)


def ip6(pseudo):
    return struct.pack("!IHBB", 6 << 28, 52, 17, 1) + pseudo + udp(pseudo)


def inject(lab, frame, pdu):
    """As the driver does it, with a header that asks for one step."""
    header = 1 << 191 | 1 << 62 + PORT | ONE_STEP << 163 | pdu << 158
    words = header.to_bytes(28, "big") + frame
    data = words.ljust((len(words) + 3) & ~3, b"\0")
    lab.write(QS + 0x34, 1 << 18)
    lines = [f"writel {bar_address(QS + 0x2c):#x} {int.from_bytes(data[n:n + 4], 'little'):#x}"
             for n in range(0, len(data), 4)]
    assert len(lines) < BATCH
    lab.lines(lines)
    lab.write(QS + 0x34, 1 << 19 | len(words) % 4 << 16)
    lab.write(QS + 0x2c, 0)
    return lab.received(PORT, 1)[0]


def set_time(lab, seconds, nanoseconds):
    for address, value in ((CLOCK + 4, seconds >> 32), (CLOCK + 8, seconds & 0xffffffff), (CLOCK + 0xc, nanoseconds),
                           (CLOCK, LOAD)):
        lab.write(address, value)


def time(lab):
    lab.write(CLOCK, SAVE)
    return lab.read(CLOCK + 8), lab.read(CLOCK + 0xc)


def test(_):
    origin = SECONDS.to_bytes(6, "big") + NANOSECONDS.to_bytes(4, "big")
    pseudo4, pseudo6 = bytes((10, 0, 0, 1, 224, 0, 1, 129)), b"\xfd" + bytes(14) + b"\1" + b"\xff\x0e" + bytes(14)
    with model.Lab() as lab:
        lab.bring_up()
        # the clock stands still until it is enabled
        set_time(lab, SECONDS, NANOSECONDS)
        for tag in (b"", TAG):
            for pdu, head, pseudo, place in ((PLAIN, b"\x88\xf7" + SYNC + ORIGIN, None, 2),
                                             (IP4, b"\x08\0" + ip4(pseudo4), pseudo4, 30),
                                             (IP6, b"\x86\xdd" + ip6(pseudo6), pseudo6, 50)):
                frame = (MACS + tag + head).ljust(60, b"\0")
                got = inject(lab, frame, pdu)
                place += 12 + len(tag) + 34
                assert got[place:place + 10] == origin, (pdu, got.hex())
                if pseudo:
                    start = place - 34 - 8
                    assert checksum(pseudo + struct.pack("!2H", 17, 52) + got[start:start + 52]) == 0xffff, got.hex()
                    got = got[:start + 6] + frame[start + 6:start + 8] + got[start + 8:]
                assert got[:place] + ORIGIN + got[place + 10:] == frame, (pdu, got.hex())
        # too short for a message, or not of the kind that the header tells: as it was
        for frame, pdu in ((MACS + b"\x88\xf7" + bytes(46), IP6), (MACS + b"\x08\0\x4f" + bytes(45), IP4)):
            assert inject(lab, frame, pdu) == frame
        for nanoseconds, wanted in ((999999983, (100, 999999983)), (999999984, (101, 0x3ffffff0)),
                                    (999999999, (101, 0x3fffffff)), (0, (100, 0))):
            set_time(lab, 100, nanoseconds)
            assert time(lab) == wanted, (nanoseconds, time(lab))
