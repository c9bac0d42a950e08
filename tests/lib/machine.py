# SPDX-License-Identifier: GPL-2.0-or-later
"""The machines that QEMU emulates: one for each architecture of a guest."""

import os
from dataclasses import dataclass
from pathlib import Path

from .say import output

BIOS = "/usr/share/seabios"
# where it runs, the kernel gets ACPI tables and no device tree
EFI = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
APPEND = "loglevel=8 printk.time=1 panic=-1 panic_on_warn=1 oops=panic random.trust_cpu=on"


@dataclass
class Machine:
    """What differs between machines."""
    arguments: list     # for QEMU: machine, processor, memory
    accel: str
    console: list       # the device of the chardev "console"
    agents: dict        # ways to the agent: devices of the chardev "agent"
    append: str         # for the kernel


def by_virtio(bus):
    return ["-device", bus, "-device", "virtserialport,chardev=agent,nr=1,name=agent"]


def q35(build, memory, smp, _acpi, _gic):
    accel = os.environ.get("ACCEL", "tcg")
    return Machine(
        arguments=["-L", build.roms, "-L", BIOS, "-machine", f"q35,accel={accel},vmport=off,hpet=on",
                   "-m", str(memory), "-smp", str(smp),
                   "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"],
        accel=accel, console=["-device", "isa-serial,chardev=console"],
        agents={"virtio": by_virtio("virtio-serial-pci,addr=02.0"), "tty": ["-device", "isa-serial,chardev=agent"]},
        append=f"console=ttyS0 {APPEND} tsc=reliable no_timer_check rdinit=/init")


def virt(_build, memory, smp, acpi, gic):
    firmware = ["-bios", EFI] if acpi else []
    return Machine(
        arguments=["-machine", f"virt,accel=tcg,gic-version={gic}", "-cpu", "cortex-a57", "-m", str(memory),
                   "-smp", str(smp), "-global", "virtio-mmio.force-legacy=false", *firmware],
        accel="tcg", console=["-serial", "chardev:console"],
        agents={"virtio": by_virtio("virtio-serial-device")},
        append=f"console=ttyAMA0 {APPEND} rdinit=/preinit")


MACHINES = {"amd64": q35, "arm64": virt}


class Tree:
    """The device tree that QEMU makes for a machine, to be changed before the guest gets it."""

    def __init__(self, qemu, machine, path):
        self.path = Path(path)
        arguments = list(machine.arguments)
        arguments[arguments.index("-machine") + 1] += f",dumpdtb={path}"
        output([qemu, "-nodefaults", "-display", "none", *arguments])

    def properties(self, node):
        """{name: value} of a node."""
        names = output(["fdtget", "-p", self.path, node]).split()
        return {name: self.value(node, name) for name in names}

    def value(self, node, name):
        text = output(["fdtget", "-t", "bx", self.path, node, name])
        return bytes(int(byte, 16) for byte in text.split())

    def without(self, nodes, path):
        """A copy at this path that lacks these nodes and those below them."""
        Path(path).write_bytes(self.path.read_bytes())
        for node in nodes:
            output(["fdtput", "-r", path, node])
        return path
