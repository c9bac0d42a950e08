# SPDX-License-Identifier: GPL-2.0-or-later
"""SPI through a connector: the base's node bounds the clock, a setting that was refused is tried anew, and an add-on that
went leaves the bus as it found it.

Broken if it fails: add-ons that are clocked faster than the board's wires stand, or that get the settings of another one.
"""

import re

from lib import addon, dts, slot
from lib.gdb import Gdb, address

kernels = ("7.3", "6.12")
timeout = 300
TRACING = "/sys/kernel/tracing"
OUTER = "spi0.0"
EINVAL = -22
expect_log = [r"spi-nor spi1\.0: (unrecognized JEDEC|operation failed|error -22|failed|probe)", ]
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

    # the first message of the add-on's driver wants a setting that the base's controller refuses
    setup = address(vm, "spi_setup")
    gdb = Gdb(vm)
    addon.plug(vm, "flash")
    gdb.run_to(setup, 2)
    gdb.leave(EINVAL)
    gdb.close()
    addon.wait_attached(vm, "/sys/bus/spi/devices/spi1.0")
    vm.sh("sleep 1")
    assert vm.try_sh("[ -e /sys/bus/spi/devices/spi1.0/driver ]")[0]
    setups(vm, OUTER)
    vm.sh("echo spi1.0 >/sys/bus/spi/drivers/spi-nor/bind")
    assert setups(vm, OUTER)[0] == (0, 10000000)
    addon.unplug(vm)
    addon.wait_state(vm, "empty")

    before = addon.replace(vm, bdf, SLOW)
    setups(vm, OUTER)
    addon.plug(vm, "flash")
    addon.wait_attached(vm, "/dev/mtd0")
    vm.sh("cat /dev/mtd0 >/dev/null")
    assert {speed for _, speed in setups(vm, OUTER)} <= {1000000}
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)
