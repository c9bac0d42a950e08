# SPDX-License-Identifier: GPL-2.0-or-later
"""A board with a connector as GE's SUNH has it: a byte in the add-on's memory says which one it is, two I2C buses lead
through it, and a line asks for attention. Its display is in dsi-panel.

Broken if it fails: Bootlin's board, with which the kernel's work on connectors began.
"""

from lib import addon, card, dts, flexcom, slot

kernels = ("7.3", "6.12")
# on the second bus, as QEMU's add-on has only one
options = {"qemu": ("-device", "tmp105,id=display,bus=card0.i2c3,address=0x4a")}
ATTENTION = 41
ID = 0x400
BOARD = """
connector {
	compatible = "ge,sunh-addon-connector", "dtslot,connector";
	second: i2c@1 { reg = <1>; i2c-parent = <&i2c3>; #address-cells = <1>; #size-cells = <0>; };
	sunh_lines: lines {
		#address-cells = <0>; #interrupt-cells = <2>; interrupt-map-mask = <0xff 0xff>;
		interrupt-map = <0 2 &gpio 41 2>;
	};
	exports { i2c_display = <&second>; attention = <&sunh_lines>; };
	id { format = "byte"; offset = <0x400>; model-prefix = "sunh-"; };
};
pci-ep-bus@0 {
	pinctrl@e2004064 { fc3_a_pins: fc3-a-pins { pins = "GPIO_17", "GPIO_18", "GPIO_19"; function = "fc3_a"; }; };
	""" + flexcom.node(3, flexcom.TWI).replace("i2c@600", "i2c3: i2c@600") + "};"
ADDON = """/dts-v1/; /plugin/; / {
	fragment@0 { target = <&i2c>; __overlay__ { #address-cells = <1>; #size-cells = <0>;
		sensor@49 { compatible = "ams,as6200"; reg = <0x49>; interrupts-extended = <&attention 0 2>; }; }; };
	fragment@1 { target = <&i2c_display>; __overlay__ { #address-cells = <1>; #size-cells = <0>;
		sensor@4a { compatible = "ti,tmp105"; reg = <0x4a>; }; }; };
};"""


def temperature(vm, bus, address):
    return vm.sh(f"cat {addon.CONNECTOR}/device/channel-{bus}/*-{address}/hwmon/hwmon*/temp1_input")


def test(vm):
    memory = bytearray(b"\xff" * addon.EEPROM_SIZE)
    memory[ID] = 0x2a
    addon.memory(vm, "sunh", bytes(memory))
    vm.set_pin("card0", ATTENTION, True)
    addon.attach(vm, models=(), more=BOARD)
    vm.put(f"{addon.FIRMWARE}/addon-sunh-2a.dtbo", dts.compile_overlay(ADDON))
    before = card.snapshot(vm)
    for _ in range(2):
        addon.plug(vm, "sunh", flash="none")
        addon.wait_attached(vm)
        vm.until(f"[ $(cat {addon.CONNECTOR}/devices) = 2/2 ]")
        assert addon.show(vm, "model") == "sunh-2a"
        vm.qom_set("/machine/peripheral/addon0/sensor", "temperature", 21000)
        vm.qom_set("/machine/peripheral/display", "temperature", 42000)
        assert (temperature(vm, 0, "0049"), temperature(vm, 1, "004a")) == ("21000\n", "42000\n")
        asked = card.interrupts(vm, "as6200")
        vm.set_pin("card0", ATTENTION, False)
        vm.until("sleep 0.1")
        assert card.interrupts(vm, "as6200") == asked + 1
        vm.set_pin("card0", ATTENTION, True)
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)
