# SPDX-License-Identifier: GPL-2.0-or-later
"""SPI through a connector: the base's node bounds the clock, and an add-on that went leaves the bus as it found it.

Broken if it fails: add-ons that are clocked faster than the board's wires stand, or that get the settings of another one.
"""

import re

from lib import addon, slot

kernels = ("7.3", "6.12")
timeout = 300
TRACING = "/sys/kernel/tracing"
OUTER = "spi0.0"
SLOW = "pci-ep-bus@0 { flexcom@e0060000 { spi@400 { spi@0 { spi-max-frequency = <1000000>; }; }; }; };"


def setups(vm, device):
    """(mode, Hz) of each setting of a SPI device since the trace was emptied."""
    found = re.findall(rf"spi_setup: {re.escape(device)} setup mode (\d+), .*?(\d+) Hz max --> 0",
                       vm.sh(f"cat {TRACING}/trace"))
    vm.sh(f"echo >{TRACING}/trace")
    return [(int(mode), int(speed)) for mode, speed in found]


def test(vm):
    addon.memory(vm, "flash", addon.image(model="flash"))
    bdf = addon.attach(vm)
    vm.sh(f"echo 1 >{TRACING}/events/spi/spi_setup/enable")
    addon.plug(vm, "flash")
    addon.wait_attached(vm, "/dev/mtd0")
    assert setups(vm, OUTER)[-1] == (0, 10000000)
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    assert setups(vm, OUTER) == [(0, 20000000)]

    before = addon.replace(vm, bdf, SLOW)
    setups(vm, OUTER)
    addon.plug(vm, "flash")
    addon.wait_attached(vm, "/dev/mtd0")
    vm.sh("cat /dev/mtd0 >/dev/null")
    assert {speed for _, speed in setups(vm, OUTER)} <= {1000000}
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)
