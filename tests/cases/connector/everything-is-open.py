# SPDX-License-Identifier: GPL-2.0-or-later
"""Add-ons are pulled while programs have everything open that they brought: flash, partition, I2C buses, SPI device, chip
and line of GPIO, sensor, LED. Power is off within 100 ms of the time in which the line has to be quiet, the next add-on
comes in its own time, the programs get errors, and their end leaves nothing.

Broken if it fails: an unplug that waits for programs.
"""

from lib import pulled

kernels = ("7.3", "6.12")
timeout = 300


def test(vm):
    bdf = pulled.prepare(vm)
    pulled.trace(vm)
    pulled.check(vm, bdf, lambda: pulled.check_time(vm))
