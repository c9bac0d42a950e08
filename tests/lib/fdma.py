# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests ask of a card whose switch moves frames by its FDMA."""

import contextlib
import re
import threading

from . import card, dts, slot
from .peer import BROADCAST, EXPERIMENT, SECONDS

CARD = "/machine/peripheral/card0"
INTERRUPT = "fdma irq"
LONGEST = 1472      # payload of an echo request in a frame of 1514 bytes
PORTS = (0, 1)
COMMAND, MASTER = 4, 4      # offset of the PCI command register; bus master enable
IATU, STRIDE = 0x700000, 0x200      # in BAR 1
REGIONS = 6


def errors(vm):
    """Accesses of the FDMA that did not reach the guest's memory."""
    return vm.qom_get(CARD, "fdma-errors")


def windows(vm, bdf):
    """[(SoC address, host address, size)] of the windows that are open."""
    bar1 = int(vm.sh(f"sed -n 2p /sys/bus/pci/devices/{bdf}/resource").split()[0], 16)
    found = []
    for n in range(REGIONS):
        text = vm.hmp(f"xp /7wx 0x{bar1 + IATU + n * STRIDE:x}")
        words = [int(word, 16) for line in text.splitlines() for word in re.findall(r"0x(\w{8})\b", line.split(":")[1])]
        if words[1] >> 31:
            assert words[3] == 0, text
            found.append((words[2], words[6] << 32 | words[5], (words[4] | 0xffff) - words[2] + 1))
    return found


def need_windows(vm):
    """Skip the test where addresses for the FDMA cannot be translated."""
    if not vm.has("CONFIG_ARCH_HAS_DMA_OPS"):
        vm.skip("the kernel has no ARCH_HAS_DMA_OPS: no module can translate DMA addresses")


def load(vm, *parameters):
    """Load the drivers; a card that is there or comes gets the overlay with the FDMA's interrupt."""
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-fdma.dtso", vm.build.kernel))
    card.load_drivers(vm)
    vm.sh(f"modprobe dtslot-lan966x-gck; modprobe dtslot-pci {' '.join(parameters)}")


def ports_up(vm):
    """Addresses 10.0.<port>.1, and a host 10.0.<port>.2 behind each port; returns these hosts.

    The guest sends nothing by itself, neither IPv6's announcements nor ARP requests.
    """
    peers = [vm.peer(port, f"10.0.{port}.2") for port in PORTS]
    for port, peer in zip(PORTS, peers):
        vm.sh(f"echo 1 >/proc/sys/net/ipv6/conf/eth{port}/disable_ipv6; ip link set eth{port} up;"
              f" ip addr add 10.0.{port}.1/24 dev eth{port};"
              f" arp -i eth{port} -s 10.0.{port}.2 {peer.mac.hex(':')}")
    vm.until("[ $(cat /sys/class/net/eth0/carrier)$(cat /sys/class/net/eth1/carrier) = 11 ]")
    return peers


def check_frames(vm, peers, steps=(1, 7)):
    """Frames of all lengths, by these steps, go both ways, all of them by FDMA, with no access astray."""
    by_registers, sent = card.interrupts(vm, "frame extraction"), 0
    for port, step in zip(PORTS, steps):
        for length in range(0, LONGEST + 1, step):
            peers[port].ping(f"10.0.{port}.1", bytes((length + n) & 0xff for n in range(length)), length)
            sent += 1
    vm.note(f"{sent} frames each way, {card.interrupts(vm, INTERRUPT)} FDMA interrupts")
    assert card.interrupts(vm, INTERRUPT) > 0
    assert card.interrupts(vm, "frame extraction") == by_registers
    assert errors(vm) == 0, errors(vm)


def check_mtu(vm, peers):
    """The driver changes its rings for longer frames and back while the port is up.

    No longer ones than fit into a page: see docs/mainline.md.
    """
    for number, (mtu, longest) in enumerate(((3000, 2972), (1500, LONGEST), (3000, 2972))):
        vm.sh(f"ip link set eth0 mtu {mtu}")
        for less in range(8):
            payload = bytes((n * 3 + less) & 0xff for n in range(longest - less))
            peers[0].ping("10.0.0.1", payload, 10000 + 8 * number + less)
    assert errors(vm) == 0, errors(vm)


def check_bus_master(vm, bdf, peers):
    """Without bus mastering no frame reaches the driver; with it again they do."""
    config = f"/sys/bus/pci/devices/{bdf}/config"
    command = vm.get(config)[COMMAND]
    assert command & MASTER, command
    write = "printf '\\{:03o}' | dd of={} bs=1 seek={} conv=notrunc 2>/dev/null"
    vm.sh(write.format(command & ~MASTER, config, COMMAND) + "; sleep 0.1")
    before = card.interrupts(vm, INTERRUPT)
    for _ in range(20):
        peers[1].send(BROADCAST + peers[1].mac + EXPERIMENT + bytes(50))
    while errors(vm) < 20:
        vm.sh("sleep 0.1")
    assert card.interrupts(vm, INTERRUPT) == before, before
    vm.sh(write.format(command, config, COMMAND))
    refused = errors(vm)
    for length in range(50):
        peers[1].ping("10.0.1.1", bytes(length), 20000 + length)
    assert errors(vm) == refused, refused


RUN_UP = 100    # frames each way before what is to happen does


class Flood:
    """Frames for the guest without a pause, as long as the with statement lasts."""

    def __init__(self, peer, target):
        self.peer = peer
        self.frame = target + peer.mac + EXPERIMENT + bytes(1000)
        self.flowing = threading.Event()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._send, daemon=True)

    def _send(self):
        sent = 0
        while not self.ended.is_set():
            try:
                self.peer.send(self.frame)
            except OSError:     # nobody takes them: the card is gone
                return
            sent += 1
            if sent == RUN_UP:
                self.flowing.set()

    def __enter__(self):
        self.thread.start()
        assert self.flowing.wait(SECONDS), "the card takes no frames"
        return self

    def __exit__(self, *_):
        self.ended.set()


@contextlib.contextmanager
def traffic(vm, peers):
    """The rings are full of work, each way there is. Wants the network userland, whose ping knows -f."""
    mac = bytes.fromhex(vm.sh("cat /sys/class/net/eth0/address").strip().replace(":", ""))
    job = vm.spawn("exec ping -q -f -s 1400 10.0.1.2 >/dev/null 2>&1")
    for _ in range(RUN_UP):
        peers[1].next_frame("echo request")
    with Flood(peers[0], mac):
        yield
    job.kill()
    job.wait()


def check_removal(vm, bdf, peers):
    """The card goes while it works; nothing is left."""
    with traffic(vm, peers):
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    assert "eth" not in vm.sh("ls /sys/class/net")
