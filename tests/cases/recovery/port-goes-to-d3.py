# SPDX-License-Identifier: GPL-2.0-or-later
"""Ports go to D3 in sleep and take the power from their slots: a card in use keeps its port from that, and goes on.

So it does where root lets them sleep at run time; there the card of an empty slot sleeps. A card that was off all the
same is attached anew. An image of the memory that is not written costs no card its drivers.

Broken if it fails: a card that forgot everything in suspend to idle, whose slot is "attached" and does nothing.
"""

import re
import threading

from lib import card, fdma, ports, sleep, slot
from lib.peer import EXPERIMENT

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {
    **sleep.OPTIONS, "ports": 0, "nics": 2, "userland": "network", "append": "pcie_port_pm=force",
    "before_ports": ("-device", "pcie-root-port-d3,id=rp0,bus=pcie.0,addr=4.0,chassis=1,slot=1,mem-reserve=128M",
                     "-global", "lan966x-endpoint.msi=on",
                     # no kernel knows that a slot was off whose port was in D3hot, and waits for the boot window
                     "-global", "lan966x-endpoint.boot-ms=0"),
}
timeout = 300
PORT = "0000:00:04.0"
CONFIG = f"/sys/bus/pci/devices/{PORT}/config"
PM, CONTROL = 1, 4      # a capability, and the register in it whose two lowest bits are the power state
WATCH = "echo 'func pci_pm_suspend_noirq +p' >/proc/dynamic_debug/control"


def check_ports(peers, what):
    for port, peer in enumerate(peers):
        peer.ping(f"10.0.{port}.1", what, port)


def idle(vm, bdf, *expected):
    """Suspend to idle; the port and the card have these power states meanwhile."""
    vm.sh("dmesg -c >/dev/null")
    sleep.to_idle(vm, "platform")
    states = dict(re.findall(r" (\S+): PCI PM: Suspend power state: (\S+)", vm.sh("dmesg")))
    assert (states[PORT], states[bdf]) == expected, states


def lose_power(vm):
    """The port goes to D3 and comes back, and Linux does not know."""
    config = vm.get(CONFIG)
    place = config[0x34]
    while config[place] != PM:
        place = config[place + 1]
    for state in (3, 0):
        vm.sh(f"printf '\\{state}' | dd of={CONFIG} bs=1 seek={place + CONTROL} conv=notrunc 2>/dev/null")


def fail_to_hibernate(vm, peer):
    """There is nothing to write the image to; frames come meanwhile."""
    frame = ports.mac(vm, "eth0") + peer.mac + EXPERIMENT + bytes(100)
    over = threading.Event()

    def send():
        while not over.wait(0.05):
            peer.try_send(frame)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        status, text = vm.try_sh("echo disk >/sys/power/state")
    finally:
        over.set()
        sender.join()
    assert status and "I/O error" in text, text


def power(vm, function):
    """What runtime power management made of a function."""
    return vm.sh(f"cd /sys/bus/pci/devices/{function} && echo $(cat power/runtime_status power_state)").strip()


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    vm.sh(WATCH)
    peers = fdma.ports_up(vm)
    check_ports(peers, b"awake")
    told = slot.states(vm, slot.path(bdf), lambda: idle(vm, bdf, "D0", "D0"))
    assert told == [], told
    check_ports(peers, b"was idle")
    slot.check_i2c(vm, bdf)

    told = slot.states(vm, slot.path(bdf), lambda: fail_to_hibernate(vm, peers[0]))
    assert told == [], told
    check_ports(peers, b"had an image made")

    lose_power(vm)
    told = slot.states(vm, slot.path(bdf), lambda: idle(vm, bdf, "D0", "D0"), "attached")
    assert told == slot.ANEW, told
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf)
    check_ports(fdma.ports_up(vm), b"was off")

    # what root has detached stays detached
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    told = slot.states(vm, slot.path(bdf), lambda: idle(vm, bdf, "D3hot", "D3hot"))
    assert told == [] and slot.show(vm, bdf, "state") == "empty", told
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
    check_ports(fdma.ports_up(vm), b"was in D3")

    # awake, and free to sleep by itself
    vm.sh(f"for d in {bdf} {PORT}; do echo auto >/sys/bus/pci/devices/$d/power/control; done; sleep 2")
    assert power(vm, bdf) == power(vm, PORT) == "active D0"
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    vm.until(f"[ $(cat /sys/bus/pci/devices/{PORT}/power/runtime_status) = suspended ]")
    assert power(vm, PORT) == "suspended D3hot"
    assert power(vm, bdf).startswith("suspended D3")
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf)
    check_ports(fdma.ports_up(vm), b"was off by itself")
    assert power(vm, bdf) == power(vm, PORT) == "active D0"
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    vm.until(f"[ $(cat /sys/bus/pci/devices/{PORT}/power/runtime_status) = suspended ]")
    slot.unbind(vm, bdf)
    slot.bind(vm, bdf)
    slot.check_complete(vm, bdf)
