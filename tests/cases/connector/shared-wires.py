# SPDX-License-Identifier: GPL-2.0-or-later
"""Two connectors on the wires of one I2C bus: an ID memory that would be read for both, and two devices at one address,
are refused with the name of the other connector; with addresses of their own, both work.

Broken if it fails: an add-on that is attached twice, or two drivers that talk to one chip.
"""

from lib import addon, dts, slot

kernels = ("7.3", "6.12")
timeout = 300
SECOND = """second {
	compatible = "dtslot,connector"; #address-cells = <1>; #size-cells = <0>;
	second_i2c: i2c@0 { reg = <0>; i2c-parent = <&i2c0>; #address-cells = <1>; #size-cells = <0>; };
	devices { }; exports { i2c = <&second_i2c>; }; id { MORE };
};"""
SENSOR = dts.fragment("""#address-cells = <1>; #size-cells = <0>;
	sensor@49 { compatible = "ti,tmp105"; reg = <0x49>; };""", "target = <&i2c>;")
EXPANDER = SENSOR.replace("sensor@49", "gpio@20").replace("ti,tmp105", "nxp,pca9554").replace("<0x49>", "<0x20>")


def test(vm):
    addon.memory(vm, "sensor", addon.image(model="sensor"))
    bdf = addon.attach(vm)
    second = f"/sys/class/dtslot/connector:{bdf}:second"
    for model, source in (("sensor", SENSOR), ("expander", EXPANDER), ("twin", SENSOR)):
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo", dts.compile_overlay(source))

    before = addon.replace(vm, bdf, SECOND.replace("MORE", ""))
    first = vm.sh(f"cd -P {addon.CONNECTOR}/device && basename $PWD").strip()
    addon.plug(vm, "sensor", flash="none")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    bus = vm.sh(f"basename $(cd -P {addon.CONNECTOR}/device/channel-0/.. && pwd)").strip()
    assert vm.try_sh(f"echo 1 >{second}/attach")[0]
    assert addon.show(vm, "error", second) == (
        f"identify: connector {first} is on the same wires ({bus}), and the ID memory of its add-on is at address 0x57, "
        "too: give each connector its own i2c-address, or its own bus"), addon.show(vm, "error", second)
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    vm.sh(f"echo 1 >{second}/detach")
    slot.check_nothing_left(vm, before)

    for model, error in (("twin", f"populate: I2C address 0x49 is that of 'tmp105' on connector {first}, too, which is on "
                                  f"the same wires ({bus})"), ("expander", None)):
        before = addon.replace(vm, bdf, SECOND.replace("MORE", f'model = "{model}";'))
        addon.plug(vm, "sensor", flash="none")
        addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
        status = vm.try_sh(f"echo 1 >{second}/attach")[0]
        assert bool(status) == bool(error)
        assert addon.show(vm, "error", second) == (error or ""), addon.show(vm, "error", second)
        if not error:
            vm.until(f"[ -e {second}/device/channel-0/*-0020/driver ]")
        vm.sh(f"echo 1 >{second}/detach")
        assert vm.sh("cat /sys/class/hwmon/hwmon0/name") == "tmp105\n"
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)
