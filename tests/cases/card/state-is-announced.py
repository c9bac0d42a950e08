# SPDX-License-Identifier: GPL-2.0-or-later
"""Each change of a slot's state wakes poll(2) on "state" and sends a uevent that carries the state.

Broken if it fails: a service that waits for the card has to ask again and again.
"""

from lib import card, slot

kernels = ("7.3", "6.12")


def uevents(job):
    return [line.removeprefix("uevent ") for line in job.output.splitlines() if line.startswith("uevent")]


def test(vm):
    [bdf] = card.functions(vm)
    slot.load(vm)
    slot.wait_attached(vm, bdf)
    name = slot.path(bdf).split("/")[-1]
    job = vm.spawn(f"exec slotwatch {slot.path(bdf)}")
    job.wait_for("watching")

    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    job.wait_for("state empty")
    job.wait_for(f"uevent change {name} empty")
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    job.wait_for("state attached")
    job.wait_for(f"uevent change {name} attached")
    assert uevents(job) == [f"change {name} {state}" for state in
                            ("detaching", "empty", "identifying", "attaching", "attached")], job.output

    slot.unbind(vm, bdf)
    job.wait_for(f"uevent remove {name} -")
    # what has gone is not announced as a place to fill
    assert uevents(job)[5:] == [f"change {name} detaching", f"remove {name} -"], job.output
    job.kill()
    job.wait()
