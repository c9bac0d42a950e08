# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests ask of a card in a machine with a kernel that Debian ships."""

import re

from . import cache, card, fdma, ports, slot

# A root port keeps no room for a card that is not there, unless it is told to; firmware may. QEMU's root ports do not wake
# the guest when a card comes while they sleep, as they do here once a card has gone.
OPTIONS = {"nics": 4, "append": "pci=hpmemsize=128M pcie_port_pm=off", "memory": 1024}
BY_MSI = ("-global", "lan966x-endpoint.msi=on")
PORTS = (0, 1, 2, 3)


def check_interrupt(vm, bdf, kind):
    """What drivers are told by the card comes by this way."""
    line = next(line for line in vm.sh("cat /proc/interrupts").splitlines() if bdf in line)
    assert re.search(kind, line), line


def check_pings(vm, peers):
    """Frames of some lengths go both ways through the first two ports."""
    for port, peer in enumerate(peers):
        for number, length in enumerate((0, 1, 46, 47, 500, fdma.LONGEST)):
            peer.ping(f"10.0.{port}.1", bytes(length), number)


def insert(vm, name, port):
    """Put an SFP module into a cage of a card whose driver looks."""
    vm.until(f"grep -q 'sfp{port}-mod-def0' /proc/interrupts")
    vm.insert(name, port)
    ports.wait_noticed(vm, port, True)


def check_ports(vm, bdf, name="card0"):
    """Every device has its driver, four ports have a link, two carry frames."""
    slot.check_complete(vm, bdf)
    assert vm.sh("ls /sys/class/net").split() == ["eth0", "eth1", "eth2", "eth3", "lo"], vm.sh("ls /sys/class/net")
    check_pings(vm, fdma.ports_up(vm))
    for port in ports.CAGES:
        insert(vm, name, port)
        vm.sh(f"ip link set eth{port} up")
    for port in PORTS:
        ports.wait_carrier(vm, port)


def check_led(vm):
    """The LED of a port shows its link, once the helper of udev's rule has told it which network device is its own."""
    helper = "/usr/lib/udev/dtslot-port-led"
    vm.put(helper, (cache.REPO / "packaging/udev/dtslot-port-led").read_bytes(), 0o755)
    path = vm.sh("readlink -f /sys/class/net/eth0").strip().removeprefix("/sys")
    # the kernel would load it itself: what is tested is the rule's helper
    vm.sh("modprobe ledtrig_netdev")
    vm.sh(f"ID_DTSLOT_LABEL=cu0 {helper} {path} eth0")
    shown = vm.sh("cd /sys/class/leds/*:cu0:green && cat device_name link rx tx").split()
    assert shown == ["eth0", "1", "1", "1"], shown
    assert vm.sh("cat /sys/class/leds/*:cu1:green/device_name").strip() == ""


def plug(vm, name, **properties):
    """Plug a card in; returns its PCI address."""
    vm.plug(name, bus="rp0", **{f"netdev{port}": f"net{port}" for port in PORTS}, **properties)
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
    [bdf] = card.functions(vm)
    return bdf


def check_coming_and_going(vm):
    """The card that is there from the start by INTx, and one that is plugged in its place by MSI."""
    slot.load(vm)
    [bdf] = card.functions(vm)
    check_ports(vm, bdf)
    check_led(vm)
    check_interrupt(vm, bdf, r"GICv3 +\d+ Level")
    vm.unplug("card0")
    vm.until("[ ! -e /sys/class/dtslot/* ]")
    before = card.snapshot(vm)
    bdf = plug(vm, "card1", msi=True)
    check_ports(vm, bdf, "card1")
    check_interrupt(vm, bdf, "ITS-PCI-MSI")
    vm.unplug("card1")
    slot.check_nothing_left(vm, before)


def check_fdma(vm):
    """The switch moves frames by its FDMA, and tells so by MSI; returns the card's PCI address."""
    fdma.load(vm)
    [bdf] = card.functions(vm)
    vm.until("[ -e /sys/class/net/eth3 ]")
    check_pings(vm, fdma.ports_up(vm))
    assert card.interrupts(vm, fdma.INTERRUPT) > 0
    assert card.interrupts(vm, "frame extraction") == 0
    assert fdma.errors(vm) == 0, fdma.errors(vm)
    check_interrupt(vm, bdf, "ITS-PCI-MSI")
    return bdf
