# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices and clocks that need each other in long rows, in circles and in a device's own child nodes.

Broken if it fails: an overlay overflows the kernel's stack, which follows links and clocks by recursion, or hangs its slot.
"""

from lib import dts, manual

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": (), "ports": 0}
expect_log = [r"no link to .*, as too many devices need each other in a row: unbind neither by hand"]
DEVICE = '{0}: {0} {{ compatible = "acme,none"; #clock-cells = <0>; clocks = {1}; }};'
FACTOR = ('c{0}: c{0} {{ compatible = "fixed-factor-clock"; #clock-cells = <0>; clock-div = <1>; clock-mult = <1>;'
          ' clocks = <&c{1}>; }};')
MOST = 64   # clocks in a row
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


def write(vm, text):
    manual.write_blob(vm, "rows", dts.compile_overlay(dts.fragment(text)))


def test(vm):
    vm.sh("modprobe dtslot-manual")
    manual.make(vm, "rows", "/")
    for text in (circle(500), diamonds(40), INSIDE):
        write(vm, text)
        manual.attach(vm, "rows")
        manual.detach(vm, "rows")

    write(vm, clocks(MOST + 1))
    manual.check_refused(vm, "rows", "populate: node /c64 needs more than 64 fixed clocks that are made of each other in a row",
                         "Argument list too long")
    # the first one's driver goes by hand, and with it those of all others
    write(vm, clocks(MOST))
    manual.attach(vm, "rows")
    assert vm.sh("cat /sys/class/dtslot/manual:rows/devices") == "64/64\n"
    vm.sh("cd /sys/bus/platform/drivers/of_fixed_clk && echo *c0 >unbind")
    assert vm.sh("cat /sys/class/dtslot/manual:rows/devices") == "0/64\n"
    manual.detach(vm, "rows")
    vm.sh(f"rmdir {manual.path('rows')}")
