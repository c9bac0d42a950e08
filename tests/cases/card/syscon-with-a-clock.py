# SPDX-License-Identifier: GPL-2.0-or-later
"""A syscon that has a clock works at the second attach, and when the clock's driver was away meanwhile.

Broken if it fails: the kernel keeps the registers of a syscon for ever, and the clock that they had at first with them.
"""

from lib import card, dts, slot

kernels = ("7.3",)
SYSCON = "/ { fragment@0 { __overlay__ { pci-ep-bus@0 { syscon@e00c0000 { clocks = <&cpu_clk>; }; }; }; }; };"
CLOCK = "/sys/bus/platform/drivers/of_fixed_clk"
COUNTS = "/sys/kernel/debug/clk"


def prepared(vm):
    """How often the CPU's clock is prepared, once the I2C controller sleeps, which has a clock made of it."""
    vm.until(f"grep -qx 0 {COUNTS}/flexcom0/clk_prepare_count")
    return int(vm.sh(f"cat {COUNTS}/*clock-600000000/clk_prepare_count"))


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    before = prepared(vm)
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x.dtso", vm.build.kernel, SYSCON))
    for _ in range(3):
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach; echo 1 >{slot.path(bdf)}/attach")
        slot.check_complete(vm, bdf)
        assert prepared(vm) == before + 1
    device = vm.sh(f"cd {CLOCK} && ls -d *clock-600000000").strip()
    vm.sh(f"echo {device} >{CLOCK}/unbind; echo {device} >{CLOCK}/bind")
    assert prepared(vm) == before + 1
    slot.check_complete(vm, bdf)
