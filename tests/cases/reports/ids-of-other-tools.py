# SPDX-License-Identifier: GPL-2.0-or-later
"""ID memories that something wrote wrongly: in another order, with another checksum, for another format, its source.

The first eepmake wrote the signature in reverse; images of capes were swapped in pairs by hexdump; the text of the HAT format
had another CRC for years; makers left the UUID unwritten, or the custom data empty.
Broken if it fails: a person looks for a damaged memory where a tool was wrong.
"""

from lib import ids, reports

kernels = ()
UUID = "0f0e0d0c-0b0a-0908-0706-050403020100"
GPIO = ids.atom(2, 1, bytes(30))
HAT = ids.hat(ids.atom(1, 0, ids.vendor()), GPIO)
BEGINS = "-61: the ID memory begins with {}, not as {} does: {}"
AGAIN = "; write it again, byte by byte"


def ccitt(data):
    crc = 0xffff
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xffff
    return crc.to_bytes(2, "little")


def other_crc(atom):
    return atom[:-2] + ccitt(atom[:-2])


def swapped(data):
    return bytes(data[i ^ 1] for i in range(len(data)))


def hat_of(uuid):
    return ids.hat(ids.atom(1, 0, uuid + ids.vendor()[16:]), GPIO)


def test(_):
    reports.check_ids(
        "raspberrypi,hat",
        (b"iP-R" + HAT[4:], BEGINS.format("69 50 2d 52", "a HAT's ID", "they are those of raspberrypi,hat in reverse" + AGAIN)),
        (ids.cape(), BEGINS.format("aa 55 33 ee", "a HAT's ID", "it has an ID of format beagle,cape")),
        (ids.clickid(), BEGINS.format(ids.clickid()[:4].hex(" "), "a HAT's ID", "it has an ID of format mikroe,clickid")),
        (b"# EEPROM settings text file\n#\nproduct_uuid 0\n", BEGINS.format("23 20 45 45", "a HAT's ID", "it is a text; write"
                                                                           " the ID that a program makes of it")),
        (ids.hat(other_crc(ids.atom(1, 0, ids.vendor())), other_crc(GPIO)), "-74: the CRC of the HAT's atom 0 is CRC-16/CCITT,"
         " and should be CRC-16/ARC (0x8005, reflected, from 0): write it with eepmake"),
        (ids.hat(ids.atom(1, 0, ids.vendor()), GPIO, ids.atom(4, 2, b"")), f"acme-ltd,heat-light-2|0x0102|{UUID}"),
        (hat_of(bytes(16)), "acme-ltd,heat-light-2|0x0102|"),
        (hat_of(b"\xff" * 16), "acme-ltd,heat-light-2|0x0102|"),
    )
    reports.check_ids(
        "beagle,cape",
        (swapped(ids.cape()), BEGINS.format("55 aa ee 33", "a cape's ID", "they are those of beagle,cape swapped in pairs"
                                            + AGAIN)),
        (HAT, BEGINS.format("52 2d 50 69", "a cape's ID", "it has an ID of format raspberrypi,hat")),
    )
    reports.check_ids("mikroe,clickid", (ids.own("temp"), BEGINS.format(
        "44 54 53 4c", "a ClickID", "it has an ID of format dtslot")))
