# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlays with one wrong pin, one wrong or missing clock, one missing reset: what depends on it fails, as on silicon.

Broken if it fails: such an overlay works on the model, and its author sees the fault when the card is built.
"""

import re

from lib import card, dts, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 300
WITHOUT_CLOCK = ("clocks = <&clks 7>;\n     atmel,flexcom-mode", "atmel,flexcom-mode")
RESET = "<0xe200413c 0x24>, <0xe2010020 0x4>"


def overlay(vm, old, new):
    source = dts.preprocess(dts.cache.REPO / "dts/lan966x.dtso", vm.build.kernel.bindings)
    assert old in source, old
    return dts.compile_overlay(source.replace(old, new))


def attach(vm, bdf, old, new):
    vm.put(dts.FIRMWARE, overlay(vm, old, new))
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    vm.until(f"[ $(cat {slot.path(bdf)}/settled) = 1 ]")


def detach(vm, bdf):
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")


def sensor(vm, bdf):
    """What a read of the sensor on flexcom 0 says."""
    return vm.try_sh(f"i2ctransfer -y {slot.i2c_bus(vm, bdf)} w1@0x48 0 r2 2>&1")


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    assert sensor(vm, bdf)[0] == 0
    phys = vm.sh("ls /sys/bus/mdio_bus/devices").split()
    detach(vm, bdf)

    attach(vm, bdf, 'pins = "GPIO_9", "GPIO_10";', 'pins = "GPIO_9", "GPIO_8";')
    assert sensor(vm, bdf) == (1, "Error: Sending messages failed: Remote I/O error\n"), sensor(vm, bdf)
    detach(vm, bdf)

    # the driver switches another flexcom's clock on
    attach(vm, bdf, "clocks = <&clks 7>;", "clocks = <&clks 8>;")
    assert sensor(vm, bdf) == (1, "Error: Sending messages failed: Connection timed out\n"), sensor(vm, bdf)
    detach(vm, bdf)

    attach(vm, bdf, *WITHOUT_CLOCK)
    unbound = slot.show(vm, bdf, "unbound").splitlines()
    assert re.search(r"/flexcom@e0040000 \S+: probe failed with -2$", unbound[0]), unbound
    detach(vm, bdf)

    assert len(phys) == 2, phys
    attach(vm, bdf, RESET, RESET.split(",")[0])
    assert vm.sh("ls /sys/bus/mdio_bus/devices") == "", "a PHY that is in reset"
    detach(vm, bdf)

    attach(vm, bdf, RESET, RESET)
    slot.check_complete(vm, bdf)
    assert sensor(vm, bdf)[0] == 0
