# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on is pulled, or swapped for another model, in each phase of being plugged, at exactly that moment.

Broken if it fails: an attach that does not notice that its object went, or an add-on that takes over what another one
said of itself.
"""

from lib import addon, card, dts, slot
from lib.gdb import Gdb, address

kernels = ("7.3", "6.12")
timeout = 400
# Where the guest is when it happens: a function, and which of its calls
PHASES = {
    "debounce": None,
    "power": ("connector_power_on", 1),
    "ID read": ("connector_memory_find", 1),
    "firmware load": ("request_firmware_direct", 1),
    "model's overlay": ("dtslot_tree_add", 1),
    "model's driver": ("pca953x_probe", 1),
    "devices": ("dtslot_populate", 1),
}
# with a memory that an overlay describes
DESCRIBED = 'connector { id { firmware-name = "dtslot/id.dtbo"; }; };'
DESCRIBED_PHASES = {
    "ID overlay": ("dtslot_tree_add", 1),
    "ID memory's driver": ("at24_probe", 1),
    "ID read": ("nvmem_device_read", 1),
    "ID overlay comes off": ("dtslot_tree_remove", 1),
    "firmware load": ("request_firmware_direct", 2),
    "devices": ("dtslot_populate", 2),
}


def plug_up_to(vm, where):
    """Plug an add-on and stop the guest where a phase is."""
    gdb = Gdb(vm)
    addon.plug(vm, "thermo-led")
    if where:
        gdb.run_to(*where)
    return gdb


def check(vm, before, phases):
    for phase, where in phases.items():
        if where:
            where = address(vm, where[0]), where[1]
        gdb = plug_up_to(vm, where)
        addon.unplug(vm)
        gdb.close()
        vm.sh("sleep 1")
        assert addon.show(vm, "state") == "empty", phase
        assert addon.show(vm, "error") == ""
        assert addon.lines(vm) == addon.OFF, phase

        gdb = plug_up_to(vm, where)
        addon.unplug(vm)
        addon.plug(vm, "flash")
        gdb.close()
        addon.wait_attached(vm, "/dev/mtd0")
        assert addon.show(vm, "model") == "flash", phase
        assert addon.lines(vm) == addon.ON, phase
        assert vm.sh("find /sys/class/hwmon/ /sys/class/leds/ -mindepth 1") == ""
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)


def test(vm):
    for model in ("thermo-led", "flash"):
        addon.memory(vm, model, addon.image(model=model))
    bdf = addon.attach(vm)
    check(vm, card.snapshot(vm), PHASES)
    vm.put(f"{addon.FIRMWARE}/id.dtbo", dts.compile_tree("connector-id.dtso", vm.build.kernel))
    check(vm, addon.replace(vm, bdf, DESCRIBED), DESCRIBED_PHASES)
    assert "nothing attached" not in vm.test_log()
    slot.check_i2c(vm, bdf)
