# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on that has a connector itself is pulled while a program has the I2C adapter of that one open: it goes at once,
the next add-on comes, the program gets errors, and its end leaves nothing.

Broken if it fails: an unplug that waits for programs.
"""

from lib import addon, card, slot

kernels = ("7.3", "6.12")
timeout = 300
INNER = addon.INNER


def test(vm):
    for model in ("extender", "thermo-led"):
        addon.memory(vm, model, addon.image(model=model))
    bdf = addon.attach(vm, models=("thermo-led", "extender"))
    before = card.snapshot(vm)
    addon.plug(vm, "extender", flash="none")
    addon.wait_attached(vm)
    vm.until(f"[ -e {INNER} ]")
    vm.sh(f"echo 1 >{INNER}/attach")
    bus = addon.i2c_bus(vm, INNER)
    vm.sh("mkfifo /tmp/go")
    holder = vm.spawn(f"exec 3<>/dev/i2c-{bus}; echo held; read -r go </tmp/go; dd bs=1 count=1 <&3 2>&1; echo read;"
                      " exec 3>&-")
    holder.wait_for("held")
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    assert addon.lines(vm) == addon.OFF
    vm.until(f"[ ! -e {INNER} ]")
    assert vm.try_sh(f"[ -e /dev/i2c-{bus} ]")[0]
    # more than the kernel lets a task hang without a word
    vm.sh("sleep 300")
    addon.plug(vm, "thermo-led", flash="none")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    vm.sh("echo go >/tmp/go")
    holder.wait_for("read")
    assert "No such device" in holder.output, holder.output
    holder.wait()
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    vm.sh("sleep 1")
    slot.check_nothing_left(vm, before)
    slot.check_i2c(vm, bdf)
