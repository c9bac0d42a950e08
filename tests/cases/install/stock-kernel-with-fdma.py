# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel as shipped: the switch moves frames by its FDMA, through the machine's interrupt translation service.

Broken if it fails: on a stock arm64 machine the faster way of the card cannot be used.
"""

from lib import stock

kernels = ("7.3-arm64",)
options = dict(stock.OPTIONS, qemu=stock.BY_MSI)
timeout = 300
test = stock.check_fdma
