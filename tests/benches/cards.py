# SPDX-License-Identifier: GPL-2.0-or-later
"""What attach and detach of the sixteenth card cost beside those of the first. Mainline's driver serves one card."""

import statistics

from lib import dts, figures, sixteen

from . import attach

kernel = "7.3"
options = sixteen.options()

REPEATS = 5
UNIT = "of the first card's"


def measure(vm, report):
    sixteen.load(vm)
    functions = sixteen.wait_all(vm)
    for bdf in functions:
        vm.sh(attach.unbind(bdf, attach.OURS), sixteen.PATIENCE)
    vm.put(dts.FIRMWARE, attach.mainline_overlay(vm))
    taken = {}
    for place, bdf in enumerate(functions, 1):
        if place in (1, sixteen.CARDS):
            taken[place] = [attach.total(costs) for costs in attach.cycles(vm, bdf, attach.OURS, repeats=REPEATS)]
        vm.sh(f"{attach.bind(bdf, attach.OURS)} && {attach.settled(bdf)}", sixteen.PATIENCE)
    for n, verb in enumerate(("attach", "detach")):
        first, last = (statistics.median(costs[n]) for costs in taken.values())
        report.figure(f"cards.16.{verb}", UNIT, [value / first for value in taken[sixteen.CARDS][n]])
        report.note(f"{verb} of a card among sixteen: the 1. {figures.number(first)}, the 16. {figures.number(last)}")
    report.note("mainline's lan966x_pci serves one card: a second one's fixed clocks have the names of the first one's")
