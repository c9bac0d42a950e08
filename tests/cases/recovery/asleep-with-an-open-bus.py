# SPDX-License-Identifier: GPL-2.0-or-later
"""A card that is emptied for a reset waits until a program closes its bus, and then the system sleeps: it does, at once.

Broken if it fails: a program that has /dev/i2c-0 open keeps the system from sleeping until it ends.
"""

from lib import card, holder, slot, sleep

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = sleep.OPTIONS


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    program = holder.Holder(vm, f"/dev/i2c-{slot.i2c_bus(vm, bdf)}")
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/reset")
    assert slot.show(vm, bdf, "state") == "detaching"
    assert program.who in slot.show(vm, bdf, "error")
    sleep.to_idle(vm)
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf)
    program.let_go()
