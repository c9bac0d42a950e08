# SPDX-License-Identifier: GPL-2.0-or-later
"""What boards of users need: several supplies and an idle state of pins, a supply and a clock that are exported, a line
that is driven from the start, vendor data as NVMEM cells, an interrupt of both edges, and of another kind the next time.

Broken if it fails: add-ons that work on a board of their own only.
"""

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
timeout = 300
options = {"cards": ()}     # on 7.3 a USART of a card that goes complains: docs/mainline.md
INT, PIN = 41, 60
BOARD = """
supply: regulator-addon {
	compatible = "regulator-fixed"; regulator-name = "addon"; gpio = <&gpio 51 0>; enable-active-high;
};
second: regulator-second { compatible = "regulator-fixed"; regulator-name = "second"; };
pci-ep-bus@0 { pinctrl@e2004064 {
	awake: awake-pins { pins = "GPIO_60"; function = "gpio"; output-high; };
	asleep: asleep-pins { pins = "GPIO_60"; function = "gpio"; output-low; };
}; };
connector {
	/delete-property/ enable-gpios; vcc-supply = <&supply>; vio-supply = <&second>;
	pinctrl-names = "default", "idle"; pinctrl-0 = <&awake>; pinctrl-1 = <&asleep>;
	exports { vcc = <&supply>; clk = <&sys_clk>; };
};
"""
ADDON = """/dts-v1/; /plugin/; / {
fragment@0 { target = <&i2c>; __overlay__ { #address-cells = <1>; #size-cells = <0>;
	temperature-sensor@49 {
		compatible = "ti,tmp105"; reg = <0x49>; vs-supply = <&vcc>; interrupts-extended = <&lines 2 EDGE>;
	};
	gpio@20 { compatible = "nxp,pca9554"; reg = <0x20>; gpio-controller; #gpio-cells = <2>;
		hog { gpio-hog; gpios = <0 0>; output-low; line-name = "led"; }; };
	eeprom@57 { compatible = "atmel,24c32"; reg = <0x57>; read-only;
		nvmem-layout { compatible = "fixed-layout"; #address-cells = <1>; #size-cells = <1>;
			serial@3c { reg = <60 32>; }; }; };
}; };
fragment@1 { target-path = ""; __overlay__ {
	clock { compatible = "fixed-factor-clock"; #clock-cells = <0>; clocks = <&clk>; clock-div = <3>;
		clock-mult = <1>; };
}; }; };
"""
EDGES = {"both": 3, "low": 8}


def supply(vm, name, attributes="state num_users"):
    """A supply that nothing switches has no state, and itself for a user."""
    return vm.sh(f"cd $(dirname $(grep -lx {name} /sys/class/regulator/*/name)) && cat {attributes}").split()


def test(vm):
    vm.sh("modprobe fixed")
    vm.plug("card0")
    vm.until("grep -q 0x9660 /sys/bus/pci/devices/*/device")
    for model in EDGES:
        addon.memory(vm, model, addon.image(model=model, serial="SN-4711"))
    bdf = addon.attach(vm, models=(), board="mikrobus", more=BOARD)
    for model, edge in EDGES.items():
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo", dts.compile_overlay(ADDON.replace("EDGE", str(edge))))
    before = card.snapshot(vm)
    for model in (*EDGES, *EDGES):
        before_it = supply(vm, "second", "num_users"), vm.pin("card0", PIN)
        assert before_it == (["1"], False), before_it
        addon.plug(vm, model, flash="none")
        addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
        vm.until("[ -e /sys/bus/i2c/devices/*-0020/driver -a -e /sys/bus/i2c/devices/*-0057/driver ]")
        # by the connector and by the sensor
        assert supply(vm, "addon") == ["enabled", "2"]
        with_it = supply(vm, "second", "num_users"), vm.pin("card0", PIN)
        assert with_it == (["2"], True), with_it
        assert vm.qom_get("/machine/peripheral/addon0", "led")
        cells = vm.sh("cat /sys/bus/nvmem/devices/*/cells/serial@3c* | tr -d '\\000'")
        assert cells == "SN-4711", cells
        assert str(INT) in vm.sh("cat /sys/kernel/irq/*/hwirq").split()
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        assert supply(vm, "addon") == ["disabled", "0"]
        slot.check_nothing_left(vm, before)
    assert "type mismatch" not in vm.test_log()
    slot.check_gpio_interrupt(vm, bdf)
