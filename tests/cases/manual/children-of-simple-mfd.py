# SPDX-License-Identifier: GPL-2.0-or-later
"""Children of a simple-mfd, of a bus below a bus, and clocks that are below no bus become devices, as at boot.

Broken if it fails: an overlay that works in the tree that the kernel boots with does nothing in a slot.
"""

from lib import dts, manual

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": (), "ports": 0}
REGULATOR = '{ compatible = "regulator-fixed"; regulator-name = "%s"; };'
CLOCK = '{ compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <1000>; };'
NESTED = f"""
    top {{ compatible = "simple-mfd"; inmfd {REGULATOR % "inmfd"} }};
    bus {{
        compatible = "simple-bus";
        inbus {REGULATOR % "inbus"}
        mfd {{ compatible = "acme,x", "syscon", "simple-mfd"; deep {REGULATOR % "deep"} }};
    }};
    pmbus {{ compatible = "simple-pm-bus"; inpm {REGULATOR % "inpm"} }};
"""
CLOCKS = f"""
    clocks {{ osc: oscillator {CLOCK} }};
    user {{
        compatible = "regulator-fixed-clock";
        regulator-name = "by-clock";
        clocks = <&osc>, <&below>;
        below: clock {CLOCK}
    }};
"""


def check(vm, source, devices, regulators):
    before = vm.sh("cat /sys/class/regulator/*/name")
    manual.write_blob(vm, "one", dts.compile_overlay(dts.fragment(source)))
    manual.attach(vm, "one")
    assert vm.sh("cat /sys/class/dtslot/manual:one/devices") == devices
    assert vm.sh("cat /sys/class/dtslot/manual:one/unbound") == ""
    found = set(vm.sh("cat /sys/class/regulator/*/name").split()) - set(before.split())
    assert found == regulators, found
    manual.detach(vm, "one")
    assert vm.sh("cat /sys/class/regulator/*/name") == before


def test(vm):
    vm.sh("modprobe -a fixed dtslot-manual")
    manual.make(vm, "one", "/")
    check(vm, NESTED, "8/8\n", {"inmfd", "inbus", "deep", "inpm"})
    check(vm, CLOCKS, "3/3\n", {"by-clock"})
