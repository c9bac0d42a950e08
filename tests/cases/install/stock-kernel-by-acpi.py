# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel as shipped, the SoC's drivers by our recipes, booted by ACPI: a card that is there, and one that comes.

Broken if it fails: a stock arm64 machine does not get four ports, at boot or by hot-plug, with INTx or with MSI.
"""

from lib import stock

kernels = ("7.3-arm64",)
options = dict(stock.OPTIONS, acpi=True)
timeout = 400
test = stock.check_coming_and_going
