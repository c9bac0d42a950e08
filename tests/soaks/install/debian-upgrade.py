# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian machine booted by ACPI whose packages were upgraded: what docs/install.md has typed then brings the ports back.

The rest is as in install/debian-by-acpi.

Broken if it fails: after an upgrade the old modules stay, or the card's ports come back as others, or not at all.
"""

from lib import installed

kernels = ("7.3-arm64",)
options = dict(installed.OPTIONS, acpi=True)
timeout = 1800


def test(vm):
    installed.check_life(vm, upgrade=True)
