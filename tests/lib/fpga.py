# SPDX-License-Identifier: GPL-2.0-or-later
"""A card with an FPGA (qemu-device/fpga): four cores of QEMU's own models, driven by mainline, described by the card."""

import socket
import struct
import zlib

from . import cache, card, cores, dts, function
from .peer import Peer

SOURCE = cache.REPO / "dts/fpga-card.dtso"
MODULES = ("uartlite", "spi-xilinx", "spi-nor", "xilinx_emaclite")
FLASH_SIZE = 1 << 20        # an m25p80
# what the overlay brings: device without its address, and its driver
DRIVERS = {"bus@0": "simple-pm-bus", "serial": "uartlite", "timer": None, "spi": "xilinx_spi",
           "ethernet": "xilinx_emaclite"}
TTY, MTD = "/dev/ttyUL0", "/dev/mtd0"
MAC = "02:00:00:00:fa:01"
LENGTHS = (18, 46, 47, 500, 1472)       # payloads of echo requests: the model does not pad its frames
UIO = ("uio", "uio_pdrv_genirq")        # what drives a core that has no driver of its own
# a core that its driver polls
POLLED = function.core(
    "spi", "xlnx,xps-spi-2.00.a", 0, 0x1000, "xlnx,num-ss-bits = <1>; #address-cells = <1>; #size-cells = <0>;"
    ' flash@0 { compatible = "jedec,spi-nor"; reg = <0>; spi-max-frequency = <10000000>; };', offset=0x20000)
MAGIC = b"dtslotov"
UNIT = 512          # bytes, in which images of an expansion ROM are counted


def overlay():
    return dts.compile_overlay(SOURCE.read_text())


def capability(blob, **lies):
    """The bytes of the capability that names an overlay; lies replace what is true."""
    said = {"header": 0x0001000b, "id": 0x7464, "revision": 1, "length": 36, "magic": MAGIC, "bar": 0,
            "offset": 0x400000, "size": len(blob), "crc": zlib.crc32(blob), **lies}
    return struct.pack("<II8sIQII", said["header"], said["id"] | said["revision"] << 16 | said["length"] << 20,
                       said["magic"], said["bar"], said["offset"], said["size"], said["crc"])


