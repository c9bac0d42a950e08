# SPDX-License-Identifier: GPL-2.0-or-later
"""A syscon that has a clock works at the second attach, and when the clock's driver was away meanwhile.

Broken if it fails: the kernel keeps the registers of a syscon for ever, and the clock that they had at first with them.
"""

from lib import card, dts, slot

kernels = ("7.3",)
SYSCON = "/ { fragment@0 { __overlay__ { pci-ep-bus@0 { syscon@e00c0000 { clocks = <&cpu_clk>; }; }; }; }; };"
CLOCK = "/sys/bus/platform/drivers/of_fixed_clk"


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    prepared = "cat /sys/kernel/debug/clk/*clock-600000000/clk_prepare_count"
    before = int(vm.sh(prepared))
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x.dtso", vm.build.kernel, SYSCON))
    for _ in range(3):
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach; echo 1 >{slot.path(bdf)}/attach")
        slot.check_complete(vm, bdf)
        assert int(vm.sh(prepared)) == before + 1
    device = vm.sh(f"cd {CLOCK} && ls -d *clock-600000000").strip()
    vm.sh(f"echo {device} >{CLOCK}/unbind; echo {device} >{CLOCK}/bind")
    assert int(vm.sh(prepared)) == before + 1
    slot.check_complete(vm, bdf)
