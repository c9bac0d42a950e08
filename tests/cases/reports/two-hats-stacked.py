# SPDX-License-Identifier: GPL-2.0-or-later
"""Two HATs on one header answer at one address, and each bit reads as the AND of both. The message says so.

Broken if it fails: a person is told to write the ID again, which damages both.
"""

import random

from lib import ids, reports

kernels = ()
REFUSED = ("-74: the CRC of the HAT's atom 0 is wrong: is the memory damaged, or do two HATs answer at one address?")


def hat(maker, product, number):
    uuid = random.Random(number).randbytes(16)
    return ids.hat(ids.atom(1, 0, uuid + ids.vendor(maker, product)[16:]), ids.atom(2, 1, bytes(30))).ljust(512, b"\xff")


def both(one, other):
    return bytes(a & b for a, b in zip(one, other, strict=True))


def test(_):
    first = hat(b"Acme", b"Base HAT", 1)
    reports.check_ids(
        "raspberrypi,hat",
        (first, "acme,base-hat|0x0102|cd613e30-d8f1-6adf-91b7-584a2265b1f5"),
        (both(first, hat(b"Acme", b"UPS HAT ", 2)), REFUSED),
        (both(first, hat(b"Acme", b"Base HAT", 3)), REFUSED),
        (both(first, hat(b"Acme Makers", b"Base HAT, long", 4)), REFUSED),
    )
