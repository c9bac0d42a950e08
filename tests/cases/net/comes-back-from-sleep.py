# SPDX-License-Identifier: GPL-2.0-or-later
"""The system sleeps with a card in it: suspended to idle, the card goes on as it was; to RAM, it is attached anew.

Broken if it fails: a card that the firmware reset when it woke the system, whose slot is "attached" and does nothing.
"""

from lib import card, dts, fdma, ports, sleep, slot

kernels = ("7.3", "6.12")
options = {"nics": 2, "cards": (), "userland": "network", **sleep.OPTIONS}
timeout = 300


def check_ports(peers, what):
    for port, peer in enumerate(peers):
        peer.ping(f"10.0.{port}.1", what, port)


def test(vm):
    slot.load(vm)
    before = card.snapshot(vm)
    for msi in (False, True):
        if msi and vm.has("CONFIG_ARCH_HAS_DMA_OPS"):
            vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-fdma.dtso", vm.build.kernel))
        bdf, peers = ports.plug(vm, msi)
        plugged = card.snapshot(vm)
        assert (card.interrupts(vm, fdma.INTERRUPT) is not None) == (msi and vm.has("CONFIG_ARCH_HAS_DMA_OPS"))
        check_ports(peers, b"awake")
        told = slot.states(vm, slot.path(bdf), lambda: sleep.to_idle(vm))
        assert told == [], told
        check_ports(peers, b"was idle")

        for _ in range(2):
            told = slot.states(vm, slot.path(bdf), lambda: sleep.to_ram(vm), "attached")
            assert told == slot.ANEW, told
            assert "lan966x lost its state, is attached anew" in vm.log()
            slot.check_complete(vm, bdf)
            slot.check_i2c(vm, bdf)
            check_ports(fdma.ports_up(vm), b"was off")
            assert not card.differences(plugged, card.snapshot(vm)), card.differences(plugged, card.snapshot(vm))
        vm.unplug("card0")
        slot.check_nothing_left(vm, before)

    # emptied by hand, it stays empty
    bdf, peers = ports.plug(vm, True)
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    told = slot.states(vm, slot.path(bdf), lambda: sleep.to_ram(vm))
    assert told == [] and slot.show(vm, bdf, "state") == "empty", told
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    check_ports(fdma.ports_up(vm), b"by hand")

    # removed at once when awake
    sleep.to_ram(vm, afterwards=f"echo 1 >/sys/bus/pci/devices/{bdf}/remove")
    assert vm.sh("ls /sys/class/dtslot") == ""
    slot.check_nothing_left(vm, before)
