# SPDX-License-Identifier: GPL-2.0-or-later
"""A card is pulled while a program has its I2C bus open: the removal does not wait, and the program's transfers fail.

Broken if it fails: one program that has /dev/i2c-0 open stops all hot-plug of the machine until it ends.
"""

from lib import card, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": ()}
timeout = 240
POLLS = "drivers of the card still poll it"


def test(vm):
    slot.load(vm)
    bdf = slot.plug(vm)
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    empty = card.snapshot(vm)
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
    vm.sh("mkfifo /tmp/go")
    bus = slot.i2c_bus(vm, bdf)
    holder = vm.spawn(f"exec 3<>/dev/i2c-{bus} 4<>/dev/i2c-{bus + 1}; echo held; read -r go </tmp/go;"
                      " dd bs=1 count=1 <&3; dd bs=1 count=1 <&4; exec 3>&- 4>&-; echo closed")
    holder.wait_for("held")
    vm.sh(f"echo {bdf} >/sys/bus/pci/drivers/dtslot-pci/unbind")
    slot.bind(vm, bdf)
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf)
    vm.sh("echo go >/tmp/go")
    holder.wait_for("closed")
    assert holder.wait() == 0
    assert holder.output.count("No such device") == 2, holder.output

    holder = vm.spawn(f"exec 3<>/dev/i2c-{slot.i2c_bus(vm, bdf)}; echo held; exec sleep 1000000")
    holder.wait_for("held")
    vm.unplug("card0")
    again = slot.plug(vm)
    slot.check_complete(vm, again)
    slot.check_i2c(vm, again)
    holder.kill()
    holder.wait()

    # a detach that waits until the bus is closed has the slot when the card is pulled
    holder = vm.spawn(f"exec 3<>/dev/i2c-{slot.i2c_bus(vm, again)}; echo held; exec sleep 1000000")
    holder.wait_for("held")
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{again}/reset")
    assert slot.show(vm, again, "state") == "detaching"
    vm.unplug("card0")
    again = slot.plug(vm)
    slot.check_complete(vm, again)
    assert POLLS not in vm.test_log()
    holder.kill()
    holder.wait()
    vm.sh(f"echo 1 >{slot.path(again)}/detach")
    slot.check_nothing_left(vm, empty)
