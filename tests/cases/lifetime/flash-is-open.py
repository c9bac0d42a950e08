# SPDX-License-Identifier: GPL-2.0-or-later
"""A program has a flash open: of an add-on, whose users nobody asked to count, and before the module that counts came.

Broken if it fails: root detaches a flash under a program that writes to it, or cannot detach it when that has ended.
"""

from lib import addon, manual
from lib.holder import Holder

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240


def check_add_on(vm):
    """The module comes with the flash."""
    addon.memory(vm, "flash", addon.image(model="flash"))
    addon.plug(vm, "flash")
    addon.wait_attached(vm, "/dev/mtd0")
    holder = Holder(vm, "/dev/mtd0")
    assert manual.reason(vm, f"printf 1 | dd of={addon.CONNECTOR}/detach") == "Device or resource busy"
    assert addon.show(vm, "error") == f"detach: mtd0 is open: {holder.who}"
    assert addon.show(vm, "state") == "attached"
    assert manual.reason(vm, "rmmod dtslot-mtd") == "Module dtslot_mtd is in use"
    holder.let_go()
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert addon.show(vm, "state") == "empty"


def test(vm):
    addon.attach(vm, models=("flash",))
    check_add_on(vm)
    # opened while the module was away
    vm.sh(f"echo 1 >{addon.CONNECTOR}/attach")
    addon.wait_attached(vm, "/dev/mtd0")
    vm.sh("rmmod dtslot-mtd")
    holder = Holder(vm, "/dev/mtd0")
    vm.sh("modprobe dtslot-mtd")
    assert manual.reason(vm, f"printf 1 | dd of={addon.CONNECTOR}/detach") == "Device or resource busy"
    assert addon.show(vm, "error") == f"detach: mtd0 is open: {holder.who}"
    holder.let_go()
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert addon.show(vm, "state") == "empty"
    vm.sh("rmmod dtslot-mtd")
