# SPDX-License-Identifier: GPL-2.0-or-later
"""The switch's driver with the project's fixes moves frames by its FDMA, goes while that works, and comes again.

Broken if it fails: fix 19, which ends the FDMA in another order, hangs or loses frames.
"""

from lib import card, fdma, fixes, slot

kernels = ("7.3", "6.12")
options = {"nics": 2, "userland": "network", "append": "intel_iommu=on iommu.passthrough=0 iommu.strict=1",
           "before_ports": ("-device", "intel-iommu")}
timeout = 300
FOLDER = "drivers/net/ethernet/microchip/lan966x"


def test(vm):
    fdma.need_windows(vm)
    path = vm.sh("modinfo -n lan966x-switch").strip()
    vm.put(path, fixes.build(vm.build.kernel, FOLDER)["lan966x-switch"])
    fdma.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    peers = fdma.ports_up(vm)
    fdma.check_frames(vm, peers, steps=(100, 100))
    fdma.check_mtu(vm, peers)
    fdma.check_removal(vm, bdf, peers)
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
