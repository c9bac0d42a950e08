# SPDX-License-Identifier: GPL-2.0-or-later
"""SPI through a connector: the base's node bounds the clock, and an add-on that went leaves the bus as it found it. A gate
passes nothing on without power, also when its driver comes before that of the connector.

Broken if it fails: add-ons that are clocked faster than the board's wires stand, that get the settings of another one, or
that are fed through a bus.
"""

import re

from lib import addon, slot

kernels = ("7.3", "6.12")
timeout = 300
TRACING = "/sys/kernel/tracing"
OUTER = "spi0.0"
SLOW = "pci-ep-bus@0 { flexcom@e0060000 { spi@400 { spi@0 { spi-max-frequency = <1000000>; }; }; }; };"
# something of the base's own behind the gate, which programs can open
SPIDEV = """pci-ep-bus@0 { flexcom@e0060000 { spi@400 { spi@0 {
	own@0 { compatible = "rohm,dh2228fv"; reg = <0>; spi-max-frequency = <1000000>; }; }; }; }; };"""
NODE = "/dev/spidev1.0"


def setups(vm, device):
    """(mode, Hz) of each setting of a SPI device since the trace was emptied."""
    found = re.findall(rf"spi_setup: {re.escape(device)} setup mode (\d+), .*?(\d+) Hz max --> 0",
                       vm.sh(f"cat {TRACING}/trace"))
    vm.sh(f"echo >{TRACING}/trace")
    return [(int(mode), int(speed)) for mode, speed in found]


def check_closed(vm):
    status, said = vm.try_sh(f"until [ -e {NODE} ]; do sleep 0.1; done; dd if={NODE} of=/dev/null bs=1 count=1 2>&1")
    assert status and "No such device" in said, said


def test(vm):
    for model in ("flash", "thermo-led"):
        addon.memory(vm, model, addon.image(model=model))
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

    vm.sh("modprobe spidev")
    before = addon.replace(vm, bdf, SPIDEV)
    check_closed(vm)
    [connector] = vm.sh("cd /sys/bus/platform/drivers/dtslot-connector && ls -d *:connector").split()
    vm.sh(f"cd /sys/bus && echo {connector} >platform/drivers/dtslot-connector/unbind"
          f" && cd spi/drivers/dtslot-spi-gate && echo {OUTER} >unbind && echo {OUTER} >bind")
    check_closed(vm)
    vm.sh(f"[ -e {addon.CONNECTOR} ] || echo {connector} >/sys/bus/platform/drivers/dtslot-connector/bind")
    addon.wait_state(vm, "empty")
    check_closed(vm)
    addon.plug(vm, "thermo-led", flash="none")
    addon.wait_attached(vm)
    vm.sh(f"dd if={NODE} of=/dev/null bs=1 count=1")
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    check_closed(vm)
    slot.check_nothing_left(vm, before)
