# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benches (tests/benches/*.py) share: the module in the guest, its stamps, what is reported.

A bench is a module with

    kernel = "7.3"              the kernel to boot
    options = {...}             see VM.__init__
    expect_log = (r"regex",)    lines that are no complaint here, and that must appear in the kernel log
    def measure(vm, report)     adds to the report; the VM is up, the SoC's drivers and the stamps are loaded
"""

import re
import shutil

from . import cache, card, figures
from .say import run
from .vm import CLOCKS

SOURCE = cache.TESTS / "benches/module"
FILES = "/sys/kernel/debug/dtslot-bench"
SHIFT = int(re.search(r"shift=(\d+)", " ".join(CLOCKS["icount"]))[1])     # an instruction is 2^shift ns
REPEATS = 7
WARM_UP = 2
INSTRUCTIONS = "instructions"


class Report:
    """The figures, notes and pictures of a run."""

    def __init__(self):
        self.figures, self.notes, self.pictures = [], [], {}
        self.kept = {}      # values that a later bench compares with

    def figure(self, name, unit, values, peer=()):
        self.figures.append(figures.figure(name, unit, values, peer))

    def note(self, text):
        self.notes.append(text)

    def picture(self, name, content):
        self.pictures[name] = content


def build_module(kernel):
    """The bench's module for a kernel."""
    def make(work):
        copy = work / "source"
        shutil.copytree(SOURCE, copy)
        run(["make", "-C", kernel.build, f"M={copy}", "modules"], f"building the bench's module for {kernel.name}",
            cache.directory("logs") / f"bench-{kernel.name}.log")
        (copy / "dtslot-bench.ko").rename(work / "dtslot-bench.ko")

    directory = cache.artefact(f"bench-{kernel.name}", cache.key(kernel.directory.name, SOURCE), make)
    return directory / "dtslot-bench.ko"


def prepare(vm, module):
    """Load the SoC's drivers and the stamps."""
    card.load_drivers(vm)
    vm.put("/lib/dtslot-bench.ko", module.read_bytes())
    vm.sh("insmod /lib/dtslot-bench.ko")


def read(vm, name):
    """A file of the module that is lines of nanoseconds, as lists of instructions, one for each column."""
    rows = [line.split() for line in vm.sh(f"cat {FILES}/{name}", timeout=600).splitlines()]
    return [[int(value) >> SHIFT for value in column] for column in zip(*rows)]


def cost(vm):
    """{account: instructions} since this was called last."""
    rows = (line.rsplit(" ", 1) for line in vm.sh(f"cat {FILES}/cost").splitlines())
    result = {name: int(value) for name, value in rows}
    assert result.pop("lost") == 0, "the module has lost track of a task"
    return {name: value >> SHIFT for name, value in result.items()}


def seconds(instructions):
    """How long the guest takes for them."""
    return (instructions << SHIFT) / 1e9


def set_steps(vm, names=()):
    """Charge these functions by themselves; that takes a probe at each, so not for what is compared."""
    vm.sh(f"echo >{FILES}/steps; " + "; ".join(f"echo {name} >{FILES}/steps" for name in names))


def cost_of(vm, command, settle):
    """What a command costs until settle (a command, too) has waited for its end."""
    cost(vm)
    # device links are freed by a work that comes a little later
    vm.sh(f"{command} && {settle} && sleep 1", timeout=600)
    return cost(vm)


def ours(accounts):
    """Without the SoC's drivers, and without what is no part of it."""
    return sum(value for name, value in accounts.items()
               if name not in ("idle", "waiting", "others", "interrupts", "drivers"))
