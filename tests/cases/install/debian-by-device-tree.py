# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian machine booted by its device tree: packages installed and removed, and four ports in between.

They are the same after a start of the machine, and with a card that is plugged in. DKMS has its modules built beforehand:
see lib/installed.py.

Broken if it fails: a user of a stock arm64 machine does not get four ports by three packages, or gets others after the
next start, or does not get rid of them.
"""

from lib import installed

kernels = ("7.3-arm64",)
options = dict(installed.OPTIONS)
timeout = 1800
test = installed.check_life
