# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13 on x86 with a kernel that can, started twice: the ports have the same names and addresses.

The rest is as in install/debian-on-x86.

Broken if it fails: what a user of x86 has set up for a port is without it after the next start.
"""

from lib import x86

kernels = ()


def test(_):
    x86.check_life(starts=2)
