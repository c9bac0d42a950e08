# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests ask of the card's ports as network devices. They want options = ports.OPTIONS, or with more in it."""

import json
import re

from . import card, fdma, slot

CAGES = (2, 3)      # ports that want a module
OPTIONS = {"nics": 4, "userland": "network"}
# A command that takes all ports up which there are. Without IPv6 the guest sends nothing by itself: the switch's driver frees
# what its FDMA sends from before its network devices go (docs/mainline.md).
SILENTLY_UP = ("for n in /sys/class/net/eth*; do n=${n##*/};"
               " echo 1 >/proc/sys/net/ipv6/conf/$n/disable_ipv6 && ip link set $n up || exit; done")


def up(vm, *numbers, addresses=True, ipv6=True):
    """Have the card's drivers bind and take ports up; port n is eth<n>, with 10.0.<n>.1. Returns the PCI address.

    Without addresses and IPv6 the guest sends nothing by itself.
    """
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    for port in numbers:
        if port in CAGES:
            insert(vm, port)
        if not ipv6:
            quiet(vm, f"eth{port}")
        vm.sh(f"ip link set eth{port} up")
        if addresses:
            vm.sh(f"ip addr add 10.0.{port}.1/24 dev eth{port}")
    for port in numbers:
        wait_carrier(vm, port)
        if ipv6:
            wait_ipv6(vm, f"eth{port}")
    return bdf


def plug(vm, msi):
    """Plug a card in and take its ports up; returns its PCI address and the hosts behind the ports."""
    vm.plug("card0", bus="rp0", netdev0="net0", netdev1="net1", msi=msi)
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    return bdf, fdma.ports_up(vm)


def wait_noticed(vm, port, present):
    vm.until(f"grep -q '^moddef0: {present:d}' /sys/kernel/debug/*:sfp{port}/state")


def insert(vm, port, **properties):
    """Put a module into a cage whose driver looks: it misses one that comes while it asks for its interrupts.

    One at a time: of two lines that change shortly one after the other, pinctrl-ocelot can lose the second, see
    docs/mainline.md.
    """
    vm.until(f"grep -q 'sfp{port}-mod-def0' /proc/interrupts")
    vm.insert("card0", port, **properties)
    wait_noticed(vm, port, True)


def pull(vm, port):
    vm.pull("card0", port)
    wait_noticed(vm, port, False)


def quiet(vm, name):
    """No IPv6 on this interface: it says nothing that a test did not cause."""
    vm.sh(f"echo 1 >/proc/sys/net/ipv6/conf/{name}/disable_ipv6")


def bridge(vm, *numbers, properties=""):
    """Put ports into a bridge br0 that says nothing by itself, and wait until they forward."""
    vm.sh(f"modprobe bridge; ip link add br0 type bridge forward_delay 0 mcast_snooping 0 {properties}")
    quiet(vm, "br0")
    for port in numbers:
        vm.sh(f"ip link set eth{port} master br0")
    vm.sh("ip link set br0 up")
    for port in numbers:
        vm.until(f"[ $(cat /sys/class/net/eth{port}/brport/state) = 3 ]")


def wait_carrier(vm, port, value=1):
    vm.until(f"[ $(cat /sys/class/net/eth{port}/carrier) = {value} ]")


def wait_ipv6(vm, name, where=""):
    """Wait until an interface has made sure that its IPv6 addresses are nobody else's."""
    vm.until(f"{where} ip -6 addr show dev {name} | grep -q fe80 &&"
             f" ! {where} ip -6 addr show dev {name} tentative | grep -q fe80")


def mac(vm, name):
    return bytes.fromhex(vm.sh(f"cat /sys/class/net/{name}/address").strip().replace(":", ""))


def counters(vm, name):
    """{counter: value} of the chip, as "ethtool -S" shows them, without those that are 0."""
    found = re.findall(r"^ +(\w+): (\d+)$", vm.sh(f"ethtool -S {name}"), re.M)
    return {counter: int(value) for counter, value in found if value != "0"}


def link_statistics(vm, name):
    """{"rx": {..}, "tx": {..}} of "ip -s link", without what is 0."""
    [link] = json.loads(vm.sh(f"ip -j -s link show dev {name}"))
    return {way: {key: value for key, value in link["stats64"][way].items() if value} for way in ("rx", "tx")}


def grown(before, after):
    """What counters have grown by, without those that have not."""
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}


def fdb(vm, bridge):
    """[entry] of the stations that a bridge knows by its ports' hardware."""
    return [entry for entry in json.loads(vm.sh(f"bridge -j fdb show br {bridge}"))
            if "extern_learn" in entry.get("flags", [])]
