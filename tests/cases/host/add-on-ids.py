# SPDX-License-Identifier: GPL-2.0-or-later
"""The ID decoders, in userspace with sanitizers: good IDs of each format, bad ones by name, each bit changed.

Broken if it fails: an add-on is taken for another one, or a damaged ID memory makes the kernel read outside it.
"""

import struct
import subprocess
import tempfile
from pathlib import Path

from lib import host_program
from lib.ids import atom, cape, clickid, descriptor, hat, own, vendor

kernels = ()
DAMAGED = "is the memory damaged, or do two {} answer at one address?"


def cases():
    """(format, data, what the program prints, bytes in which every change must be noticed)"""
    temp = own("temp", "b", "0042")
    head = temp[:92]
    erased = b"\xff" * 128
    good = hat(atom(1, 0, vendor()), atom(2, 1, bytes(30)))
    uuid = "0f0e0d0c-0b0a-0908-0706-050403020100"
    begins = "-61: the ID memory begins with ff ff ff ff, not as {} does: is it erased, or of another format?"
    return (
        ("dtslot", temp, "temp|b|0042", 96),
        ("dtslot", own("a", size=4096), "a||", 96),
        ("dtslot", erased, begins.format("a dtslot ID"), 0),
        ("dtslot", b"", "-61: the ID memory has 0 bytes, too few for a dtslot ID", 0),
        ("dtslot", temp[:95], "-22: the ID is cut off: 95 bytes of 96", 0),
        ("dtslot", head[:8] + b"\2" + temp[9:], "-22: the ID has version 2, 1 is understood", 0),
        ("dtslot", head[:10] + b"\x20" + temp[11:], "-22: the ID says it has 32 bytes, version 1 has 96", 0),
        ("dtslot", head + bytes(4),
         f"-74: the ID's CRC is 0x00000000, its bytes give 0x{struct.unpack('<I', temp[92:])[0]:08x}: write it again", 0),
        ("raspberrypi,hat", good, f"acme-ltd,heat-light-2|0x0102|{uuid}", 5),
        ("raspberrypi,hat", hat(atom(1, 0, vendor()), version=2), f"acme-ltd,heat-light-2|0x0102|{uuid}", 4),
        ("raspberrypi,hat", erased, begins.format("a HAT's ID"), 0),
        ("raspberrypi,hat", good[:-1], f"-22: the HAT's ID says it has {len(good)} bytes, there are {len(good) - 1}", 0),
        ("raspberrypi,hat", hat(atom(1, 0, vendor()), version=3),
         "-22: the HAT's ID has version 3; 1 (HAT) and 2 (HAT+) are understood", 0),
        ("raspberrypi,hat", good[:-1] + b"\0", f"-74: the CRC of the HAT's atom 1 is wrong: {DAMAGED.format('HATs')}", 0),
        ("raspberrypi,hat", hat(atom(2, 0, bytes(30))), "-22: the HAT's first atom is not the vendor's", 0),
        ("raspberrypi,hat", hat(atom(1, 3, vendor())), "-22: the HAT's atom 0 is numbered 3", 0),
        ("raspberrypi,hat", hat(atom(1, 0, vendor()[:-1])), "-22: the HAT's vendor atom is cut off", 0),
        ("raspberrypi,hat", hat(atom(1, 0, vendor(product=b"!"))), "-22: the HAT's product has no name", 0),
        ("beagle,cape", cape(), "bb-temp-01|00A0|2414ACME0007", 4),
        ("beagle,cape", erased, begins.format("a cape's ID"), 0),
        ("beagle,cape", cape()[:243], "-22: the cape's ID is cut off: 243 bytes of 244", 0),
        ("beagle,cape", cape(b"\xff" * 16), "-22: the cape has no part number", 0),
        ("beagle,cape", cape(b""), "-22: the cape has no part number", 0),
        ("beagle,cape", cape(b"BB\x01"), "-22: the cape's part number has byte 0x01 at 2, which is no character:"
         f" {DAMAGED.format('add-ons')}", 0),
        ("raspberrypi,hat", hat(atom(1, 0, vendor()), atom(3, 1, b"acme-heat\0")),
         f"acme-ltd,heat-light-2|0x0102|{uuid}|acme-heat|0 bytes at 0", 4),
        ("raspberrypi,hat", hat(atom(1, 0, vendor()), atom(3, 1, b"\xd0\x0d\xfe\xed0123")),
         f"acme-ltd,heat-light-2|0x0102|{uuid}||8 bytes at {12 + 10 + len(vendor()) + 8}", 4),
        ("mikroe,clickid", clickid(), "acme-ltd,thermo-3-click||", 0),
        ("mikroe,clickid", clickid(b"", b"Relay", descriptor(7, b"\1\3\3\x48")) + b"\xff" * 100, "relay||", 0),
        ("mikroe,clickid", erased, begins.format("a ClickID"), 0),
        ("mikroe,clickid", b"\0" * 64, begins.replace("ff ff ff ff", "00 00 00 00").format("a ClickID"), 0),
        ("mikroe,clickid", clickid()[:-1], f"-22: the ClickID says it has {len(clickid())} bytes, there are"
         f" {len(clickid()) - 1}", 0),
        ("mikroe,clickid", b"\4\0\0\1", "-22: the ClickID has no descriptor of an interface", 0),
        ("mikroe,clickid", b"\x0a\0\0\1\5\0\1\0\0\0", "-22: the Click's interface at byte 4 has 5 bytes, less than 6", 0),
        ("mikroe,clickid", b"\x08\0\0\1\0\0\1\0", "-22: the Click's descriptor at byte 4 is cut off: it says it"
         " has 0 bytes, there are 4", 0),
        ("mikroe,clickid", b"\x0c\0\0\1\x08\0\2\0\3\1ab", "-22: the Click's string at byte 4 is cut off", 0),
        ("mikroe,clickid", clickid(b"Acme", b"!"), "-22: the Click's product has no name", 0),
        ("mikrobus", temp, "-22: ID format 'mikrobus' is unknown; known: dtslot, raspberrypi,hat, beagle,cape,"
         " mikroe,clickid", 0),
    )


def test(_):
    with tempfile.TemporaryDirectory() as work:
        file = Path(work) / "id"
        program = host_program.build(Path(work), "id-test", host_program.IDS)
        for form, data, printed, covered in cases():
            file.write_bytes(data)
            done = subprocess.run([program, form, file, "covered", str(covered)], capture_output=True, text=True,
                                  check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            assert done.stdout == printed + "\n", f"{form}: {done.stdout!r}, not {printed!r}"
