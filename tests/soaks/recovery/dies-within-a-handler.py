# SPDX-License-Identifier: GPL-2.0-or-later
"""A card dies when the switch's handler has just been called: with the fixes for its driver this one and all others end.

Broken if it fails: a card that dies at the wrong moment takes the host with it. Mainline's driver without the fixes
does that (docs/mainline.md); a card that dies a moment earlier is in net/card-goes-dark.
"""

from lib import card, dark, fixes, ports, recovery, slot

kernels = ("7.3", "6.12")
options = {**recovery.OPTIONS, "smp": 2}
timeout = 900
FOLDER = "drivers/net/ethernet/microchip/lan966x"


def test(vm):
    path = vm.sh("modinfo -n lan966x-switch").strip()
    vm.put(path, fixes.build(vm.build.kernel, FOLDER)["lan966x-switch"])
    slot.load(vm)
    before = card.snapshot(vm)
    for msi in dark.HANDLERS:
        bdf, peers = ports.plug(vm, msi)
        dark.die_in(vm, "lan966x_xtr_irq_handler", peers[0])
        recovery.remove(vm, bdf, "with MSI" if msi else "with INTx")
        dark.wait_let_go(vm)
        dark.set_dark(vm, False)
        vm.unplug("card0")
        slot.check_nothing_left(vm, before)
