# SPDX-License-Identifier: GPL-2.0-or-later
"""After the system slept, the add-on is looked at again: the same one stays, a swapped one is known as such, and one
that root took off stays off.

Broken if it fails: add-ons that are swapped while the system sleeps, or a sleep that costs users of an add-on their
devices.
"""

from lib import addon, card, sleep, slot

kernels = ("7.3", "6.12")
timeout = 300
options = sleep.OPTIONS


def test(vm):
    for model in ("thermo-led", "flash"):
        addon.memory(vm, model, addon.image(model=model))
    bdf = addon.attach(vm)
    before = card.snapshot(vm)
    addon.plug(vm, "thermo-led")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    assert slot.states(vm, addon.CONNECTOR, lambda: sleep.to_idle(vm)) == []
    assert addon.show(vm, "state") == "attached"
    vm.qom_set("/machine/peripheral/addon0/sensor", "temperature", 20000)
    assert vm.sh("cat /sys/class/hwmon/hwmon0/temp1_input") == "20000\n"

    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert slot.states(vm, addon.CONNECTOR, lambda: sleep.to_idle(vm)) == []
    assert addon.show(vm, "state") == "empty"
    vm.sh(f"echo 1 >{addon.CONNECTOR}/attach")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")

    # the card is attached anew, and its connector with it
    sleep.to_ram(vm)
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    assert vm.sh("cat /sys/class/hwmon/hwmon0/temp1_input") == "20000\n"
    sleep.to_ram(vm, meanwhile=lambda: (addon.unplug(vm), addon.plug(vm, "flash")))
    addon.wait_attached(vm, "/dev/mtd0")
    assert addon.show(vm, "model") == "flash"
    assert vm.sh("find /sys/class/hwmon/ -mindepth 1") == ""

    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    sleep.to_idle(vm)
    assert addon.show(vm, "state") == "empty"
    slot.check_nothing_left(vm, before)
    slot.check_i2c(vm, bdf)
