# SPDX-License-Identifier: GPL-2.0-or-later
"""Connectors whose nodes, which may be part of an add-on's overlay, ask for endless pauses or for two buses of one number
are refused with a message that says what is wrong; the add-on that brought one can be pulled, and the next one works.

Broken if it fails: an add-on that blocks its connector until the machine is started anew, or that makes the kernel warn.
"""

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
timeout = 300
NODE = """inner { compatible = "dtslot,connector"; #address-cells = <1>; #size-cells = <0>; MORE
	inner_i2c: i2c@0 { reg = <0>; i2c-parent = <&i2c>; #address-cells = <1>; #size-cells = <0>; };
	devices { }; exports { i2c = <&inner_i2c>; }; };"""
TWICE = "i2c@1 { reg = <0>; i2c-parent = <&i2c>; #address-cells = <1>; #size-cells = <0>; };"
REFUSED = {
    "post-power-on-delay-ms = <0xffffffff>;": "post-power-on-delay-ms is 4294967295: it must be 0 to 10000",
    "power-good-timeout-ms = <3600000>;": "power-good-timeout-ms is 3600000: it must be 1 to 10000",
    "reset-deassert-us = <1000001>;": "reset-deassert-us is 1000001: it must be 0 to 1000000",
    "debounce-delay-ms = <10001>;": "debounce-delay-ms is 10001: it must be 0 to 10000",
    "poll-interval-ms = <9>;": "poll-interval-ms is 9: it must be 10 to 3600000",
    TWICE: "has the same 'reg' as /",
    "id { i2c-address = <0x3f50>; };": "id: i2c-address 0x3f50 is none",
    "id { address-width = <17>; };": "id: address-width is 17: it must be 8 or 16",
    "id { offset = <0x10000>; };": "id: offset is 65536: it must be 0 to 65535",
    'id { model-prefix = "../"; };': "model-prefix '../' cannot begin the name of a file",
}
LONGEST = "post-power-on-delay-ms = <10000>; poll-interval-ms = <10>;"


def test(vm):
    for model in ("hostile", "flash"):
        addon.memory(vm, model, addon.image(model=model))
    bdf = addon.attach(vm)
    before = card.snapshot(vm)
    for more, message in REFUSED.items():
        vm.put(f"{addon.FIRMWARE}/addon-hostile.dtbo",
               dts.compile_overlay(dts.fragment(NODE.replace("MORE", more))))
        addon.plug(vm, "hostile", flash="none")
        addon.wait_attached(vm)
        vm.sync_log()
        assert message in vm.test_log(), more
        assert vm.sh("ls /sys/class/dtslot | wc -l") == "2\n"
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)

    # what is allowed at most does not keep the power of what is pulled, nor the next add-on
    vm.put(f"{addon.FIRMWARE}/addon-hostile.dtbo",
           dts.compile_overlay(dts.fragment(NODE.replace("MORE", LONGEST))))
    addon.plug(vm, "hostile", flash="none")
    addon.wait_attached(vm)
    vm.sh("sleep 1")
    addon.unplug(vm)
    vm.sh("sleep 0.2")
    assert addon.lines(vm) == addon.OFF
    vm.sh("sleep 1")
    assert addon.show(vm, "state") == "empty"
    addon.plug(vm, "flash")
    addon.wait_attached(vm, "/dev/mtd0")
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)
    slot.check_i2c(vm, bdf)
