# SPDX-License-Identifier: GPL-2.0-or-later
"""FDMA behind an IOMMU: one window shows all addresses that the card was given, no byte is copied, and it reaches no other.

Broken if it fails: frames are copied through bounce memory although an IOMMU could map them, or a card whose windows
are set elsewhere reaches memory that it was not given.
"""

from lib import card, fdma, function, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"nics": 2, "userland": "network", "append": "intel_iommu=on iommu.passthrough=0 iommu.strict=1",
           "before_ports": ("-device", "intel-iommu")}
timeout = 240
expect_log = [r"DMAR: \[DMA Read .*fault addr"]

SOC, SIZE = 0x10000000, 0x10000000
LOWER_TARGET = fdma.IATU + 0x14     # of the first window
ASTRAY = 0x20000000     # what the function's mask leaves out, so that nothing is mapped there


def test(vm):
    fdma.need_windows(vm)
    fdma.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    before = card.snapshot(vm)
    assert fdma.windows(vm, bdf) == [(SOC, 0, SIZE)], fdma.windows(vm, bdf)
    peers = fdma.ports_up(vm)
    fdma.check_frames(vm, peers, steps=(32, 41))

    # a window that leads elsewhere: the IOMMU has nothing there for the card
    vm.sh(f"mmio {function.device(bdf)}/resource1 {LOWER_TARGET:#x} {ASTRAY:#x}")
    assert fdma.windows(vm, bdf) == [(SOC, ASTRAY, SIZE)]
    for _ in range(3):
        peers[1].send(fdma.BROADCAST + peers[1].mac + fdma.EXPERIMENT + bytes(50))
    while not fdma.errors(vm):
        vm.sh("sleep 0.1")
    vm.sh(f"mmio {function.device(bdf)}/resource1 {LOWER_TARGET:#x} 0")

    # removed with its rings full, and in use again
    fdma.check_removal(vm, bdf, peers)
    assert fdma.windows(vm, bdf) == []
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
    slot.check_nothing_left(vm, before)
