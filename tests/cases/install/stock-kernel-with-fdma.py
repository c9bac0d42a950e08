# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel as shipped: the switch moves frames by its FDMA, through the machine's interrupt translation service.

Broken if it fails: on a stock arm64 machine the faster way of the card cannot be used.
"""

from lib import card, fdma, stock

kernels = ("7.3-arm64",)
options = dict(stock.OPTIONS, qemu=("-global", "lan966x-endpoint.msi=on"))
timeout = 300


def test(vm):
    fdma.load(vm)
    [bdf] = card.functions(vm)
    vm.until("[ -e /sys/class/net/eth3 ]")
    peers = fdma.ports_up(vm)
    stock.check_pings(vm, peers)
    assert card.interrupts(vm, fdma.INTERRUPT) > 0
    assert card.interrupts(vm, "frame extraction") == 0
    assert fdma.errors(vm) == 0, fdma.errors(vm)
    stock.check_interrupt(vm, bdf, "ITS-PCI-MSI")
