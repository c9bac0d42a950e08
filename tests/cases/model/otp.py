# SPDX-License-Identifier: GPL-2.0-or-later
"""The OTP's bytes read and are programmed as its driver does it: bits are set for good, each command passes or fails.

A region that is described there and marked is protected against programs; which ones the boot ROM hides is not known,
and all can be read. What the boot ROM takes from there to say what the card is, from byte 100 on, does not matter.

Broken if it fails: a driver takes a failed command for one that passed, or what was programmed is lost.
"""

import struct
import tempfile

from lib import model
from lib.fuzz import CARD

kernels = ()
timeout = 60
OTP = 0xe0021000
PASS, FAIL, PROHIBITED, READ, PROGRAM = 2, 1, 4, 1, 2
PROTECT, FIRST_REGION = 0x40, 0x44
REGIONS = (0x000, 0x010, 0x400, 0x1000, 0x1fff)


def command(lab, function, address, data=0):
    """The status of a command, and the byte that was read."""
    for register, value in ((0x04, address >> 8), (0x08, address & 0xff), (0x10, data), (0x20, function), (0x28, 1)):
        lab.write(OTP + register, value)
    return lab.read(OTP + 0x2c), lab.read(OTP + 0x18)


def check_protection(lab):
    """Regions: what they cover is as it was, byte by byte, and so are their marks, where one covers them."""
    for at, byte in enumerate(struct.pack("<HHHH", 0x300, 0x30f, 0x040, 0x063)):
        assert command(lab, PROGRAM, FIRST_REGION + at, byte)[0] == PASS
    assert command(lab, PROGRAM, 0x300, 1)[0] == PASS, "described only"
    assert command(lab, PROGRAM, PROTECT, 1)[0] == PASS
    for address, status in ((0x2ff, PASS), (0x300, FAIL | PROHIBITED), (0x30f, FAIL | PROHIBITED), (0x310, PASS)):
        assert command(lab, PROGRAM, address, 2)[0] == status, hex(address)
    assert command(lab, READ, 0x300) == (PASS, 1) and command(lab, READ, 0x310) == (PASS, 2)
    assert command(lab, PROGRAM, PROTECT, 6)[0] == PASS, "the third region is marked and not described"
    assert command(lab, PROGRAM, 0, 1)[0] == PASS
    assert command(lab, PROGRAM, PROTECT, 8)[0] == FAIL | PROHIBITED
    assert command(lab, READ, PROTECT) == (PASS, 7)


def test(_):
    with model.Lab() as lab:
        lab.write(OTP, 0)
        check_protection(lab)
    with tempfile.NamedTemporaryFile(prefix="dtslot-otp-") as drive:
        drive.write(bytes(range(256)) * 32)
        drive.flush()
        with model.Lab(("-drive", f"if=none,id=otp,format=raw,file={drive.name}"), otp_drive="otp") as lab:
            assert lab.config_read(CARD, 0) == 0x96601055 and lab.config_read(CARD, 0x2c) == 0x96601055
            assert command(lab, READ, 5) == (FAIL, 0), "read while it is powered down"
            lab.write(OTP, 0)
            for address in REGIONS:
                assert command(lab, READ, address) == (PASS, address & 0xff)
            assert command(lab, PROGRAM, 0x410, 0x0f)[0] == PASS and command(lab, PROGRAM, 0x410, 0xc0)[0] == PASS
            assert command(lab, READ, 0x410) == (PASS, 0x10 | 0xcf)
            assert command(lab, READ, 0x2000)[0] == FAIL and command(lab, 8, 0)[0] == FAIL
            lab.write(0xe200400c, 1)    # a reset of the chip
            lab.write(OTP, 0)
            assert command(lab, READ, 0x410) == (PASS, 0xdf)
            lab.quit()
        drive.seek(0x410)
        assert drive.read(1) == b"\xdf"
