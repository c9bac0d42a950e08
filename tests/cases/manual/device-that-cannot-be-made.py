# SPDX-License-Identifier: GPL-2.0-or-later
"""The last device of an overlay cannot be made, as another has its name, or the kernel has no such bus: those before it go
again, the error says which.

Broken if it fails: an attach that fails at its last step leaves drivers and nodes behind.
"""

from lib import card, dts, manual

kernels = ("7.3", "6.12")
options = {"cards": (), "ports": 0}
# the kernel's own platform device of that name
TAKEN = "serial8250"
expect_log = [rf"sysfs: cannot create duplicate filename '/bus/platform/devices/{TAKEN}'", r"Call Trace:"]
CASES = (
    (f'{TAKEN} {{ compatible = "nobody,has-a-driver"; }};', f"the kernel made no device for node /{TAKEN}", "No such device"),
    # x86 has none; manual/primecell is about a kernel that has it
    ('uart@9000000 { compatible = "arm,pl011", "arm,primecell"; reg = <0x9000000 0x1000>; };',
     "node /uart@9000000 is an AMBA device (arm,primecell), and this kernel has no AMBA bus", "Operation not supported"),
)


def test(vm):
    vm.sh("modprobe -a fixed dtslot-manual")
    manual.make(vm, "name", "/")
    before, regulators = card.snapshot(vm), vm.sh("cat /sys/class/regulator/*/name")
    for node, message, told in CASES:
        manual.write_blob(vm, "name", dts.compile_overlay(dts.fragment(f"""
            supply {{ compatible = "regulator-fixed"; regulator-name = "before"; }};
            clock {{ compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <1>; }};
            {node}""")))
        manual.check_refused(vm, "name", f"populate: {message}", told)
        assert manual.state(vm, "name") == "failed"
        assert vm.sh("cat /sys/class/regulator/*/name") == regulators
        assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
