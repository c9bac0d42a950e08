# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices, clocks and supplies that need each other in long rows, in circles and in a device's own child nodes.

Broken if it fails: an overlay overflows the kernel's stack, which follows all of these by recursion, or hangs its slot.
"""

from lib import dts, manual

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": (), "ports": 0}
expect_log = [r"no link to .*, as too many devices need each other in a row: unbind neither by hand"]
DEVICE = '{0}: {0} {{ compatible = "acme,none"; #phy-cells = <0>; phys = {1}; }};'
FACTOR = ('c{0}: c{0} {{ compatible = "fixed-factor-clock"; #clock-cells = <0>; clock-div = <1>; clock-mult = <1>;'
          ' clocks = <&c{1}>; }};')
SUPPLY = '{0}: {0} {{ compatible = "regulator-fixed"; regulator-name = "{0}"; {1} }};'
CONVERTER = 'm{0}: m{0} {{ compatible = "voltage-divider"; #io-channel-cells = <1>; io-channels = <&{1} 0>; }};'
DELAY = 'd{0}: d{0} {{ compatible = "gpio-delay"; gpio-controller; #gpio-cells = <3>; gpios = <&{1} 0 0 0>; }};'
GROUP = 'l{0}: l{0} {{ compatible = "leds-group-multicolor"; leds = <&{1}>; }};'
MUX = """mux{0} {{ compatible = "i2c-mux-pinctrl"; #address-cells = <1>; #size-cells = <0>; i2c-parent = <&{1}>;
    b{0}: i2c@0 {{ reg = <0>; #address-cells = <1>; #size-cells = <0>; }}; }};"""
MDIO_MUX = MUX.replace("i2c-mux-pinctrl", "mdio-mux-mmioreg").replace("i2c-parent", "mdio-parent-bus").replace("i2c@", "mdio@")
PWM = """k{0}: k{0} {{ compatible = "clk-pwm"; #pwm-cells = <2>; clocks = <&x{0}>; }};
    x{0}: x{0} {{ compatible = "pwm-clock"; #clock-cells = <0>; pwms = <&{1} 0 1>; }};"""
END = "end: end { #clock-cells = <0>; #pwm-cells = <2>; #io-channel-cells = <1>; #gpio-cells = <3>; };"
MOST, CLOCKS = 16, 64   # in a row
TOO_MANY = "resolve: node '{}' needs more than {} {} in a row, each of which needs the next: the kernel's stack has no room for them"
# a driver that makes the devices below its node, one of which it is said to need
INSIDE = """bus { compatible = "simple-pm-bus"; #address-cells = <1>; #size-cells = <1>; ranges; phys = <&x>;
    x: x { compatible = "acme,none"; #phy-cells = <0>; }; };"""


def circle(count):
    return "".join(DEVICE.format(f"n{n}", f"<&n{(n + 1) % count}>") for n in range(count))


def diamonds(count):
    """Pairs, each of which needs both of the next: twice as many ways for each pair."""
    return "".join(DEVICE.format(f"{x}{n}", f"<&a{(n + 1) % count}>, <&b{(n + 1) % count}>")
                   for n in range(count) for x in "ab")


def clocks(count):
    return ('c0: c0 { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <1000>; };' +
            "".join(FACTOR.format(n, n - 1) for n in range(1, count)))


def supplies(count):
    """The last one is on, and with it all."""
    return SUPPLY.format("s0", "") + "".join(
        SUPPLY.format(f"s{n}", f"vin-supply = <&s{n - 1}>; {'regulator-always-on;' if n == count - 1 else ''}")
        for n in range(1, count))


def row(node, label, count):
    """Nodes each of which needs the one before, the first one a last one."""
    return END + "".join(node.format(n, f"{label}{n - 1}" if n else "end") for n in range(count))


# overlay, and what the kernel would find no end of
CIRCLES = (
    (FACTOR.format(0, 0), "clocks of node 'c0'"),
    (FACTOR.format(0, 1) + FACTOR.format(1, 0), "clocks of node 'c0'"),
    # the driver does not look at the number of cells
    ((FACTOR.format(0, "1 0") + FACTOR.format(1, "0 0")).replace("<0>", "<1>"), "clocks of node 'c0'"),
    (SUPPLY.format("a", "vin-supply = <&b>;") + SUPPLY.format("b", "vin-supply = <&a>;"), "supplies of node 'a'"),
)
# overlay, the node that is named, and how many of what
ROWS = (
    (clocks(CLOCKS + 1), "c64", CLOCKS, "clocks"),
    (row(PWM, "k", CLOCKS // 2), "k31", CLOCKS, "clocks"),
    (supplies(MOST + 1), "s16", MOST, "supplies"),
    (row(CONVERTER, "m", MOST), "m15", MOST, "IIO channels"),
    (row(DELAY, "d", MOST), "d15", MOST, "GPIO controllers"),
    (row(GROUP, "l", MOST), "l15", MOST, "LEDs"),
    (row(DELAY.replace("gpios", "muxed-gpio"), "d", MOST), "d15", MOST, "GPIO controllers"),
    (row(MUX, "b", MOST // 2), "i2c@0", MOST, "multiplexers of buses"),
    (row(MDIO_MUX, "b", MOST // 2), "mdio@0", MOST, "multiplexers of buses"),
)


def write(vm, text):
    manual.write_blob(vm, "rows", dts.compile_overlay(dts.fragment(text)))


def test(vm):
    vm.sh("modprobe -a fixed dtslot-manual")
    manual.make(vm, "rows", "/")
    for text in (circle(500), diamonds(40), INSIDE):
        write(vm, text)
        manual.attach(vm, "rows")
        manual.detach(vm, "rows")

    for text, what in CIRCLES:
        write(vm, text)
        manual.check_refused(vm, "rows", f"resolve: the {what} lead in a circle, which the kernel follows without an end",
                             "Invalid argument")
    for text, node, most, what in ROWS:
        write(vm, text)
        manual.check_refused(vm, "rows", TOO_MANY.format(node, most, what), "Argument list too long")

    # the first one's driver goes by hand, and with it those of all others
    for text, count, driver in ((clocks(CLOCKS), CLOCKS, "of_fixed_clk"), (supplies(MOST), MOST, "reg-fixed-voltage")):
        write(vm, text)
        manual.attach(vm, "rows")
        vm.until(f"grep -q {count}/{count} /sys/class/dtslot/manual:rows/devices")
        vm.sh(f"cd /sys/bus/platform/drivers/{driver} && echo *[cs]0 >unbind")
        assert vm.sh("cat /sys/class/dtslot/manual:rows/devices") == f"0/{count}\n"
        manual.detach(vm, "rows")
    vm.sh(f"rmdir {manual.path('rows')}")
