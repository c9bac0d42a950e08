# SPDX-License-Identifier: GPL-2.0-or-later
"""Attach with each of its memory allocations failing in turn: the error names the step, and all is as before.

The overlay's last node cannot be made, so that the attach ends before the live tree is changed: mainline does not bear
an allocation that fails while it makes a node's files in sysfs (docs/mainline.md).

Broken if it fails: a slot that is filled under memory pressure leaves memory behind, or does not say what went wrong.
"""

import re

from lib import card, dts, manual

kernels = ("7.3-debug",)
options = {"memory": 1024, "clock": "real", "append": "slab_debug=- no_debug_objects", "cards": (), "ports": 0}
timeout = 300

NODES = dts.fragment("""
    supply: supply { compatible = "regulator-fixed"; regulator-name = "input"; };
    bus { compatible = "simple-bus";
          clock { compatible = "fixed-clock"; clock-output-names = [61]; vin-supply = <&supply>; }; };
""")
LAST = "apply: cannot make node 'clock' (error -22)"
STEPS = ("begin", "check", "resolve", "apply")      # those that allocate


def leaks(vm):
    """Records of kmemleak that our modules allocated, or somebody for them."""
    vm.sh("sleep 10; echo scan >/sys/kernel/debug/kmemleak; sleep 10; echo scan >/sys/kernel/debug/kmemleak", timeout=240)
    report = vm.sh("cat /sys/kernel/debug/kmemleak")
    return [record for record in re.split(r"(?=^unreferenced object)", report, flags=re.M) if "dtslot" in record]


def test(vm):
    vm.sh("modprobe dtslot-manual")
    vm.sh("cd /sys/kernel/debug/failslab && echo 0 >verbose && echo N >ignore-gfp-wait")
    manual.make(vm, "fault", "/", dts.compile_overlay(NODES))
    before = card.snapshot(vm)
    vm.sh("echo clear >/sys/kernel/debug/kmemleak")
    *failed, last = vm.sh("failnth /sys/class/dtslot/manual:fault", timeout=240).splitlines()
    assert last.endswith(f" allocations; then: {LAST}"), last
    found = {}
    needed = [line for line in failed if not re.fullmatch(r"\d+ 22 " + re.escape(LAST), line)]
    for line in needed:
        step, message = re.fullmatch(r"\d+ 12 ([a-z]+): (.+)", line).groups()
        found.setdefault(step, set()).add(message)
    assert tuple(found) == STEPS, found
    assert all("no memory for" in message or "(error -12)" in message for step in STEPS for message in found[step]), found
    vm.note(f"{last.split(';')[0]}, {len(needed)} of them needed")
    assert not card.differences(before, card.snapshot(vm))
    found = leaks(vm)
    assert not found, "\n".join(found)
