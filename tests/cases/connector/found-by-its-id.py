# SPDX-License-Identifier: GPL-2.0-or-later
"""Without a presence line, an add-on is found by its ID memory, and missed when that is gone or another one.

Broken if it fails: add-ons on a connector that has no contact for presence, or an empty one that fills the log.
"""

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
timeout = 300
BY_ID = "connector { /delete-property/ presence-gpios; poll-interval-ms = <1000>; };"
ELSEWHERE = BY_ID + 'connector { id { i2c-address = <0x49>; firmware-name = "dtslot/id.dtbo"; }; };'
NEVER = BY_ID.replace("1000", "0")


def attached(vm, model):
    vm.until(f"[ $(cat {addon.CONNECTOR}/model) = {model} -a $(cat {addon.CONNECTOR}/state) = attached ]")
    vm.until(f"[ -e {'/dev/mtd0' if model == 'flash' else '/sys/class/hwmon/hwmon0/temp1_input'} ]")


def swap(vm, drive):
    """In no time of the guest's."""
    vm.qmp("stop")
    addon.unplug(vm)
    addon.plug(vm, drive)
    vm.qmp("cont")


def quiet(vm):
    """Nothing is told of the slot meanwhile."""
    return slot.states(vm, addon.CONNECTOR, lambda: None) == []


def empty(vm, before):
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    assert addon.show(vm, "error") == ""
    slot.check_nothing_left(vm, before)


def test(vm):
    for name, content in (("thermo-led", addon.image(model="thermo-led", serial="1")), ("erased", b""),
                          ("other", addon.image(model="thermo-led", serial="2")),
                          ("flash", addon.image(model="flash"))):
        addon.memory(vm, name, content)
    bdf = addon.attach(vm)
    before = addon.replace(vm, bdf, BY_ID)
    assert quiet(vm)
    assert addon.show(vm, "state") == "empty"

    addon.plug(vm, "thermo-led")
    attached(vm, "thermo-led")
    assert quiet(vm) and addon.lines(vm) == addon.ON
    watch = vm.spawn(f"exec slotwatch {addon.CONNECTOR}")
    watch.wait_for("watching")
    swap(vm, "other")
    watch.wait_for(f"uevent change {addon.NAME} attached")
    watch.kill()
    watch.wait()
    swap(vm, "flash")
    attached(vm, "flash")
    assert vm.sh("find /sys/class/hwmon/ -mindepth 1") == ""
    empty(vm, before)

    addon.plug(vm, "erased")
    addon.wait_state(vm, "failed")
    error = addon.show(vm, "error")
    assert error.startswith("identify: the ID memory begins with ff ff ff ff, not as a dtslot ID does"), error
    assert quiet(vm)
    swap(vm, "thermo-led")
    attached(vm, "thermo-led")
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert quiet(vm) and addon.show(vm, "state") == "empty"
    vm.sh(f"echo 1 >{addon.CONNECTOR}/attach")
    attached(vm, "thermo-led")
    assert quiet(vm)
    empty(vm, before)
    assert vm.test_log().count("nothing attached") == 1

    vm.put(f"{addon.FIRMWARE}/id.dtbo", dts.compile_tree("connector-id.dtso", vm.build.kernel))
    before = addon.replace(vm, bdf, ELSEWHERE)
    addon.plug(vm, "thermo-led")
    addon.wait_state(vm, "failed")
    error = addon.show(vm, "error")
    assert error.startswith("identify: the ID memory is not at I2C address 0x49 of 'i2c', where poll-interval-ms looks "
                            "for it: set i2c-address of /"), error
    empty(vm, before)

    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    vm.put(addon.dts.FIRMWARE, addon.overlay(vm, NEVER))
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    vm.until("dmesg | grep -q 'poll-interval-ms is 0'")
    assert vm.sh("ls /sys/class/dtslot") == f"pci-{bdf}\n"
    assert card.deferred(vm) == []
