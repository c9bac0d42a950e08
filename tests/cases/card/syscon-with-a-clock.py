# SPDX-License-Identifier: GPL-2.0-or-later
"""A syscon that has a clock works at the second attach, and when the clock's driver was away meanwhile.

Broken if it fails: the kernel keeps the registers of a syscon for ever, and the clock that they had at first with them.
"""

import re

from lib import card, dts, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
SYSCON = "/ { fragment@0 { __overlay__ { pci-ep-bus@0 { syscon@e00c0000 { clocks = <&cpu_clk>; }; }; }; }; };"
CLOCK = "/sys/bus/platform/drivers/of_fixed_clk"
CPU = "clock-600000000"


def prepared(vm):
    """How often the CPU's clock is prepared, but for the clocks that are made of it: a controller may wake at any time."""
    clocks = [(len(line) - len(line.lstrip()), line.split()[0], int(line.split()[2]))
              for line in vm.sh("cat /sys/kernel/debug/clk/clk_summary").splitlines() if re.match(r" +\S+ +\d+ +\d+ ", line)]
    [(at, indent, count)] = [(n, indent, count) for n, (indent, name, count) in enumerate(clocks) if name.endswith(CPU)]
    for deeper, _, made in clocks[at + 1:]:
        if deeper <= indent:
            break
        count -= deeper == indent + 3 and made > 0
    return count


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
    device = vm.sh(f"cd {CLOCK} && ls -d *{CPU}").strip()
    vm.sh(f"echo {device} >{CLOCK}/unbind; echo {device} >{CLOCK}/bind")
    assert prepared(vm) == before + 1
    slot.check_complete(vm, bdf)
