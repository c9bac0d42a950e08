# SPDX-License-Identifier: GPL-2.0-or-later
"""The writers of "attach" and "detach" are killed in the middle: the slot does what was asked, whoever asked.

Broken if it fails: a signal at the wrong moment leaves a slot that says "attached" with half of its drivers dead.
"""

import re

from lib import card, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
KILLED = 137
MOMENTS = (0.05, 0.2, 0.4, 0.6)     # seconds from the write on; an attach takes longer


def kill_writer(vm, bdf, verb, moment):
    status, _ = vm.try_sh(f"timeout -s KILL {moment} sh -c 'echo 1 >{slot.path(bdf)}/{verb}'")
    return status


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    for moment in MOMENTS:
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
        assert kill_writer(vm, bdf, "attach", moment) == KILLED, moment
        slot.check_complete(vm, bdf)
        assert slot.show(vm, bdf, "error") == ""
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    # of two writers one is killed while it waits for the other's attach, the other in its attach
    first = vm.spawn(f"exec timeout -s KILL 0.5 sh -c 'echo 1 >{slot.path(bdf)}/attach'")
    vm.until(f"grep -E 'identifying|attaching' {slot.path(bdf)}/state")
    assert kill_writer(vm, bdf, "detach", 0.1) == KILLED
    assert first.wait() == KILLED
    vm.until(f"[ $(cat {slot.path(bdf)}/state) = empty ]")
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
    vm.sync_log()
    assert not re.findall(r".*error -(?:4|512)\b.*", vm.log())
