# SPDX-License-Identifier: GPL-2.0-or-later
"""The mainline driver of the card (lan966x_pci) works on the emulated card, and lets go of it.

Broken if it fails: the model suits only our own driver, so it proves nothing about the hardware.
"""

import re

from lib import card

options = {"smp": 2}

BOUND = {
    "oic": "lan966x-oic",
    "reset": "sparx5-switch-reset",
    "pinctrl": "pinctrl-ocelot",
    "serdes": "microchip,lan966x-serdes",
    "mdio": "mscc-miim",
    "switch": "lan966x-switch",
    "clock-600000000": "of_fixed_clk",
    "clock-30000000": "of_fixed_clk",
    "clock-15625000": "of_fixed_clk",
}


def test(vm):
    card.load_drivers(vm)
    [function] = card.functions(vm)
    vm.sh("modprobe lan966x-pci")
    bound = card.wait_bound(vm, function, BOUND)
    drivers = {re.split("[.:]", name)[-1]: driver for name, driver in bound.items()}
    assert {name: drivers.get(name) for name in BOUND} == BOUND, drivers
    assert not card.deferred(vm)
    assert card.interrupts(vm, f"{function}") is not None
    assert vm.sh("ls /sys/class/net").split() == ["eth0", "eth1", "lo"]

    vm.sh(f"echo 1 >/sys/bus/pci/devices/{function}/remove")
    assert not card.functions(vm)
    assert "pci-ep-bus" not in vm.sh("find /sys/firmware/devicetree/base -type d")
    vm.sh("echo 1 >/sys/bus/pci/rescan")
    card.wait_bound(vm, function, BOUND)
