# SPDX-License-Identifier: GPL-2.0-or-later
"""A program reads files of a card's devices while they are probed.

Broken if it fails: a reader of a file that the driver core removes in a probe hangs for good, and the attach with it.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
FILES = "/sys/bus/platform/devices/*/waiting_for_supplier"


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    reader = vm.spawn(f"until [ -e /tmp/enough ]; do cat {FILES}; sleep 0.05; done")
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
    vm.sh("touch /tmp/enough")
    assert reader.wait() == 0
