# SPDX-License-Identifier: GPL-2.0-or-later
"""An overlay that describes the ID memory behind an I2C adapter of its own: the memory is read there.

Broken if it fails: an adapter on the I2C bus that is taken for a device, which ended in a crash of the kernel.
"""

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
timeout = 300
# a second connector is the adapter with a node of the overlay
GATE = """gate { compatible = "dtslot,connector"; #address-cells = <1>; #size-cells = <0>;
	i2c@0 { reg = <0>; i2c-parent = <&i2c>; #address-cells = <1>; #size-cells = <0>; };
	devices { };
};"""
ID = f"""/dts-v1/; /plugin/; / {{
	fragment@0 {{ target-path = ""; __overlay__ {{ {GATE} }}; }};
	fragment@1 {{ target = <&i2c>; __overlay__ {{ #address-cells = <1>; #size-cells = <0>;
		eeprom@57 {{ compatible = "atmel,24c32"; reg = <0x57>; read-only; }};
	}}; }};
}};"""
NO_DRIVER = "identify: the add-on's ID memory has no driver yet: is its module there (at24, ...)?"


def test(vm):
    addon.memory(vm, "flash", addon.image(model="flash"))
    bdf = addon.attach(vm)
    vm.put("/lib/firmware/dtslot/id-gate.dtbo", dts.compile_overlay(dts.fragment(GATE)))
    vm.put("/lib/firmware/dtslot/id-both.dtbo", dts.compile_overlay(ID))
    before = addon.replace(vm, bdf, 'connector { id { firmware-name = "dtslot/id-gate.dtbo"; }; };')
    addon.plug(vm, "flash")
    # said again and again, as the connector looks again and again
    vm.until(f'grep -qxF "{NO_DRIVER}" {addon.CONNECTOR}/error')
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)

    before = addon.replace(vm, bdf, 'connector { id { firmware-name = "dtslot/id-both.dtbo"; }; };')
    addon.plug(vm, "flash")
    addon.wait_attached(vm, "/dev/mtd0")
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)
