# SPDX-License-Identifier: GPL-2.0-or-later
"""A card dies while frames come, between an interrupt and its handling, with INTx and with MSI: no driver is called.

Broken if it fails: drivers take all ones for what their card says, and the host crashes or waits for ever. The removal
of a card that died at work is in net/bridge-is-unplugged, and in the soaks.
"""

from lib import card, dark, ports, slot

kernels = ("7.3", "6.12")
options = {"nics": 2, "cards": (), "userland": "network"}
timeout = 300


def test(vm):
    slot.load(vm)
    before = card.snapshot(vm)
    for msi in dark.HANDLERS:
        _, peers = ports.plug(vm, msi)
        dark.die_in_interrupt(vm, msi, peers[0])
        dark.set_dark(vm, False)    # removal need not wait for it
        vm.unplug("card0")
        slot.check_nothing_left(vm, before)
