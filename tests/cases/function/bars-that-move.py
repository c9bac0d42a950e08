# SPDX-License-Identifier: GPL-2.0-or-later
"""BARs that change under a slot, by root or by the card: its drivers leave it in time, the log says so, no other slot notices.

Broken if it fails: drivers poll registers that are not there for minutes, or a slot is attached to registers that it does
not have.
"""

import time

from lib import card, fpga, function, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
options = {"ports": 2}
expect_log = ["BARs were moved under their drivers, and are put back: 1", "memory decoding was off",
              "the card does not take its address"]
BAR0, COMMAND, MEMORY = 0x10, 4, 2
MOVED = 32 << 20        # within the bridge's window


def write_config(vm, bdf, offset, *values):
    digits = "".join(f"\\{value:03o}" for value in values)
    vm.sh(f"printf '{digits}' | dd of={function.device(bdf)}/config bs=1 seek={offset} conv=notrunc 2>/dev/null")


def address(vm, bdf):
    """Where BAR 0 is, by what the kernel has, and by the function's registers."""
    placed = int(vm.sh(f"head -n 1 {function.device(bdf)}/resource").split()[0], 16)
    return placed, int.from_bytes(vm.get(f"{function.device(bdf)}/config")[BAR0:BAR0 + 8], "little") & ~0xf


def detach(vm, bdf):
    begin = time.monotonic()
    vm.sh(f"echo 1 >{function.slot(bdf)}/detach")
    assert time.monotonic() - begin < 30
    assert function.show(vm, bdf, "state") == "empty"


def check_works(vm, bdf, fpga0):
    vm.sh(f"echo 1 >{function.slot(bdf)}/attach")
    fpga0.check_devices()
    fpga0.check_flash()


def test(vm):
    slot.load(vm)
    vm.sh("modprobe -a " + " ".join(fpga.MODULES))
    fpga.allow(vm)
    [lan966x] = card.functions(vm)
    slot.check_complete(vm, lan966x)
    before = card.snapshot(vm)
    fpga0 = fpga.Card(vm, bus="rp1")
    bdf = fpga0.plug()
    fpga0.bind()
    fpga0.check_devices()
    placed, there = address(vm, bdf)
    assert placed == there

    # by root, to another place within the bridge's window
    write_config(vm, bdf, BAR0, *(placed + MOVED).to_bytes(8, "little"))
    assert address(vm, bdf)[1] == placed + MOVED
    assert vm.try_sh(f"head -c 16 {fpga.MTD} >/dev/null")[0]
    slot.check_i2c(vm, lan966x)
    detach(vm, bdf)
    assert address(vm, bdf)[1] == placed
    check_works(vm, bdf, fpga0)

    # closed
    command = vm.get(f"{function.device(bdf)}/config")[COMMAND]
    write_config(vm, bdf, COMMAND, command & ~MEMORY)
    slot.check_i2c(vm, lan966x)
    detach(vm, bdf)
    check_works(vm, bdf, fpga0)

    # by the card, which takes no other address
    fpga0.say("x-bar", placed + MOVED)
    slot.check_i2c(vm, lan966x)
    detach(vm, bdf)
    vm.try_sh(f"echo 1 >{function.slot(bdf)}/attach")
    assert function.show(vm, bdf, "error") == (
        f"prepare: BAR 0 stays at {placed + MOVED:#x}, it is to be at {placed:#x}: the card does not take its address;"
        " reset it, or plug it in again"), function.show(vm, bdf, "error")
    fpga0.say("x-bar", 0)
    check_works(vm, bdf, fpga0)
    vm.unplug("fpga0")
    slot.check_nothing_left(vm, before)
