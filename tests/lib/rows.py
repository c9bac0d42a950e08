# SPDX-License-Identifier: GPL-2.0-or-later
"""Text of overlays in which one node needs another, that one the next, and so on."""

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
