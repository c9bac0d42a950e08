# SPDX-License-Identifier: GPL-2.0-or-later
"""How attach and detach grow with the overlay, against the kernel's own of_overlay_fdt_apply()."""

import statistics

from lib import bench, card, dts, figures, slot

from . import attach

kernel = "7.3"
options = {"memory": 1024}

SIZES = (10, 100, 1000, 5000)
PEER_SIZES = (10, 30, 100)      # the peer takes minutes for more
COMPARED = 100
REPEATS = 5


def nodes(count):
    return "".join(f"n{n} {{ a = <{n}>; b = \"some text\"; }};" for n in range(count))


def fixups(count):
    """As many nodes, each with a reference to the one before it."""
    return "p: n { }; l0: n0 { r = <&p>; };" + "".join(
        f"l{n}: n{n} {{ r = <&l{n - 1}>; }};" for n in range(1, count))


def overlays(body, sizes):
    return {size: dts.compile_overlay(dts.fragment(body(size))) for size in sizes}


def measure_ours(vm, bdf, blobs):
    """({size: [instructions]} of attach, of detach)."""
    attached, detached = {}, {}
    for size, blob in blobs.items():
        vm.put(dts.FIRMWARE, blob)
        costs = attach.cycles(vm, bdf, attach.OURS, names=(), repeats=REPEATS)
        attached[size], detached[size] = (attach.total(cost) for cost in costs)
    return attached, detached


def measure_peer(vm, blobs):
    applied, removed = {}, {}
    for size, blob in blobs.items():
        vm.put(dts.FIRMWARE, blob)
        runs = [bench.read(vm, "overlay") for _ in range(REPEATS)]
        applied[size], removed[size] = ([run[n][0] for run in runs] for n in (0, 1))
    return applied, removed


def middle(taken):
    return {size: statistics.median(values) for size, values in taken.items()}


def exponents(taken):
    """The exponent of each repetition."""
    return [figures.exponent({size: values[n] for size, values in taken.items()}) for n in range(REPEATS)]


def measure(vm, report):
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci")
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    vm.sh(attach.unbind(bdf, attach.OURS))
    series = {}
    for what, body in (("nodes", nodes), ("fixups", fixups)):
        blobs = overlays(body, SIZES)
        ours = measure_ours(vm, bdf, blobs)
        peer = measure_peer(vm, overlays(body, PEER_SIZES))
        report.figure(f"attach.{what}-{COMPARED}", bench.INSTRUCTIONS, ours[0][COMPARED], peer[0][COMPARED])
        for verb, taken, other in (("attach", ours[0], peer[0]), ("detach", ours[1], peer[1])):
            report.figure(f"{verb}.{what}-exponent", "exponent", exponents(taken), exponents(other))
            series[f"{verb}, {what}, dtslot"] = middle(taken)
            series[f"{verb}, {what}, of_overlay"] = middle(other)
    report.picture("growth.svg", figures.curves("Attach and detach against the size of the overlay",
                                                "nodes, or nodes with a reference each", bench.INSTRUCTIONS, series))
