# SPDX-License-Identifier: GPL-2.0-or-later
"""ethtool -S and ip -s link count each frame that was sent, once and as what it is, malformed ones too.

Broken if it fails: somebody who looks for lost frames is led astray.
"""

from lib import card, ports
from lib.peer import BROADCAST, EXPERIMENT

kernels = ("7.3",)
soak_kernels = ("6.12",)
# the peers mean what they send: a short frame is a runt
options = {**ports.OPTIONS, "qemu": ("-global", "lan966x-port.pad=off")}
timeout = 240

FCS = 4
BINS = {64: "64", 127: "65_127", 255: "128_255", 511: "256_511", 1023: "512_1023", 1526: "1024_1526"}
LENGTHS = (60, 61, 123, 124, 251, 252, 507, 508, 1019, 1020, 1514)      # both ends of each bin, without FCS
MULTICAST = bytes.fromhex("0100000000aa")


def sizes(way, lengths):
    """What the counters of sizes grow by."""
    found = {}
    for length in lengths:
        name = f"{way}_sz_" + next(name for last, name in BINS.items() if length + FCS <= last)
        found[name] = found.get(name, 0) + 1
    return found


def check_received(vm, port, peer):
    name = f"eth{port}"
    mac = ports.mac(vm, name)
    before, link = ports.counters(vm, name), ports.link_statistics(vm, name)
    interrupts = card.interrupts(vm, "frame extraction")
    for length in LENGTHS:
        for target in (mac, MULTICAST, BROADCAST, BROADCAST):
            peer.send(target + peer.mac + EXPERIMENT + bytes(length - 14))
    octets = 4 * sum(length + FCS for length in LENGTHS)
    vm.until(f"[ $(ethtool -S {name} | sed -n 's/.*rx_octets: //p') = {before.get('rx_octets', 0) + octets} ]")
    count = len(LENGTHS)
    grown = ports.grown(before, ports.counters(vm, name))
    assert grown == {
        "rx_octets": octets, "rx_unicast": count, "rx_multicast": count, "rx_broadcast": 2 * count,
        "rx_green_prio_0": 3 * count, "dr_local": count, **sizes("rx", 4 * LENGTHS)}, grown
    now = ports.link_statistics(vm, name)
    assert ports.grown(link["rx"], now["rx"]) == {
        "bytes": octets, "packets": 4 * count, "multicast": count,
        "dropped": 4 * count}, now      # by the switch those for nobody, by the guest those that nobody waits for
    assert now["tx"] == link["tx"]
    assert card.interrupts(vm, "frame extraction") > interrupts


def check_sent(vm, port, peer):
    name = f"eth{port}"
    mac = ports.mac(vm, name)
    before, link = ports.counters(vm, name), ports.link_statistics(vm, name)
    for target in (peer.mac, MULTICAST, BROADCAST, BROADCAST):
        frames = [target + mac + EXPERIMENT + bytes(n & 0xff for n in range(length - 14)) for length in LENGTHS]
        vm.sh(f"frames {name} {' '.join(frame.hex() for frame in frames)}")
        for frame in frames:
            assert peer.receive_from(mac) == frame
    octets, count = 4 * sum(length + FCS for length in LENGTHS), len(LENGTHS)
    grown = ports.grown(before, ports.counters(vm, name))
    assert grown == {
        "tx_octets": octets, "tx_unicast": count, "tx_multicast": count, "tx_broadcast": 2 * count,
        "tx_green_prio_0": 4 * count, **sizes("tx", 4 * LENGTHS)}, grown
    now = ports.link_statistics(vm, name)
    assert ports.grown(link["tx"], now["tx"]) == {"bytes": octets, "packets": 4 * count}, now
    assert now["rx"] == link["rx"]


def check_malformed(vm, port, peer):
    """Too short, too long: counted and gone, and the next good frame gets through."""
    name = f"eth{port}"
    mac = ports.mac(vm, name)
    before, link = ports.counters(vm, name), ports.link_statistics(vm, name)
    interrupts = card.interrupts(vm, "frame extraction")
    short, long = (1, 13, 14, 15, 33, 59), (1515, 1518, 9000, 16379, 16380, 40000)
    for length in (*short, *long):
        peer.send_raw((mac + peer.mac + EXPERIMENT + bytes(40000))[:length], shortest=0)
    octets = sum(length + FCS for length in (*short, *long))
    vm.until(f"[ $(ethtool -S {name} | sed -n 's/.*rx_octets: //p') = {before['rx_octets'] + octets} ]")
    grown = ports.grown(before, ports.counters(vm, name))
    assert grown == {
        "rx_octets": octets, "rx_short": len(short), "rx_long": len(long)}, grown
    now = ports.link_statistics(vm, name)
    assert ports.grown(link["rx"], now["rx"]) == {
        "bytes": octets, "packets": len(short + long), "errors": len(short + long), "dropped": len(long)}, now
    assert card.interrupts(vm, "frame extraction") == interrupts
    vm.sh(f"ip addr add 10.0.{port}.1/24 dev {name}")
    peer.ping(f"10.0.{port}.1", bytes(1472), 1)


def test(vm):
    ports.up(vm, *range(4), addresses=False, ipv6=False)
    for port in range(4):
        peer = vm.peer(port, f"10.0.{port}.2")
        check_received(vm, port, peer)
        check_sent(vm, port, peer)
        check_malformed(vm, port, peer)

    text = vm.sh("ethtool eth0")
    assert "Speed: 1000Mb/s" in text and "Duplex: Full" in text and "Link detected: yes" in text, text
    ports.pull(vm, 3)
    ports.insert(vm, 3, vendor="TESTER", part="LIGHT", serial="S0815")
    ports.wait_carrier(vm, 3)
    text = vm.sh("ethtool -m eth3")
    for line in ("Identifier : 0x03 (SFP)", "Connector : 0x07 (LC)", "Transceiver type : Ethernet: 1000BASE-SX",
                 "Laser wavelength : 850nm", "Vendor name : TESTER", "Vendor PN : LIGHT", "Vendor SN : S0815",
                 "Date code : 260101"):
        assert line in " ".join(text.split()), f"{line} is not in:\n{text}"
