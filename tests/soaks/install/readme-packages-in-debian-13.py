# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13 as a new user has it, with a fresh clone and Debian's kernel: the packages are built, installed, used and removed.

It is the part of install/readme-in-debian-13 that wants neither a kernel nor a QEMU of ours, so it takes minutes.

Broken if it fails: README misleads a person with a card who has nothing but Debian 13, git, make and python3.
"""

from lib import newcomer

kernels = ()


def test(_):
    newcomer.check("trixie", newcomer.check_packages)
