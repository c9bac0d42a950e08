# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13 on x86 with a kernel that can: three packages are installed, a card that is there works, all is removed.

The kernel has most of the SoC's drivers, as Ubuntu's, and the kernel's own driver for the card, lan966x_pci. DKMS has its
modules built beforehand, as in lib/installed.py; `make soak T=install/dkms-builds-all` has it build them.

Broken if it fails: a user of x86 with a kernel of his own does not get four ports by three packages, or not rid of them.
"""

from lib import x86

kernels = ()


def test(_):
    x86.check_life()
