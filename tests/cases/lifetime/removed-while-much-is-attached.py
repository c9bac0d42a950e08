# SPDX-License-Identifier: GPL-2.0-or-later
"""A card with an overlay of thousands of nodes is removed in the middle of the attach: that ends with the piece it is at.

Broken if it fails: the removal waits for the whole attach, with PCI's lock against rescans held.
"""

from lib import card, large, slot

kernels = ("7.3",)
options = {"memory": 1024, "clock": "fast"}
SIZE = large.LARGEST // 16      # soaks/lifetime has the same with all of it
AFTER = 0.55        # of the time that the attach takes: it is applying then
LIMIT = 0.5         # of that time, for the removal; with the rest of the attach it would be 0.7


def test(vm):
    vm.sh("modprobe dtslot-pci")
    [bdf] = card.functions(vm)
    vm.until(f"grep attached {slot.path(bdf)}/state")
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    attach, detach = large.attach_and_detach(vm, bdf, large.nodes(SIZE))
    taken = large.remove(vm, bdf, f"echo 1 >{slot.path(bdf)}/attach", attach * AFTER)
    vm.note(f"attach {attach:.2f} s, detach {detach:.2f} s, removal while attaching {taken:.2f} s")
    assert taken < LIMIT * attach, (taken, attach)
    assert vm.sh("find /sys/firmware/devicetree/base -name 'n0000*'") == ""
