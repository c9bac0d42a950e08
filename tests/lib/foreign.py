# SPDX-License-Identifier: GPL-2.0-or-later
"""A node of another origin below one of a slot: see tests/modules/foreign-node.c."""

import shutil

from . import cache
from .say import output, run

SOURCE = cache.TESTS / "modules"
NAME = "foreign-node"


def build(kernel):
    """The module for a kernel."""
    def make(work):
        copy = work / "source"
        shutil.copytree(SOURCE, copy)
        run(["make", "-C", kernel.build, f"M={copy}", *kernel.make_arguments, "modules"],
            f"building the tests' modules for {kernel.name}", cache.directory("logs") / f"test-modules-{kernel.name}.log")
        output([f"{kernel.tools}strip", "-g", copy / f"{NAME}.ko"])
        (copy / f"{NAME}.ko").rename(work / f"{NAME}.ko")

    directory = cache.artefact(f"test-modules-{kernel.name}", cache.key(kernel.directory.name, SOURCE), make)
    return directory / f"{NAME}.ko"


def add(vm, parent):
    """Add a node below the one with this path."""
    vm.put(f"/lib/{NAME}.ko", build(vm.build.kernel).read_bytes())
    vm.sh(f"insmod /lib/{NAME}.ko parent={parent}")


def take_off(vm):
    vm.sh(f"rmmod {NAME}")
