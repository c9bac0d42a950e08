# SPDX-License-Identifier: GPL-2.0-or-later
"""Two add-ons use the same interrupt line of the base, each with another trigger: the first leaves no mapping behind.

Broken if it fails: an interrupt descriptor for each line an add-on ever used, and add-ons that get no interrupt because
of those that were there before.
"""

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
EXPORTED = "connector { exports { lines = <&gpio>; }; };"
LEVEL_LOW, EDGE_RISING = 8, 1
SENSOR = """#address-cells = <1>; #size-cells = <0>;
temperature-sensor@49 { compatible = "ti,tmp105"; reg = <0x49>; interrupts-extended = <&lines 41 TRIGGER>; };"""


def test(vm):
    bdf = addon.attach(vm, models=(), more=EXPORTED)
    before = card.snapshot(vm)
    for model, trigger in (("low", LEVEL_LOW), ("rising", EDGE_RISING), ("low", LEVEL_LOW)):
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo", dts.compile_overlay(
            dts.fragment(SENSOR.replace("TRIGGER", str(trigger)), target="target = <&i2c>;")))
        if f"id-{model}" not in str(vm.qmp("query-named-block-nodes")):
            addon.memory(vm, f"id-{model}", addon.image(model=model))
        addon.plug(vm, f"id-{model}")
        addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
        assert "41" in vm.sh("cat /sys/kernel/irq/*/hwirq").split()
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)
    assert "type mismatch" not in vm.test_log()
    slot.check_gpio_interrupt(vm, bdf)
