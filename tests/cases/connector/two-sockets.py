# SPDX-License-Identifier: GPL-2.0-or-later
"""Two sockets of one board take the same click at the same time, from the same overlay: LEDs, sensors and GPIO chips of
the two have names of their own, and one that is pulled leaves the other alone.

Broken if it fails: a board with two mikroBUS sockets, as BeaglePlay's relatives have, and two equal clicks on it.
"""

from lib import addon, card, dts, flexcom

kernels = ("7.3",)
soak_kernels = ("6.12", "7.3-debug")
timeout = 300
# the click in the second socket; QEMU's add-on is the one in the first
options = {"qemu": ("-device", "tmp105,id=sensor2,bus=card0.i2c3,address=0x49",
                    "-device", "pca9554,id=expander2,bus=card0.i2c3,address=0x20")}
PRESENCE, INT = 44, 45
BOARD = f"""
socket-2 {{
	compatible = "dtslot,connector"; label = "socket-2"; #address-cells = <1>; #size-cells = <0>;
	presence-gpios = <&gpio {PRESENCE} 1>; MORE
	socket2_i2c: i2c@0 {{ reg = <0>; i2c-parent = <&i2c3>; #address-cells = <1>; #size-cells = <0>; }};
	socket2_lines: lines {{
		#address-cells = <0>; #interrupt-cells = <2>; interrupt-map-mask = <0xff 0xff>;
		interrupt-map = <2 8 &gpio {INT} 8>;
	}};
	devices {{ }};
	exports {{ i2c = <&socket2_i2c>; lines = <&socket2_lines>; }};
	id {{ model = "click"; }};
}};
connector {{
	socket1_lines: lines {{
		#address-cells = <0>; #interrupt-cells = <2>; interrupt-map-mask = <0xff 0xff>;
		interrupt-map = <2 8 &gpio 41 8>;
	}};
	exports {{ lines = <&socket1_lines>; }};
}};
pci-ep-bus@0 {{
	pinctrl@e2004064 {{ fc3_a_pins: fc3-a-pins {{ pins = "GPIO_17", "GPIO_18", "GPIO_19"; function = "fc3_a"; }}; }};
	""" + flexcom.node(3, flexcom.TWI).replace("i2c@600", "i2c3: i2c@600") + "};"
CLICK = """/dts-v1/; /plugin/; / {
	fragment@0 { target = <&i2c>; __overlay__ { #address-cells = <1>; #size-cells = <0>;
		sensor@49 { compatible = "ti,tmp105"; reg = <0x49>; IRQ };
		expander: gpio@20 { compatible = "nxp,pca9554"; reg = <0x20>; gpio-controller; #gpio-cells = <2>; }; }; };
	fragment@1 { target-path = ""; __overlay__ {
		leds { compatible = "gpio-leds"; led { gpios = <&expander 0 1>; function = "status"; color = <2>; }; }; }; };
};"""
SOCKETS = (addon.CONNECTOR, "/sys/class/dtslot/connector:0000:01:00.0:socket-2")
LEDS = ("green:status", "green:status_1")
SENSORS = ("addon0/sensor", "sensor2")


def come(vm, n):
    if n:
        vm.set_pin("card0", PRESENCE, False)
    else:
        addon.plug(vm, "click", flash="none")
    addon.wait_state(vm, "attached", SOCKETS[n])
    vm.until(f"[ $(cat {SOCKETS[n]}/devices) = 3/3 ]")


def go(vm, n):
    if n:
        vm.set_pin("card0", PRESENCE, True)
    else:
        addon.unplug(vm)
    addon.wait_state(vm, "empty", SOCKETS[n])


def check(vm, n, degrees):
    """What is in a socket works: its own sensor, and its own LED on its own chip, which has the socket in its path."""
    vm.qom_set(f"/machine/peripheral/{SENSORS[n]}", "temperature", degrees)
    device = f"{SOCKETS[n]}/device"
    assert vm.sh(f"cat {device}/channel-0/*-0049/hwmon/hwmon*/temp1_input") == f"{degrees}\n"
    [led] = vm.sh(f"ls {device}/*:devices:leds/leds").split()
    vm.sh(f"echo 0 >/sys/class/leds/{led}/brightness")
    [chip] = vm.sh(f"cd {device}/channel-0/*-0020 && ls -d gpiochip*").split()
    return led, chip, vm.sh(f"cd {device}/channel-0/*-0049/hwmon && ls").strip()


def test(vm):
    addon.memory(vm, "click", addon.image(model="click"))
    vm.set_pin("card0", PRESENCE, True)
    # lockdep complains of mainline at an interrupt by a line of GPIO, and turns itself off
    debug = vm.kernel == "7.3-debug"
    click = CLICK.replace("IRQ", "" if debug else "interrupts-extended = <&lines 2 8>;")
    vm.put(f"{addon.FIRMWARE}/addon-click.dtbo", dts.compile_overlay(click))
    more = addon.POLLED + BOARD.replace("MORE", "poll-interval-ms = <10>;") if debug else BOARD.replace("MORE", "")
    addon.attach(vm, models=(), more=more)
    addon.wait_state(vm, "empty", SOCKETS[1])
    before = card.snapshot(vm)
    for n in (0, 1):
        come(vm, n)
    names = [check(vm, n, degrees) for n, degrees in ((0, 21000), (1, 42000))]
    assert [led for led, _, _ in names] == list(LEDS), names
    # no two of the three names are one
    assert all(len(set(column)) == 2 for column in zip(*names)), names
    assert vm.sh("cat /sys/class/dtslot/connector:*/model") == "click\nclick\n"
    for gone in (0, 1):
        stays = 1 - gone
        go(vm, gone)
        assert check(vm, stays, 30000 + 500 * gone) == names[stays]
        come(vm, gone)
        assert check(vm, gone, 35000 + 500 * gone)[0] == LEDS[gone]
        assert check(vm, stays, 36000 + 500 * gone) == names[stays]
        names[gone] = check(vm, gone, 37000)
    for n in (0, 1):
        go(vm, n)
    assert not card.differences(before, card.snapshot(vm))
