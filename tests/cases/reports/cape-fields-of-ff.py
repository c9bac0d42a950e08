# SPDX-License-Identifier: GPL-2.0-or-later
"""Capes whose fields were written into an erased memory without padding, or never: known by their part number.

Broken if it fails: capes that U-Boot knows are refused for what nothing depends on.
"""

from lib import ids, reports

kernels = ()
PART = b"BB-ACME-01"


def test(_):
    reports.check_ids(
        "beagle,cape",
        (ids.cape(PART, pad=b"\xff"), "bb-acme-01|00A0|2414ACME0007"),
        (ids.cape(PART, pad=b" "), "bb-acme-01|00A0|2414ACME0007"),
        (ids.cape(PART, serial=b"\xff" * 12), "bb-acme-01|00A0|"),
        (ids.cape(PART, version=b"\xff" * 4), "bb-acme-01||2414ACME0007"),
        (ids.cape(PART, version=b"\x1a\0\0\0"), "bb-acme-01||2414ACME0007"),
        (ids.cape(b"BB-BONE-LCD7-01.", version=b"00A2"), "bb-bone-lcd7-01|00A2|2414ACME0007"),
        (ids.cape(b"TEST-DT-12345678"), "test-dt-12345678|00A0|2414ACME0007"),
        (ids.cape(b"\xff" * 16), "-22: the cape has no part number"),
        (ids.cape(PART)[:88], "-22: the cape's ID is cut off: 88 bytes of 244"),
    )
