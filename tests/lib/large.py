# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlays that are as large as they may be, and what a card with one does when it is removed."""

import struct

from . import dark, dts, fdt, slot

LARGEST = (4 << 20) - 1024     # what is around the nodes has room, too
PATIENCE = 900      # seconds of a host that has much else to do
NODE_SIZE, DEVICE_SIZE = 16, 96     # bytes of the blob for each


def cells(*values):
    return struct.pack(f">{len(values)}I", *values)


def overlay(children, fixups=None):
    """A blob; fixups mirrors its children, with the offsets of references."""
    root = {"fragment@0": fdt.Node({"target-path": b"\0"}, {"__overlay__": fdt.Node(children=children)})}
    if fixups:
        mirror = fdt.Node(children={"__overlay__": fdt.Node(children=fixups)})
        root["__local_fixups__"] = fdt.Node(children={"fragment@0": mirror})
    return fdt.write(fdt.Node(children=root))


def nodes(size):
    """Nodes side by side, of which nothing is made."""
    return overlay({f"n{n:06x}": fdt.Node() for n in range(size // NODE_SIZE)})


def devices(size):
    """Devices that need the same one."""
    compatible = b"acme,none\0"
    names = [f"n{n:05x}" for n in range(size // DEVICE_SIZE)]
    clock = fdt.Node({"compatible": compatible, "#clock-cells": cells(0), "phandle": cells(1)})
    return overlay({"clock": clock, **{name: fdt.Node({"compatible": compatible, "clocks": cells(1)}) for name in names}},
                   {name: fdt.Node({"clocks": cells(0)}) for name in names})


def attach_and_detach(vm, bdf, blob):
    """How long an attach and a detach take, in seconds of the guest."""
    vm.put(dts.FIRMWARE, blob)
    start = dark.uptime(vm)
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach", PATIENCE)
    attached = dark.uptime(vm)
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach", PATIENCE)
    return attached - start, dark.uptime(vm) - attached


def remove(vm, bdf, command, after):
    """Remove a card this long after a command for its slot was begun; returns how long the removal takes."""
    job = vm.spawn(f"{command}; echo ended $?")
    times = vm.sh(f"sleep {after:.2f}; cat /proc/uptime; echo 1 >/sys/bus/pci/devices/{bdf}/remove; cat /proc/uptime", PATIENCE)
    before, behind = (float(line.split()[0]) for line in times.splitlines())
    job.wait(PATIENCE)
    assert "ended 0" not in job.output, f"{command} has come to its end in {after:.2f} s"
    dark.wait_let_go(vm, PATIENCE)
    return behind - before


def come_back(vm, bdf):
    """Find the card again, with an empty slot."""
    vm.sh(f"mv {dts.FIRMWARE} /tmp/large.dtbo; echo 1 >/sys/bus/pci/rescan")
    vm.until(f"grep attached {slot.path(bdf)}/state")
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach; mv /tmp/large.dtbo {dts.FIRMWARE}")
