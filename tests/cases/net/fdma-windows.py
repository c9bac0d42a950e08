# SPDX-License-Identifier: GPL-2.0-or-later
"""FDMA as on silicon: the unmodified driver's addresses are the SoC's, and windows of the iATU lead to the host.

Broken if it fails: frames come from or go to memory that is not theirs, or windows stay open over freed memory.
"""

import re

from lib import card, dts, fdma, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"nics": 2, "userland": "network"}
timeout = 400

SOC = 0x10000000
CONTROL, OPEN = fdma.IATU + 4, 1 << 31      # of the first window


def test(vm):
    fdma.need_windows(vm)
    fdma.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    opened = fdma.windows(vm, bdf)
    vm.note(f"{sum(size for *_, size in opened) >> 10} KiB in {len(opened)} windows")
    assert opened and opened[0][0] == SOC
    for (soc, _, size), (following, *_) in zip(opened, opened[1:]):
        assert following == soc + size, opened
    ram = vm.sh("grep 'System RAM' /proc/iomem")
    for _, host, size in opened:
        assert any(int(first, 16) <= host and host + size - 1 <= int(last, 16)
                   for first, last in re.findall(r"(\w+)-(\w+) :", ram)), (opened, ram)

    peers = fdma.ports_up(vm)
    fdma.check_frames(vm, peers)
    fdma.check_mtu(vm, peers)
    fdma.check_bus_master(vm, bdf, peers)
    fdma.check_removal(vm, bdf, peers)
    assert fdma.windows(vm, bdf) == []

    for _ in range(5):
        vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
        slot.wait_attached(vm, bdf)
        assert fdma.windows(vm, bdf)[0][0] == SOC
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
        assert fdma.windows(vm, bdf) == []

    # one that an earlier kernel has left open is closed, whether or not the overlay uses DMA
    vm.sh(f"rm {dts.FIRMWARE}; mmio /sys/bus/pci/devices/{bdf}/resource1 {CONTROL:#x} {OPEN:#x}")
    assert len(fdma.windows(vm, bdf)) == 1
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    assert fdma.windows(vm, bdf) == []
