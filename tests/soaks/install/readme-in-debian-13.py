# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13 as a new user has it, with a fresh clone: two commands to an emulated card that works, and the packages.

Kernel and QEMU are built there the first time, which takes an hour; see lib/newcomer.py for what is kept.

Broken if it fails: README misleads a person who has nothing but Debian 13, make and python3.
"""

from lib import newcomer

kernels = ()


def test(_):
    newcomer.check("trixie", newcomer.check_emulated, newcomer.check_packages)
