# SPDX-License-Identifier: GPL-2.0-or-later
"""Two add-ons use the same interrupt line of the base, each with another trigger: the first leaves no mapping behind.

Broken if it fails: an interrupt descriptor for each line an add-on ever used, and add-ons that get no interrupt because
of those that were there before. Or each detach goes through the nodes of all slots, once an overlay was refused.
"""

from lib import addon, card, dts, manual, slot

kernels = ("7.3", "6.12")
EXPORTED = "connector { exports { lines = <&gpio>; }; };"
LEVEL_LOW, EDGE_RISING = 8, 1
SENSOR = """#address-cells = <1>; #size-cells = <0>;
temperature-sensor@49 { compatible = "ti,tmp105"; reg = <0x49>; interrupts-extended = <&lines 41 TRIGGER>; };"""
NODES = 8000        # of a slot that has no part in any of this
SLACK = 0.05        # seconds of guest time; to go through those nodes takes some 0.3


def timed_detach(vm):
    """Plug an add-on that asks for an interrupt, and detach it; returns the seconds of guest time that it took."""
    addon.plug(vm, "id-low")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    start, end = vm.sh(f"cat /proc/uptime; echo 1 >{addon.CONNECTOR}/detach; cat /proc/uptime").splitlines()
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    return float(end.split()[0]) - float(start.split()[0])


def check_time(vm):
    """A refused overlay, whose further nodes followed the refused one, makes no later detach take longer."""
    vm.sh("modprobe dtslot-manual")
    manual.make(vm, "large", "/", dts.compile_overlay(dts.fragment("".join(f"n{n} {{ }};" for n in range(NODES)))))
    manual.attach(vm, "large")
    before = timed_detach(vm)
    four = "".join(f'{name}@49 {{ compatible = "ti,tmp105"; reg = <0x49>; }}; ' for name in "abcd")
    vm.put(f"{addon.FIRMWARE}/addon-four.dtbo", dts.compile_overlay(
        dts.fragment(f"#address-cells = <1>; #size-cells = <0>; {four}", target="target = <&i2c>;")))
    addon.memory(vm, "id-four", addon.image(model="four"))
    addon.plug(vm, "id-four")
    addon.wait_state(vm, "failed")
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    after = timed_detach(vm)
    vm.note(f"detach: {before:.2f} s, after a refused overlay {after:.2f} s")
    assert after < before + SLACK


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
    check_time(vm)
