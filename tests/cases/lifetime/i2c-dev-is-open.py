# SPDX-License-Identifier: GPL-2.0-or-later
"""A program has an I2C bus of the card open: a detach is refused and says by whom; what must go waits, and says for whom.

Broken if it fails: i2cdetect in another terminal makes "detach" hang for ever, and nothing says why.
"""

from lib import card, manual, slot
from lib.holder import Holder

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240


def mux(vm, bus):
    return int(vm.sh(f"ls -d /sys/bus/i2c/devices/i2c-{bus}/i2c-[0-9]* | tail -1").strip().rsplit("-", 1)[1])


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    bus = slot.i2c_bus(vm, bdf)
    for number in (bus, mux(vm, bus)):
        holder = Holder(vm, f"/dev/i2c-{number}")
        told = manual.reason(vm, f"printf 1 | dd of={slot.path(bdf)}/detach")
        assert told == "Device or resource busy", told
        assert slot.show(vm, bdf, "error") == f"detach: i2c-{number} is open: {holder.who}"
        slot.check_complete(vm, bdf)
        holder.let_go()
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach; echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)

    # a reset does not ask; a writer meanwhile can be killed, and what it asked for is done in its turn
    holder = Holder(vm, f"/dev/i2c-{bus}")
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/reset")
    vm.until(f"[ $(cat {slot.path(bdf)}/state) = detaching ]")
    waits = f"detach: waits until the bus is closed: i2c-{bus} is open: {holder.who}"
    assert slot.show(vm, bdf, "error") == waits
    assert vm.try_sh(f"timeout -s KILL 1 sh -c 'echo 1 >{slot.path(bdf)}/detach'")[0] == 137
    vm.sh("sleep 5")
    assert (slot.show(vm, bdf, "state"), slot.show(vm, bdf, "error")) == ("detaching", waits)
    holder.let_go()
    vm.until(f"[ $(cat {slot.path(bdf)}/state) = empty ]")
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
