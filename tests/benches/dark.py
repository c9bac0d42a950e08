# SPDX-License-Identifier: GPL-2.0-or-later
"""How long the removal of a card takes that has died with its ports up, until hot-plug goes on, against mainline's driver.

Mainline's polls the PHYs of the dead card as long as it is there, and the kernel warns of each that does not answer.
"""

from lib import card, dark, dts, ports

from . import attach

kernel = "7.3"
options = {"nics": 2, "append": "panic_on_warn=0"}
expect_log = (r"WARNING: drivers/net/phy/phy\.c:\d+ at _phy_state_machine\+", r"Call Trace:")

REPEATS = 3
UNIT = "s of guest time"
PATIENCE = 3600     # seconds of a host that has much else to do


def removal(vm, driver):
    """Seconds until a function that died with its ports up is removed; the card is well and without a driver again."""
    [bdf] = card.functions(vm)
    vm.sh(f"{attach.bind(bdf, driver)} && until [ -e /sys/class/net/eth1 ]; do sleep 0.1; done && {ports.SILENTLY_UP}"
          " && for n in /sys/class/net/eth*; do until [ $(cat $n/carrier) = 1 ]; do sleep 0.1; done; done", PATIENCE)
    dark.set_dark(vm, True)
    took = dark.remove_function(vm, bdf, PATIENCE)
    dark.wait_let_go(vm, PATIENCE)
    dark.set_dark(vm, False)
    vm.sh("echo 1 >/sys/bus/pci/rescan")
    return took


def measure(vm, report):
    attach.load(vm)
    vm.put(dts.FIRMWARE, attach.mainline_overlay(vm))
    vm.sh("echo 0 >/sys/bus/pci/drivers_autoprobe")
    ours, mainline = ([removal(vm, driver) for _ in range(REPEATS)] for driver in (attach.OURS, attach.MAINLINE))
    report.figure("dark.remove", UNIT, ours, mainline)
    report.note("removal of a dead card, mainline: " + ", ".join(f"{seconds:.1f} s" for seconds in mainline))
