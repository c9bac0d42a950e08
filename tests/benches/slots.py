# SPDX-License-Identifier: GPL-2.0-or-later
"""How the attach of one more card grows with the cards that are there."""

import statistics

from lib import bench, card, figures

from . import attach

kernel = "7.3"
CARDS = 8
options = {"cards": tuple(f"card{n}" for n in range(CARDS)), "ports": CARDS, "reserve": None, "memory": 1024}

REPEATS = 5
COUNTS = (1, 2, 4, 8)       # cards that are attached in the end


def measure(vm, report):
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci", timeout=300)
    functions = card.functions(vm)
    assert len(functions) == CARDS, functions
    for bdf in functions:
        vm.sh(attach.settled(bdf, ("switch",)), timeout=300)
    for bdf in functions:
        vm.sh(attach.unbind(bdf, attach.OURS))
    attached, detached = {}, {}
    for present, bdf in enumerate(functions, 1):
        if present in COUNTS:
            costs = attach.cycles(vm, bdf, attach.OURS, ("switch",), REPEATS)
            attached[present], detached[present] = (attach.total(cost) for cost in costs)
        vm.sh(f"{attach.bind(bdf, attach.OURS)} && {attach.settled(bdf, ('switch',))}")
    for verb, taken in (("attach", attached), ("detach", detached)):
        report.figure(f"{verb}.slots-exponent", "exponent",
                      [figures.exponent({count: values[n] for count, values in taken.items()})
                       for n in range(REPEATS)])
        report.note(f"{verb} of a card beside others: " + ", ".join(
            f"the {count}. {figures.number(statistics.median(values))}" for count, values in taken.items()))
