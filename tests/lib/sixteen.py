# SPDX-License-Identifier: GPL-2.0-or-later
"""Sixteen cards in one machine, four below each of four switches.

The firmware has no room for so many: the cards show their BARs once their boot window is over, when the kernel has
given each slot a window.
"""

import time

from . import card, slot

SWITCHES, SLOTS = 4, 4
CARDS = SWITCHES * SLOTS
BOOT_MS = 20000
PATIENCE = 3600     # seconds of a host that has much else to do


def switch(number):
    """QEMU's arguments for a switch with its slots."""
    yield f"x3130-upstream,id=up{number},bus=rp{number}"
    for port in range(SLOTS):
        place = number * SLOTS + port
        yield f"xio3130-downstream,id=down{place},bus=up{number},addr={port:x}.0,chassis={20 + place},slot={20 + place}"


def options(**more):
    """Options of a machine with the cards in it."""
    devices = [device for number in range(SWITCHES) for device in switch(number)]
    devices += [f"lan966x-endpoint,id=card{n},bus=down{n}" for n in range(CARDS)]
    arguments = [argument for device in devices for argument in ("-device", device)]
    return {"cards": (), "ports": SWITCHES, "reserve": None, "memory": 512,
            "qemu": ("-global", f"lan966x-endpoint.boot-ms={BOOT_MS}", *arguments),
            "append": "pci=realloc,hpmmiosize=98M", **more}


# 6.12 leaves windows that the firmware has set as they are, however small: the ports are found anew, without them
PORTS = "for port in $(grep -l 0x000c $(grep -l 0x1b36 /sys/bus/pci/devices/*/vendor | sed s/vendor/device/)); do"
WINDOWS = f"{PORTS} echo 1 >${{port%/*}}/remove; done; echo 1 >/sys/bus/pci/rescan"


def load(vm):
    """Load our drivers once the boot windows are over; those of the SoC are loaded."""
    vm.sh(f"sleep {BOOT_MS / 1000}", PATIENCE)
    if vm.kernel == "6.12":
        vm.sh(WINDOWS, PATIENCE)
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci", PATIENCE)


def pull_all(vm):
    """Pull all cards at once; returns when the guest has let go of all."""
    cards = {f"card{place}" for place in range(CARDS)}
    for name in cards:
        vm.qmp("device_del", id=name)
    vm.until("[ -z \"$(ls /sys/class/dtslot)\" ]", PATIENCE)
    # not by events: of all that is on so many cards more come than are kept
    deadline = time.monotonic() + PATIENCE
    while cards & {child["name"] for child in vm.qmp("qom-list", path="/machine/peripheral")}:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    vm.sh("true")       # as in vm.unplug()


def plug_all(vm):
    """Plug all cards at once; the slots have windows by now."""
    for place in range(CARDS):
        vm.plug(f"card{place}", bus=f"down{place}", boot_ms=0)


def wait_functions(vm):
    """Wait until the kernel has found all cards; returns their PCI addresses."""
    vm.until(f"[ $(grep -l 0x9660 /sys/bus/pci/devices/*/device | wc -l) = {CARDS} ]", PATIENCE)
    return card.functions(vm)


def wait_all(vm):
    """Wait until all cards are attached and all their drivers bound; returns their PCI addresses."""
    functions = wait_functions(vm)
    for bdf in functions:
        vm.until(f"[ $(cat {slot.path(bdf)}/state) = attached ] && [ $(cat {slot.path(bdf)}/settled) = 1 ]", PATIENCE)
        # mainline's driver of the OTP serves the first card only
        unbound = [line for line in slot.show(vm, bdf, "unbound").splitlines() if ".otp" not in line]
        assert unbound == [], (bdf, unbound)
    return functions
