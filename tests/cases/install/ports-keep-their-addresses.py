# SPDX-License-Identifier: GPL-2.0-or-later
"""The ports of a card have the addresses that they had before it went; those in another slot or host have others.

Broken if it fails: each attach gives the ports new addresses, so leases, bridges and rules by address are void; or two
cards, or two hosts, have the same ones.
"""

import hashlib
import struct

from lib import card, slot

kernels = ("7.3", "6.12")
options = {"cards": ("card0", "card1"), "append": "dtslot-pci.host_id=one"}
timeout = 240
DEVFNS = {"rp0": 4 << 3, "rp1": 5 << 3}


def expected(host, *way):
    """What the ports of a card have: the first four addresses after that of the switch."""
    seed = struct.pack("<64siBB16sQI", host.encode(), 0, 0, len(way), bytes(way), 0, 0)
    digest = bytearray(hashlib.sha256(seed).digest()[:6])
    digest[0] = digest[0] & 0xfe | 2
    digest[5] &= 0xf0
    return [digest[:5].hex(":") + f":{digest[5] + port:02x}" for port in (1, 2, 3, 4)]


def ports(vm, bdf):
    """The addresses of the ports, once all of them are there."""
    nets = f"find /sys/bus/pci/devices/{bdf}/ -path '*/net/*' -name address"
    vm.until(f"[ $({nets} | wc -l) = 4 ]")
    return sorted(vm.sh(f"cat $({nets})").split())


def check(vm, host):
    """Both cards have what they are to have in this host."""
    for bdf, port in zip(card.functions(vm), ("rp0", "rp1")):
        slot.wait_attached(vm, bdf)
        assert ports(vm, bdf) == expected(host, 0, DEVFNS[port]), ports(vm, bdf)
        node = vm.sh(f"find /sys/firmware/devicetree/base/ -name 'switch@*' | grep pci@{DEVFNS[port] >> 3},0/").strip()
        assert vm.get(f"{node}/dtslot,mac-address-from") == b"host and slot\0"


def test(vm):
    assert expected("one", 0, DEVFNS["rp0"])[0] == "92:06:f8:39:3a:b1", expected("one", 0, DEVFNS["rp0"])
    slot.load(vm)
    check(vm, "one")
    for bdf in card.functions(vm):
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach; echo 1 >{slot.path(bdf)}/attach")
    check(vm, "one")
    vm.sh("rmmod dtslot-pci; modprobe dtslot-pci host_id=another")
    check(vm, "another")
    # nothing to tell this host from others: the switch takes a random address, as without us
    vm.sh("rmmod dtslot-pci; modprobe dtslot-pci host_id=")
    first, _ = card.functions(vm)
    slot.wait_attached(vm, first)
    assert vm.sh("find /sys/firmware/devicetree/base/ -name '*mac-address*'") == ""
    assert not set(ports(vm, first)) & set(expected("", 0, DEVFNS["rp0"])), ports(vm, first)
