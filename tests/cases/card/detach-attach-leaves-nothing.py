# SPDX-License-Identifier: GPL-2.0-or-later
"""Again and again the slot's own detach and attach: states as documented, nothing is left, nothing grows.

Broken if it fails: the slot cannot be emptied and filled from userspace.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
timeout = 600
soaks = True


def test(vm):
    [bdf] = card.functions(vm)
    slot.load(vm)
    slot.wait_attached(vm, bdf)
    attach, detach = (f"echo 1 >{slot.path(bdf)}/{verb}" for verb in ("attach", "detach"))

    assert vm.try_sh(attach)[0], "attached twice"
    slot.check_complete(vm, bdf)
    vm.sh(detach)
    assert slot.show(vm, bdf, "state") == "empty"
    assert slot.show(vm, bdf, "model") == slot.show(vm, bdf, "overlay") == ""
    assert card.devices(vm, bdf) == {}
    vm.sh(detach)   # an empty slot is no error
    for word in ("0", "2", "yes please", ""):
        assert vm.try_sh(f"echo '{word}' >{slot.path(bdf)}/attach 2>&1")[0], word
    empty = card.snapshot(vm)

    def cycle():
        vm.sh(attach)
        slot.wait_attached(vm, bdf)
        vm.sh(detach)

    slot.check_cycles(vm, cycle)
    slot.check_nothing_left(vm, empty)
    vm.sh(attach)
    slot.check_complete(vm, bdf)
