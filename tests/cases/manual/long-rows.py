# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices, clocks and supplies that need each other in long rows, in circles and in a device's own child nodes.

Broken if it fails: an overlay overflows the kernel's stack, which follows all of these by recursion, or hangs its slot.
"""

from lib import dts, manual
from lib.rows import CONVERTER, DELAY, FACTOR, GROUP, MDIO_MUX, MUX, PWM, SUPPLY, clocks, row, supplies

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": (), "ports": 0}
expect_log = [r"no link to .*, as too many devices need each other in a row: unbind neither by hand"]
DEVICE = '{0}: {0} {{ compatible = "acme,none"; #phy-cells = <0>; phys = {1}; }};'
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
