# SPDX-License-Identifier: GPL-2.0-or-later
"""A presence line whose controller cannot report both edges is looked at from time to time; an add-on with two presence
lines is there when both are active.

Broken if it fails: a connector that needs a better interrupt controller than its board has, or an add-on that is given
power while it is plugged in at one end only.
"""

from lib import addon, card, dts, slot
from lib.gdb import Gdb, address

kernels = ("7.3", "6.12")
timeout = 300
EINVAL = -22
SECOND = 41
TWO = f"connector {{ presence-gpios = <&gpio 50 1>, <&gpio {SECOND} 0>; }};"


def come_and_go(vm, before):
    for _ in range(2):
        addon.plug(vm, "thermo-led", flash="none")
        addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
        assert addon.lines(vm) == addon.ON
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        assert addon.lines(vm) == addon.OFF
        slot.check_nothing_left(vm, before)


def test(vm):
    addon.memory(vm, "thermo-led", addon.image(model="thermo-led"))
    bdf = addon.attach(vm)
    before = addon.replace(vm, bdf, TWO)
    addon.plug(vm, "thermo-led", flash="none")
    vm.sh("sleep 2")
    assert addon.show(vm, "state") == "empty" and addon.lines(vm) == addon.OFF
    vm.set_pin("card0", SECOND, True)
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    vm.set_pin("card0", SECOND, False)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)
    addon.unplug(vm)

    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    vm.put(dts.FIRMWARE, addon.overlay(vm))
    where = address(vm, "ocelot_irq_set_type")
    gdb = Gdb(vm)
    attach = vm.spawn(f"echo 1 >{slot.path(bdf)}/attach")
    gdb.run_to(where)
    gdb.leave(EINVAL)
    gdb.close()
    assert attach.wait() == 0
    addon.wait_state(vm, "empty")
    vm.sync_log()
    assert ("presence line 0 has no interrupt for both edges (error -22), it is looked at each 500 ms"
            in vm.test_log()), vm.test_log()
    assert "connector" not in vm.sh("cat /proc/interrupts")
    come_and_go(vm, card.snapshot(vm))
