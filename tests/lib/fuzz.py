# SPDX-License-Identifier: GPL-2.0-or-later
"""Random accesses to the card, as a malicious guest could make them: QEMU must bear them all.

There is no guest. QEMU's test protocol reads and writes registers, configuration space and memory, in batches; between
them frames and serial input come in, cables and pins change, SFP modules and the add-on go and come, the machine is
reset, the card is pulled and plugged. Half of the machines have the card with an FPGA beside, which lies in the reach
of the first one's DMA and messages, and the other way round. What is done follows from a seed, but for the moment at
which input arrives.
"""

import concurrent.futures
import contextlib
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from .say import Failed, ending_with_us

BATCH = 500             # lines that fit into the sockets' buffers together with their answers
HANGS = 120             # seconds without an answer
KEPT = 4                # batches that a report shows
PER_MACHINE = 250000    # accesses before the next machine
PORTS = 4
CAGES = (2, 3)
FLASH = 1               # the flexcom that has one on its SPI
RAM_END = 64 << 20
BOOTED = "clock_step 101000000"     # what the card's boot ROM takes
CHAIN = 0x200000        # descriptors in memory
FRAME = 0x210000        # what they point to
REPORTED = 99           # QEMU's exit status when a sanitizer has reported something
SANITIZERS = {"ASAN_OPTIONS": f"detect_leaks=1:exitcode={REPORTED}",
              "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}
# QEMU's own devices that do not free their memory when they go (docs/mainline.md), by the size of that memory: m25p05,
# 24c32. Suppressions go by functions, which would want stacks that are ten times as slow to take.
LEAKS = (65536, 4096)

# Where the BARs are put, and their sizes. The root port's window goes around them.
BARS = ((0xe2000000, 32 << 20), (0xe1000000, 16 << 20), (0xe0000000, 8 << 20), (0xe0800000, 8 << 20),
        (0xe4000000, 128 << 10), (0xe4020000, 8 << 10))
WINDOW = 0xe7f0e000
ROOT_PORT, CARD = (0, 4), (1, 0)        # bus and device
# The card with an FPGA, and its only BAR
FPGA_PORT, FPGA = (0, 5), (2, 0)
FPGA_BAR, FPGA_SIZE, FPGA_WINDOW = 0xe8000000, 8 << 20, 0xe870e800
FPGA_VECTORS = 8
PCIE, SLOT_CONTROL = 0x10, 0x18         # capability, register in it
SLOT_ON, SLOT_OFF = 0x0100, 0x0700      # power indicator and controller
SLOT_UNLOCK, SLOT_LOCKED = 0x0800, 0x0080   # the interlock: the first turns it over; what it is, in the word behind
HOST_BRIDGE, PCIEXBAR = (0, 0), 0x60
ECAM = 0xb0000000       # configuration space in memory
MSI, MSIX = 0x50, 0x11  # the card's capability; the FPGA's id of one

GCB, QS, PTP, REW, SYS, QSYS, ANA = (0xe2004000, 0xe2008000, 0xe200c000, 0xe2014000, 0xe2028000, 0xe2100000, 0xe2140000)
CPU, FDMA, IATU, OIC = 0xe00c0000, 0xe00c0400, 0xe0700000, 0xe00c0120
IS2 = 0xe2024000
PHY_RESET = 0xe2010020
GCK = 0xe00c00a8
ALT = GCB + 0xc4        # bit 0 of the functions of pins 0 to 31
SYNC_ALT = GCB + 0xd4   # bit 1 of those of pins 32 to 63, among them PTP's
CANS = (0xe081c000, 0xe0820000)         # both on one bus
CAN0_ALT, CAN1_ALT = GCB + 0xd8, GCB + 0xc8     # pins 35 and 36, 30 and 31
FLEXCOMS = (0xe0040000, 0xe0044000, 0xe0060000, 0xe0064000, 0xe0070000)


def every(start, stride, count):
    return tuple(range(start, start + stride * count, stride))


# (weight, base, size, offsets that matter more than others)
BLOCKS = (
    (8, QS, 0x40, (0x08, 0x08, 0x0c, 0x18, 0x1c, 0x00, 0x24, 0x2c, 0x2c, 0x2c, 0x30, 0x34, 0x34)),
    (8, ANA, 0x8000, (*every(0x6ba8, 4, 7) * 16, *(0x6bb0, 0x6bbc, 0x7490, 0x74ac, 0x74bc, 0x7480) * 16,
                      *every(0x6c00, 8, 89), *every(0x7000, 0x80, 9), *every(0x7070, 0x80, 9),
                      *every(0x700c, 0x80, 9))),
    (6, FDMA, 0x200, (0x08, 0x08, 0x0c, 0x0c, 0x10, 0x18, 0x3c, 0x54, 0x5c, 0x74, 0x180, 0x190, 0x194, 0x1b0)),
    (2, IATU, 0x1000, tuple(0x200 * n + offset for n in range(6) for offset in range(0, 0x1c, 4))),
    (3, PTP, 0x270, (0x000, 0x018, 0x01c, 0x040, 0x1c0, 0x1c4, 0x1c8, 0x1cc, 0x200, 0x204, 0x20c, 0x210, 0x214, 0x264,
                     0x268)),
    (2, REW, 0x1000, (*every(0, 0x80, 10), *every(4, 0x80, 10), *every(8, 0x80, 9))),
    (2, SYS, 0x1200, (0x1020, 0x1098, 0x1150, *every(0x1118, 4, 4))),
    (2, QSYS, 0xe100, (*every(0x6db8, 4, 9), *every(0x4000, 0x80, 90), *(0x6d24, 0x6d18, 0xe01c) * 16,
                       *every(0x6d40, 4, 3) * 8)),
    (1, 0xe2018000, 0x400, (0, 4)), (1, 0xe2020000, 0x400, (0, 4)), (2, IS2, 0x400, (0, 4, 0x208, *every(0x108, 4, 6))),
    *((1, 0xe2034000 + 0x4000 * port, 0x100, (0x00, 0x1c, 0x24, 0x28, 0x48, 0x54)) for port in range(8)),
    *((1, flexcom, 0x800, (0x000, *every(0x600, 4, 24), *every(0x400, 4, 18), *every(0x200, 4, 24)))
      for flexcom in FLEXCOMS),
    *((1, can, 0x100, (0x18, 0x18, 0x50, 0x5c, 0xa0, 0xa8, 0xb8, 0xc0, 0xd0, 0xd0, 0xd4, 0xf0, 0xf8)) for can in CANS),
    (1, 0xe2120000, 0x18300, ()), (1, 0xe0048000, 0x60, (0, 0x1c, 0x50)), (1, 0xe0090000, 0x100, (0, 4, 0x0c, 0x14)),
    (2, OIC, 0x190, ()), (1, CPU, 0x350, ()), (1, 0xe0021000, 0x300, (0x00, 0x20, 0x28)),
    (1, GCB, 0x64, (0x0c,)), (2, GCB + 0x64, 0xb4, ()), (1, GCB + 0x118, 0x48, (0x08, 0x2c)),
    (1, GCB + 0x190, 0x118, ()),
    (1, GCB + 0x2a8, 0x10, ()), (1, 0xe2010000, 0x190, ()), (1, 0xe202c000, 0x9c, ()),
)
WEIGHTS = [weight for weight, *_ in BLOCKS]

# The like in the FPGA's BAR: UART, timer, SPI, Ethernet, MSI-X, overlay
CORES = (
    (2, 0x00000, 0x10, ()), (3, 0x10000, 0x20, ()), (4, 0x20000, 0x80, (0x40, 0x60, 0x64, 0x68, 0x68, 0x6c, 0x70)),
    (4, 0x30000, 0x2000, (0x7f4, 0x7f8, 0x7fc, 0xffc, 0x17fc, 0x1ffc)),
    (2, 0xf0000, 16 * FPGA_VECTORS, ()), (1, 0xf8000, 8, ()), (1, 0x400000, 0x400000, (0, 4)),
)
CORE_WEIGHTS = [weight for weight, *_ in CORES]

# Commands, flags and sizes that the blocks look for; bits are or-ed together at random.
VALUES = (0, 1, 2, 3, 4, 5, 6, 8, 0x40, 0x41, 0xff, 0x1ff, 0x200, 0x400, 0x1001, 0x1006, 0xffffffff,
          CHAIN, CHAIN + 0x100, 0x14000000, 0x10000000, 1 << 18, 1 << 19, 1 << 20, 1 << 31, 0x80000002,
          0x76, 0x524e4701, 0x16000000, 0x18000000, 0x1e000000, 0x00500000, 0x00501100, 0x00500300,
          ECAM + (ROOT_PORT[1] << 15))
MACS = (b"\xff" * 6, bytes.fromhex("0180c200000e"), bytes.fromhex("0180c2000001"), bytes.fromhex("01005e000016"),
        bytes.fromhex("333300000016"), *(bytes((2, 0xaa, 0, 0, 0, n)) for n in range(4)))
TYPES = (b"\x08\0", b"\x86\xdd", b"\x81\0\0\x05\x08\0", b"\x88\xa8\0\0\x81\0\0\1\x86\xdd", b"\x88\xf7", b"\x81\0",
         b"\x88\x08\0\1")
LENGTHS = (0, 1, 2, 3, 20, 40, 47, 50, 100, 1500, 9000, 16400)
SIZES = "l" * 12 + "bwqq"
WIDTH = {"b": 1, "w": 2, "l": 4, "q": 8}


def bar_address(address):
    """Where the host sees an address of the SoC."""
    return BARS[0][0] + address - 0xe2000000 if address >= 0xe2000000 else BARS[1][0] + address - 0xe0000000


class Machine:
    """QEMU without a guest: the card in a root port, its backends, and sockets to all of them."""

    def __init__(self, qemu, directory, properties, arguments=(), fpga=False, ready=True):
        """ready: see plug(); fpga: with that card, too, which takes the last network and the last serial line."""
        self.directory = Path(directory)
        self.fpga = fpga
        self.fpga_was_pulled = False
        self.deleted = []       # ids of devices that have gone; None: a part of one
        nets, serials = PORTS + fpga, len(FLEXCOMS) + fpga
        self.peers = [self._peer(port) for port in range(nets)]
        listeners = [self._listener(name) for name in ("qtest", "qmp", *(f"serial{n}" for n in range(serials)))]
        command = [qemu, "-L", "/usr/share/seabios", "-nodefaults", "-no-user-config", "-display", "none",
                   "-machine", "q35,accel=qtest", "-global", "apic.vapic=off",
                   "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off", "-m", str(RAM_END >> 20),
                   "-qtest", f"unix:{directory}/qtest", "-qtest-log", "none", "-qmp", f"unix:{directory}/qmp",
                   "-object", "can-bus,id=can",
                   "-device", f"pcie-root-port,id=rp0,slot=1,chassis=1,bus=pcie.0,addr={ROOT_PORT[1]}", *arguments]
        if fpga:
            command += ["-device", f"pcie-root-port,id=rp1,slot=2,chassis=2,bus=pcie.0,addr={FPGA_PORT[1]}"]
        for port in range(nets):
            command += ["-netdev", f"dgram,id=net{port},local.type=unix,local.path={directory}/port{port},"
                        f"remote.type=unix,remote.path={directory}/peer{port}"]
        for n in range(serials):
            command += ["-chardev", f"socket,id=serial{n},path={directory}/serial{n}"]
        with open(self.directory / "log", "wb") as log:
            self.process = subprocess.Popen(ending_with_us(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, **SANITIZERS})
        self.qtest, self.qmp, *self.serials = (listener.accept()[0] for listener in listeners)
        for connection in (self.qtest, self.qmp):
            connection.settimeout(HANGS)
        for connection in self.serials:
            connection.setblocking(False)
        self.replies = self.qmp.makefile("r", encoding="utf-8")
        self.replies.readline()
        self.command("qmp_capabilities")
        self.properties = properties
        self.slot_control = None
        self.plug(ready)

    def _listener(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{self.directory}/{name}")
        listener.listen(1)
        listener.settimeout(HANGS)
        return listener

    def _peer(self, port):
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        peer.bind(f"{self.directory}/peer{port}")
        peer.setblocking(False)
        return peer

    def lines(self, lines):
        """Run these commands of the test protocol; returns their answers."""
        self.send(lines)
        return self.answers(len(lines))

    def send(self, lines):
        self.qtest.sendall("".join(f"{line}\n" for line in lines).encode())

    def answers(self, count):
        answers = []
        rest = b""
        while len(answers) < count:
            data = self.qtest.recv(65536)
            if not data:
                raise EOFError
            *whole, rest = (rest + data).split(b"\n")
            answers += [line for line in whole if not line.startswith(b"IRQ")]
        return answers

    def reply(self, name, /, **arguments):
        self.qmp.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            line = self.replies.readline()
            if not line:
                raise EOFError
            reply = json.loads(line)
            if "event" not in reply:
                return reply
            if reply["event"] == "DEVICE_DELETED":
                self.deleted.append(reply["data"].get("device"))

    def command(self, name, /, **arguments):
        """What QEMU returns, or None if it refuses."""
        return self.reply(name, **arguments).get("return")

    def config_lines(self, function, offset, value, size="l"):
        bus, device = function
        return [f"outl 0xcf8 {0x80000000 | bus << 16 | device << 11 | offset & ~3:#x}",
                f"out{size} {0xcfc + (offset & 3):#x} {value:#x}"]

    def config_read(self, function, offset):
        """The 32 bits at a configuration offset."""
        bus, device = function
        answer = self.lines([f"outl 0xcf8 {0x80000000 | bus << 16 | device << 11 | offset & ~3:#x}", "inl 0xcfc"])[1]
        return int(answer.split()[1], 16) >> 8 * (offset & 3)

    def map_lines(self):
        """Give the ports their windows, and the cards their BARs, memory and bus mastering."""
        lines = self.config_lines(HOST_BRIDGE, PCIEXBAR, ECAM | 1)
        lines += self.config_lines(ROOT_PORT, 0x18, 0x00010100) + self.config_lines(ROOT_PORT, 0x20, WINDOW)
        lines += self.config_lines(ROOT_PORT, 4, 7, "w")
        if self.fpga:
            lines += self.config_lines(FPGA_PORT, 0x18, 0x00020200) + self.config_lines(FPGA_PORT, 0x20, FPGA_WINDOW)
            lines += self.config_lines(FPGA_PORT, 4, 7, "w")
        return lines + self.card_lines()

    def card_lines(self):
        """What of map_lines() concerns cards: a port's windows cost QEMU milliseconds."""
        lines = []
        if self.fpga:
            lines += self.config_lines(FPGA, 0x10, FPGA_BAR)
            lines += self.config_lines(FPGA, 0x14, 0) + self.config_lines(FPGA, 4, 6, "w")
        for number, (address, _) in enumerate(BARS):
            lines += self.config_lines(CARD, 0x10 + 4 * number, address)
        return lines + self.config_lines(CARD, 4, 6, "w")

    def capability(self, function, wanted):
        """The offset of a capability that the function has."""
        offset = self.config_read(function, 0x34) & 0xff
        while self.config_read(function, offset) & 0xff != wanted:
            offset = self.config_read(function, offset) >> 8 & 0xff
        return offset

    def add(self, **device):
        """Plug a device, which QEMU must not refuse: what lacks it is not tested, and nothing else says so."""
        reply = self.reply("device_add", **device)
        if "error" in reply:
            raise Failed(f"QEMU does not take {device['driver']}: {reply['error']['desc']}")

    def unlock(self, port):
        """Open a slot's interlock, which an access to the port has shut: the slot takes no card then."""
        now = self.config_read(port, self.slot_control)
        if now >> 16 & SLOT_LOCKED:
            self.lines(self.config_lines(port, self.slot_control, now & 0xffff | SLOT_UNLOCK, "w"))

    def plug_fpga(self):
        self.unlock(FPGA_PORT)
        self.add(driver="fpga-endpoint", id="fpga0", bus="rp1", netdev=f"net{PORTS}", chardev=f"serial{len(FLEXCOMS)}")
        self.add(driver="m25p80", bus="fpga0.spi")
        self.lines(self.config_lines(FPGA_PORT, self.slot_control, SLOT_ON, "w") + self.map_lines())
        offset = self.capability(FPGA, MSIX)
        self.lines(self.config_lines(FPGA, offset + 2, 1 << 15, "w"))

    def plug(self, ready=True):
        """Put the card into its port; ready: wait until it takes its addresses."""
        if self.slot_control is None:
            self.slot_control = self.capability(ROOT_PORT, PCIE) + SLOT_CONTROL
        backends = {f"netdev{port}": f"net{port}" for port in range(PORTS)}
        backends |= {f"chardev{n}": f"serial{n}" for n in range(len(FLEXCOMS))}
        backends |= {f"canbus{n}": "can" for n in range(len(CANS))}
        self.unlock(ROOT_PORT)
        self.add(driver="lan966x-endpoint", id="card0", bus="rp0", **backends, **self.properties)
        for bus, address in ((0, 0x48), (3, 0x48)):
            self.add(driver="tmp105", bus=f"card0.i2c{bus}", address=address)
        self.add(driver="m25p05", bus=f"card0.spi{FLASH}")
        self.lines(self.config_lines(ROOT_PORT, self.slot_control, SLOT_ON, "w") + [BOOTED] * ready + self.map_lines())

    def plugged(self):
        """The ids of all devices that are there."""
        return {entry["name"] for entry in self.command("qom-list", path="/machine/peripheral")}

    def is_plugged(self, card="card0"):
        return card in self.plugged()

    def unplug(self, card="card0", port=ROOT_PORT):
        """Power off: the root port lets go of the card, whatever that is doing."""
        self.lines(self.config_lines(port, self.slot_control, SLOT_OFF, "w"))
        while self.is_plugged(card):
            self.lines(["clock_step 1000000"])

    def slot_control_address(self, port=ROOT_PORT):
        """Where a write of SLOT_OFF to memory unplugs the card."""
        return ECAM + (port[1] << 15) + self.slot_control

    def message_lines(self, address, data):
        """Have the card send its interrupts there."""
        lines = self.config_lines(CARD, MSI + 4, address) + self.config_lines(CARD, MSI + 8, 0)
        return lines + self.config_lines(CARD, MSI + 12, data, "w") + self.config_lines(CARD, MSI + 2, 1, "w")

    def toggle(self, device, driver, bus):
        """Plug a device into a bus of the card, or pull it."""
        if self.is_plugged(device):
            self.command("device_del", id=device)
        else:
            self.command("device_add", driver=driver, id=device, bus=f"card0.{bus}")

    def serial_input(self, number, data):
        """Bytes for a serial line. What any of them sent is dropped: QEMU's UART lite waits for a host that does not read."""
        with contextlib.suppress(BlockingIOError):
            self.serials[number].send(data)
        for line in self.serials:
            with contextlib.suppress(BlockingIOError):
                while line.recv(65536):
                    pass

    def set(self, name, value, card="card0"):
        self.command("qom-set", path=f"/machine/peripheral/{card}", property=name, value=value)

    def quit(self):
        """Returns the exit status."""
        self.command("quit")
        return self.process.wait(HANGS)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Stream:
    """What happens next."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.fpga = self.random.random() < .5
        self.fatal = 0          # an address, see Machine.slot_control_address()
        self.fatal_fpga = 0
        self.ports_changed = False

    def value(self):
        rnd = self.random
        kind = rnd.random()
        if kind < .45:
            return rnd.choice(VALUES)
        if kind < .6:
            return 1 << rnd.randrange(32)
        if kind < .75:
            return rnd.choice(VALUES) | rnd.choice(VALUES)
        if kind < .8:   # a command to a PHY
            return 1 << 31 | rnd.choice((1, 2, 3, 0)) << 25 | rnd.randrange(1 << 21) << 4 | rnd.randrange(4) << 1
        return rnd.getrandbits(32)

    def config_address(self):
        """Where the configuration of a card or of its port is in memory."""
        rnd = self.random
        bus, device = rnd.choice((ROOT_PORT, CARD, FPGA_PORT, FPGA) if self.fpga else (ROOT_PORT, CARD))
        self.ports_changed |= not bus
        return ECAM + (bus << 20 | device << 15) + rnd.choice((rnd.randrange(0x100), rnd.randrange(0x1000)))

    def core_address(self):
        rnd = self.random
        _, base, size, favourites = rnd.choices(CORES, CORE_WEIGHTS)[0]
        if favourites and rnd.random() < .7:
            return FPGA_BAR + base + rnd.choice(favourites)
        return FPGA_BAR + base + rnd.randrange(size)

    def address(self):
        rnd = self.random
        if self.fpga and rnd.random() < .2:
            return self.core_address()
        if rnd.random() < .005:
            return self.config_address()
        if rnd.random() < .04:
            base, size = rnd.choice(BARS)
            return base + rnd.randrange(size)
        _, base, size, favourites = rnd.choices(BLOCKS, WEIGHTS)[0]
        if favourites and rnd.random() < .7:
            return bar_address(base + rnd.choice(favourites))
        return bar_address(base + rnd.randrange(size))

    def access(self):
        rnd = self.random
        size = rnd.choice(SIZES)
        address = self.address()
        if rnd.random() < .98:
            address &= ~(WIDTH[size] - 1)
        if rnd.random() < .35:
            return f"read{size} {address:#x}"
        value = self.value() | (self.value() << 32 if size == "q" else 0)
        return f"write{size} {address:#x} {value & (1 << 8 * WIDTH[size]) - 1:#x}"

    def pointer(self):
        """Where a descriptor leads: others and itself, memory, its end, registers, what unplugs the card, anywhere."""
        rnd = self.random
        if rnd.random() < .1:
            return self.fatal - rnd.choice((0, 24, 28, 42, rnd.randrange(80)))
        if self.fpga and rnd.random() < .1:
            return rnd.choice((self.fatal_fpga - rnd.randrange(80), self.core_address() & ~7))
        return rnd.choice((1, CHAIN + 0x100 * rnd.randrange(8), CHAIN + 0x100 * rnd.randrange(8), FRAME, RAM_END - 16,
                           bar_address(QS + 0x2c), bar_address(FDMA + 8), bar_address(FDMA + 0x1b0),
                           bar_address(GCB + 0x0c), bar_address(IATU), BARS[4][0], 0xfee00000, 0xfffffff0,
                           0x14000000 | 0x100 * rnd.randrange(8), rnd.getrandbits(64)))

    def descriptor(self):
        rnd = self.random
        status = rnd.choice((3 << 16 | rnd.choice((50, 92, 100, 1000, 0x3fff, 0xffff)), 7 << 16 | 128, 1 << 18,
                             rnd.getrandbits(32)))
        info = rnd.choice((0, 64, 0x1000, rnd.getrandbits(32)))
        data = struct.pack("<4Q", self.pointer(), info, self.pointer(), status)
        return f"write {CHAIN + 0x100 * rnd.randrange(8):#x} {len(data)} 0x{data.hex()}"

    def frame(self):
        rnd = self.random
        return (rnd.choice(MACS) + rnd.choice(MACS) + rnd.choice(TYPES) + rnd.choice((b"\x45", b"\x60", b"\x4f", b""))
                + self.payload(rnd.choice(LENGTHS)))

    def payload(self, length):
        """Random bytes, or what unplugs the card where it hits its slot's control register."""
        if self.random.random() < .2:
            return struct.pack("<H", SLOT_OFF) * (length // 2)
        return self.random.randbytes(length)

    def bring_up(self):
        """What the driver writes before frames flow, in either mode; returns writes."""
        rnd = self.random
        mode = rnd.choice((1, 2))
        writes = [(CPU + 0x88, 0x20), (GCB + 0x0c, 2), (SYS + 0x1150, 2), (SYS + 0x1020, 1), (ANA + 0x6bb0, 5),
                  (ANA + 0x6bbc, 3), (ANA + 0x7488, 0x1ff), (ANA + 0x74ac, 300), (QS, mode << 2 | 1),
                  (QS + 0x24, mode << 2 | 1), (QSYS + 0x6db8 + 32, 1 << 18), (ANA + 0x7490, 1), (PHY_RESET, 1),
                  (ALT, 0x7fff00), (SYNC_ALT, 0x7f8), *((GCK + 4 * (7 + n), 1) for n in range(len(FLEXCOMS)))]
        writes += [(ANA + 0x6c00 + 8 * group, 0x1ff) for group in range(58, 64)]
        for port in range(PORTS):
            bridged = rnd.random() < .5
            writes += [(ANA + 0x7070 + 0x80 * port, 0x70 | port), (0xe2034000 + 0x4000 * port + 0x1c, 0x11),
                       (0xe2034000 + 0x4000 * port, 1), (QSYS + 0x6db8 + 4 * port, 1 << 18),
                       (ANA + 0x6c00 + 8 * (80 + port), 0x10f & ~(1 << port) if bridged else 0),
                       (ANA + 0x701c + 0x80 * port, rnd.choice((0, 1 << 14, 1 << 14 | rnd.getrandbits(14))))]
        if rnd.random() < .5:
            writes += self.rule(254)
        for base in FLEXCOMS:
            writes += rnd.choice(((), ((base, 1), (base + 0x200, 0x50), (base + 0x208, 0xffffffff)),
                                  ((base, 2), (base + 0x400, 1), (base + 0x404, 0x000e0011)),
                                  ((base, 3), (base + 0x600, 4))))
        writes += [(CAN0_ALT, 0x18), (CAN1_ALT, 3 << 30)]
        for number, base in enumerate(CANS):
            writes += [(GCK + 4 * (5 + number), 1), (base + 0x18, 1), (base + 0x18, 3),
                       *((base + offset, rnd.getrandbits(32)) for offset in (0xc0, 0xf0, 0xa0)),
                       (base + 0x18, 3 | rnd.getrandbits(16)), (base + 0x54, 0xffffffff), (base + 0x5c, 3),
                       (base + 0x18, rnd.choice((0, 0x10)))]
        if mode == 2:
            for channel, start in ((0, CHAIN), (6, CHAIN + 0x400)):
                writes += [(FDMA + 0x3c + 4 * channel, start), (FDMA + 0x5c + 4 * channel, 0)]
            writes += [(FDMA + 0x194, 0xff), (FDMA + 8, 0x41)]
        return [f"writel {bar_address(address):#x} {value:#x}" for address, value in writes]

    def rule(self, address):
        """An IS2 rule of two subwords that matches whatever its mask lets through; returns writes."""
        rnd = self.random
        writes = []
        for subword in range(2):
            for n in range(3):
                mask = rnd.choice((0xffffffff, 0xffffffff, rnd.getrandbits(32)))
                writes += [(IS2 + 8 + 4 * n, 2 * (n == subword == 0)), (IS2 + 0x108 + 4 * n, mask)]
            writes += [(IS2 + 0x208, rnd.getrandbits(32)), (IS2, (address + subword) << 3 | 4)]
        return writes

    def message_address(self):
        """Where a message goes: nowhere, to an interrupt, to what unplugs either card, to a register of either."""
        rnd = self.random
        own = (self.fatal, self.fatal & ~3, 0xfee00000, FRAME, self.address() & ~3)
        return rnd.choice((*own, self.fatal_fpga, self.core_address() & ~3) if self.fpga else own)

    def vector_lines(self):
        """Point a vector of the FPGA somewhere."""
        rnd = self.random
        entry = FPGA_BAR + 0xf0000 + 16 * rnd.randrange(FPGA_VECTORS)
        words = self.message_address(), 0, rnd.choice((SLOT_OFF, rnd.getrandbits(32))), rnd.random() < .1
        return [f"writel {entry + 4 * n:#x} {int(word):#x}" for n, word in enumerate(words)]

    def batch(self, machine):
        """(lines, how many of them access the card)."""
        rnd = self.random
        lines, others = [], 0
        if rnd.random() < .3:
            lines += self.bring_up()
        while len(lines) < BATCH:
            kind = rnd.random()
            if kind < .04:
                lines.append(self.descriptor())
                others += 1
            elif kind < .05:
                # from 1 us to 10 s, each magnitude as often; an FPGA's timers, whose periods are 100 us, bear less
                lines.append(f"clock_step {int(10 ** rnd.uniform(3, 8 if self.fpga else 10))}")
                others += 1
            elif kind < .055:
                size = rnd.choice("bwl")
                offset = rnd.choice((4, 4, rnd.randrange(256), rnd.randrange(256))) & ~(WIDTH[size] - 1)
                lines += machine.config_lines(CARD, offset, rnd.getrandbits(8 * WIDTH[size]), size)
                others += 1
                if rnd.random() < .1:
                    message = machine.message_lines(self.message_address(), rnd.choice((SLOT_OFF, rnd.getrandbits(16))))
                    lines += message
                    others += len(message) // 2
                if self.fpga and rnd.random() < .3:
                    lines += self.vector_lines()
                    others += 4
                if rnd.random() < .8:
                    repair = machine.map_lines() if self.ports_changed else machine.card_lines()
                    self.ports_changed = False
                    lines += repair
                    others += len(repair) // 2
            else:
                lines.append(self.access())
        return lines, len(lines) - others

    def event(self, machine):
        """Something that is not the guest's doing."""
        rnd = self.random
        plugged = machine.plugged()
        if "card0" not in plugged:
            machine.plug()
        if self.fpga and "fpga0" not in plugged:
            machine.fpga_was_pulled = True
            machine.plug_fpga()
        # DMA and messages change a port, too
        machine.lines(machine.map_lines() if self.ports_changed or rnd.random() < .3 else machine.card_lines())
        for _ in range(rnd.randrange(40)):
            try:
                port = rnd.randrange(len(machine.peers))
                machine.peers[port].sendto(self.frame(), f"{machine.directory}/port{port}")
            except OSError:     # QEMU has not read the last ones yet
                pass
        for peer in machine.peers:
            try:
                while True:
                    peer.recv(70000)
            except BlockingIOError:
                pass
        machine.serial_input(rnd.randrange(len(machine.serials)), rnd.randbytes(rnd.randrange(1, 64)))
        kind = rnd.random()
        if kind < .2:
            machine.set(f"link{rnd.randrange(PORTS)}", rnd.random() < .5)
        elif kind < .3:
            machine.command("set_link", name=f"net{rnd.randrange(PORTS)}", up=rnd.random() < .5)
        elif kind < .4:
            machine.set(f"pin{rnd.randrange(78)}", rnd.random() < .5)
        elif kind < .45:
            machine.set(f"sgpio-in{rnd.randrange(32)}.{rnd.randrange(4)}", rnd.random() < .5)
        elif kind < .48:
            machine.set("temperature", rnd.randrange(-2 ** 31, 2 ** 31))
        elif kind < .53:
            machine.set("x-dark", True)
            machine.lines([self.access() for _ in range(20)])
            machine.set("x-dark", False)
        elif kind < .55:
            machine.command("system_reset")
            machine.lines(rnd.choice(([], [BOOTED])) + machine.map_lines())
        elif kind < .57:
            machine.unplug()
            machine.plug()
        elif kind < .65:
            cage = rnd.choice(CAGES)
            machine.toggle(f"sfp{cage}", "lan966x-sfp", f"sfp{cage}")
        elif kind < .7:
            machine.toggle("addon0", "lan966x-addon", "connector0")
        elif self.fpga and kind < .75:
            machine.set(rnd.choice(("x-storm", "x-fickle")), rnd.random() < .5, "fpga0")
        elif self.fpga and kind < .76:
            machine.unplug("fpga0", FPGA_PORT)


def leaks_are_known(log, cores):
    """Whether all that the sanitizers have reported is memory of QEMU's own devices.

    cores: those of an FPGA are among them, which are not freed when their card goes (qemu-device/fpga/cores.c).
    """
    sizes = re.findall(r"irect leak of (\d+) byte\(s\) in (\d+) object\(s\)", log)
    other = re.search(r"ERROR: AddressSanitizer|runtime error:", log)
    return bool(sizes) and not other and (cores or all(int(total) in (int(count) * size for size in LEAKS)
                                                       for total, count in sizes))


def report(machine, seed, done, kept, what):
    """What is known of a failure, as text; the last accesses go to a file."""
    with tempfile.NamedTemporaryFile("w", prefix="dtslot-fuzz-", suffix=".qtest", delete=False) as file:
        file.writelines(f"{line}\n" for lines in kept for line in lines)
    log = (machine.directory / "log").read_text(errors="replace").splitlines()
    last = "\n".join(kept[-1][-10:]) if kept else ""
    return (f"{what} after {done} accesses with seed {seed} (tests/fuzz --seed {seed} does the same again)\n"
            f"--- the last accesses, {sum(map(len, kept))} of them in {file.name}:\n{last}\n"
            "--- QEMU said:\n" + "\n".join(log[:80]))


def run_machine(qemu, seed, accesses, over):
    """A machine's life until over is set; returns how many accesses it took. Raises Failed if it did not bear them."""
    stream = Stream(seed)
    properties = {"msi": stream.random.random() < .5, "x-fdma-identity": stream.random.random() < .5}
    done, kept = 0, []
    with tempfile.TemporaryDirectory(prefix="dtslot-fuzz-") as directory:
        machine = Machine(qemu, directory, properties, fpga=stream.fpga)
        stream.fatal = machine.slot_control_address()
        stream.fatal_fpga = machine.slot_control_address(FPGA_PORT)
        try:
            if stream.fpga:
                machine.plug_fpga()
            following = stream.batch(machine)
            while done < accesses and not over.is_set():
                lines, count = following
                kept = kept[1 - KEPT:] + [lines]
                machine.send(lines)
                following = stream.batch(machine)   # while QEMU works
                machine.answers(len(lines))
                done += count
                stream.event(machine)
            status = machine.quit()
            log = (machine.directory / "log").read_text(errors="replace")
            if status and not (status == REPORTED and leaks_are_known(log, machine.fpga_was_pulled)):
                raise Failed(report(machine, seed, done, kept, f"QEMU ended with status {status}"))
        except (EOFError, ConnectionError):
            raise Failed(report(machine, seed, done, kept, f"QEMU died ({machine.process.wait()})")) from None
        except TimeoutError:
            raise Failed(report(machine, seed, done, kept, f"QEMU gave no answer for {HANGS} s")) from None
        finally:
            machine.kill()
    return done


def run(qemu, seed, accesses, progress=lambda done: None, jobs=1):
    """As many machines as it takes, some at a time, each with the next seed; returns (accesses, seconds)."""
    start, done = time.monotonic(), 0
    over = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        lives = [pool.submit(run_machine, qemu, seed + number, min(PER_MACHINE, accesses - first), over)
                 for number, first in enumerate(range(0, accesses, PER_MACHINE))]
        try:
            for life in concurrent.futures.as_completed(lives):
                done += life.result()
                progress(done)
        finally:
            over.set()
            pool.shutdown(cancel_futures=True)
    return done, time.monotonic() - start