def image(blob=None, last=True, **lies):
    """An image of an expansion ROM, with an overlay or of another kind; lies replace what is true."""
    content = blob or b""
    said = {"signature": 0xaa55, "revision": 1, "magic": b"another" if blob is None else MAGIC, "offset": 0x40,
            "size": len(content), "crc": zlib.crc32(content), "pointer": 0x1c, "pcir": b"PCIR",
            "units": -(-(0x40 + len(content)) // UNIT), **lies}
    head = struct.pack("<HH8sIIIHH", said["signature"], said["revision"], said["magic"], said["offset"], said["size"],
                       said["crc"], said["pointer"], 0)
    head += struct.pack("<4sHHHHB3sHHBBH", said["pcir"], 0x1234, 0xf96a, 0, 24, 0, bytes(3), said["units"], 0, 0xff,
                        0x80 * last, 0)
    whole = head.ljust(0x40, b"\0") + content
    return whole.ljust(-(-len(whole) // UNIT) * UNIT, b"\0")


def load(vm):
    """The drivers of its cores, on any kernel."""
    cores.load(vm, *MODULES)


def load_uio(vm):
    """Give the timer its driver."""
    cores.load(vm, *UIO, uio_pdrv_genirq="of_id=xlnx,xps-timer-1.00.a")


def allow(vm, on=True):
    vm.sh(f"echo {on:d} >/sys/module/dtslot_pci/parameters/card_overlays")


class Card:
    """One such card in a machine, hot-plugged, with a flash, a serial port and a host behind its network."""

    def __init__(self, vm, name="fpga0", bus="rp0", blob=None):
        self.vm, self.name, self.bus = vm, name, bus
        self.path = f"/machine/peripheral/{name}"
        self.blob = overlay() if blob is None else blob
        self.bdf = self.serial = None
        self.flash = vm.workdir / f"{name}.flash"
        self.flash.write_bytes(bytes((n * 11 + (n >> 8) + sum(name.encode())) & 0xff for n in range(FLASH_SIZE)))
        vm.qmp("blockdev-add", driver="raw", node_name=f"{name}-flash",
               file={"driver": "file", "filename": str(self.flash)})
        path = f"{vm.sockets}/{name}"
        vm.qmp("chardev-add", id=f"{name}-serial", backend={"type": "socket", "data": {
            "addr": {"type": "unix", "data": {"path": path}}, "server": True, "wait": False}})
        self.serial = socket.socket(socket.AF_UNIX)
        self.serial.settimeout(60)
        self.serial.connect(path)
        vm.qmp("netdev_add", type="dgram", id=f"{name}-net", local={"type": "unix", "path": f"{vm.sockets}/port{name}"},
               remote={"type": "unix", "path": f"{vm.sockets}/peer{name}"})

    def peer(self):
        """The host 10.0.0.2 behind the card's network, which the guest knows."""
        peer = Peer(f"{self.vm.sockets}/peer{self.name}", f"{self.vm.sockets}/port{self.name}", "02:00:00:00:00:02",
                    "10.0.0.2")
        name = self.network()
        assert self.vm.sh(f"cat /sys/class/net/{name}/address").strip() == MAC
        self.vm.sh(f"echo 1 >/proc/sys/net/ipv6/conf/{name}/disable_ipv6; ip link set {name} up;"
                   f" ip addr add 10.0.0.1/24 dev {name}; arp -i {name} -s 10.0.0.2 {peer.mac.hex(':')}")
        return peer

    def plug(self, **properties):
        """Plug the card in; returns its PCI address."""
        known = self.functions()
        file = self.vm.workdir / f"{self.name}.dtbo"
        file.write_bytes(self.blob)
        self.vm.qmp("device_add", driver="fpga-endpoint", id=self.name, bus=self.bus, blob=str(file),
                    chardev=f"{self.name}-serial", netdev=f"{self.name}-net", **properties)
        self.vm.qmp("device_add", driver="m25p80", bus=f"{self.name}.spi", drive=f"{self.name}-flash")
        self.vm.until(f"[ $(grep -l 0xf96a /sys/bus/pci/devices/*/device | wc -l) -gt {len(known)} ]")
        [self.bdf] = set(self.functions()) - set(known)
        return self.bdf

    def functions(self):
        return self.vm.try_sh("grep -l 0xf96a /sys/bus/pci/devices/*/device | cut -d/ -f6")[1].split()

    def bind(self):
        function.override(self.vm, self.bdf)

    def say(self, name, value):
        """Have the card change: "blob", "x-vsec", "x-storm", "x-fickle", "x-changeling"."""
        self.vm.qom_set(self.path, name, value)

    def lie(self, **lies):
        self.say("x-vsec", capability(self.blob, **lies).hex())

    def carry(self, blob):
        """Have the card carry another overlay."""
        self.blob = blob
        file = self.vm.workdir / f"{self.name}.dtbo"
        file.write_bytes(blob)
        self.say("blob", str(file))

    # --- the cores ---

    def check_devices(self, drivers=DRIVERS):
        """Each device of the overlay is there, with its driver."""
        function.wait_state(self.vm, self.bdf, "attached")
        names = [name for name, driver in drivers.items() if driver]
        found = card.wait_bound(self.vm, self.bdf, names)
        found = {name.split(".")[-1].split(":")[-1]: driver for name, driver in found.items()}
        assert found == drivers, found

    def check_serial(self, tty=TTY):
        """Lines go both ways, longer than the FIFO of the core."""
        out = b"".join(b"%d bottles out of the guest\n" % n for n in range(40))
        into = b"".join(b"%d bottles into the guest\n" % n for n in range(40))
        self.vm.until(f"[ -c {tty} ]")
        self.vm.put("/tmp/out", out)
        self.vm.sh(f"stty -F {tty} 115200 raw -echo")
        user = self.vm.spawn(f"exec 3<>{tty} && cat /tmp/out >&3 && exec head -c {len(into)} <&3")
        received = b""
        while len(received) < len(out):
            received += self.serial.recv(4096)
        assert received == out, received
        self.serial.sendall(into)
        assert user.wait() == 0, user.output
        assert user.output.encode() == into, user.output

    def check_flash(self, mtd=MTD):
        """The flash reads as the host has it, and the host has what the guest writes."""
        self.vm.until(f"[ -c {mtd} ]")
        content = self.flash.read_bytes()
        assert self.vm.get(mtd) == content
        written = bytes(n & 0x55 for n in range(1000))
        self.vm.put("/tmp/written", written)
        # what is programmed gets fewer ones
        self.vm.sh(f"dd if=/tmp/written of={mtd} bs=1000 seek=3 conv=notrunc 2>/dev/null")
        expected = bytes(a & b for a, b in zip(content[3000:4000], written))
        assert self.flash.read_bytes() == content[:3000] + expected + content[4000:]
        self.vm.sh(f"head -c 4000 {mtd} | tail -c 1000 >/tmp/read")
        assert self.vm.get("/tmp/read") == expected

    def check_without_interrupt(self):
        """By an overlay of root's that names no interrupt the function gets no vector, and may not write to memory."""
        function.describe(self.vm, self.bdf, POLLED)
        self.vm.sh(f"echo 1 >{function.slot(self.bdf)}/detach; echo 1 >{function.slot(self.bdf)}/attach")
        self.check_flash()
        assert function.kind(self.vm, self.bdf) == "none"
        assert not function.is_master(self.vm, self.bdf)

    def network(self):
        """Name of the card's network device."""
        [name] = self.vm.sh(f"ls /sys/bus/pci/devices/{self.bdf}/*/*.ethernet/net").split()
        return name

    def check_network(self, peer):
        """Frames of some lengths go both ways."""
        for number, length in enumerate(LENGTHS):
            peer.ping("10.0.0.1", bytes((length + n) & 0xff for n in range(length)), number)

    def check_timer(self, ticks=20):
        """Each period is one interrupt."""
        said = self.vm.sh(f"uiotimer /dev/uio0 {ticks}")
        assert said == f"{ticks} ticks, counter from below to less\n", said

    def check_all(self, peer):
        self.check_serial()
        self.check_flash()
        self.check_network(peer)
        self.check_timer()
