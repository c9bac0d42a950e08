# SPDX-License-Identifier: GPL-2.0-or-later
"""With boot-ms a card has no ids and no BARs for that time after it is plugged, its slot or its machine is reset.

By default it is as with silicon: 100 ms, but none when its machine starts or wakes, whose firmware looks later than QEMU's.

Broken if it fails: hot-plug, slot reset and wake-up are never tested with a card that takes its time as silicon does.
"""

from lib import model
from lib.fuzz import CARD, ROOT_PORT

kernels = ()
timeout = 60
MS = 1_000_000
CONTROLLER, CHIP, NETWORK = 0xabcd16c3, 0x96601055, 0x02000000
BRIDGE_CONTROL, BUS_RESET = 0x3e, 0x40
# the chipset's power management: its registers in configuration space, where its ports are put, and S3
LPC, PMBASE, ACPI_CNTL, PORTS, SLEEP = (0, 31), 0x40, 0x44, 0x600, 1 << 13 | 1 << 10
S3 = ("-global", "ICH9-LPC.disable_s3=0")


def ids(lab):
    return lab.config_read(CARD, 0), lab.config_read(CARD, 8), lab.config_read(CARD, 0x2c)


def bar(lab):
    """What BAR 0 says of its size."""
    lab.lines(lab.config_lines(CARD, 0x10, 0xffffffff))
    return lab.config_read(CARD, 0x10)


def check(lab, ms=100):
    """The card is not ready for so long, and then it is."""
    for step in (0, ms - 1) if ms else ():
        lab.step(step * MS)
        assert ids(lab) == (CONTROLLER, 0, 0) and bar(lab) == 0
    lab.step(2 * MS)
    assert ids(lab) == (CHIP, NETWORK, CHIP), ids(lab)
    assert bar(lab) == 0xfe000000, hex(bar(lab))


def reset_bus(lab):
    for value in (BUS_RESET, 0):
        lab.lines(lab.config_lines(ROOT_PORT, BRIDGE_CONTROL, value, "w"))


def reset_machine(lab, ms):
    lab.command("system_reset")
    lab.lines(lab.map_lines())
    check(lab, ms)


def sleep(lab, ms):
    """Suspend the machine to RAM, and wake it."""
    lab.lines([*lab.config_lines(LPC, PMBASE, PORTS | 1), *lab.config_lines(LPC, ACPI_CNTL, 0x80, "b"),
               f"outw {PORTS + 4:#x} {SLEEP:#x}"])
    while lab.command("query-status")["status"] != "suspended":
        pass
    lab.command("system_wakeup")
    while lab.command("query-status")["status"] != "running":
        pass
    lab.lines(lab.map_lines())
    check(lab, ms)


def test(_):
    for properties, ms, machine in (({"boot_ms": 0}, 0, 0), ({}, 100, 0), ({"boot_ms": 40}, 40, 40),
                                    ({"boot_ms": -1, "x_strict": False}, 0, 0)):
        with model.Lab(S3, ready=False, **properties) as lab:
            check(lab, ms)
            reset_bus(lab)
            check(lab, ms)
            reset_machine(lab, machine)
            sleep(lab, machine)
