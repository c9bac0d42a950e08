# SPDX-License-Identifier: GPL-2.0-or-later
"""The tests' own modules; one adds a node of another origin below one of a slot: see tests/modules."""

import lzma
import shutil

from . import cache, image
from .say import output, run

SOURCE = cache.TESTS / "modules"
NAME = "foreign-node"


def build(kernel, name=NAME):
    """A module for a kernel."""
    def make(work):
        copy = work / "source"
        shutil.copytree(SOURCE, copy)
        run(["make", "-C", kernel.build, f"M={copy}", *kernel.make_arguments, "modules"],
            f"building the tests' modules for {kernel.name}", cache.directory("logs") / f"test-modules-{kernel.name}.log")
        for module in copy.glob("*.ko"):
            output([f"{kernel.tools}strip", "-g", module])
            module.rename(work / module.name)

    directory = cache.artefact(f"test-modules-{kernel.name}", cache.key(kernel.directory.name, SOURCE), make)
    return directory / f"{name}.ko"


def load(vm, name, arguments=""):
    """Load one in the guest."""
    vm.put(f"/lib/{name}.ko", build(vm.build.kernel, name).read_bytes())
    vm.sh(f"insmod /lib/{name}.ko {arguments}")


def load_stock(vm, *names):
    """Load modules of the guest's own kernel that are not in its root file system, and what they need."""
    for path in image.module_closure(vm.build.kernel, names):
        name = path.name.removesuffix(".xz")
        if vm.try_sh(f"grep -q '^{name.removesuffix('.ko').replace('-', '_')} ' /proc/modules")[0]:
            content = path.read_bytes()
            vm.put(f"/lib/{name}", lzma.decompress(content) if path.suffix == ".xz" else content)
            vm.sh(f"insmod /lib/{name} && rm /lib/{name}")


def add(vm, parent, phandle=0):
    """Add a node below the one with this path, with a phandle unless that is 0."""
    load(vm, NAME, f"parent={parent} phandle={phandle}")


def take_off(vm):
    vm.sh(f"rmmod {NAME}")
