# SPDX-License-Identifier: GPL-2.0-or-later
"""A host on the other side of a port: sends and receives Ethernet frames through a datagram socket of QEMU's."""

import queue
import socket
import struct
import threading
import time

ARP, IPV4 = b"\x08\x06", b"\x08\x00"
BROADCAST = b"\xff" * 6
SHORTEST = 60       # bytes of a frame without its FCS
SECONDS = 10        # wall clock, for one answer
IDENTIFIER = 77     # of our echo requests


def checksum(data):
    """The Internet checksum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Peer:
    """One host with one MAC and one IPv4 address. It answers ARP requests by itself."""

    def __init__(self, local, remote, mac, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(local)
        self.remote = remote
        self.mac = bytes.fromhex(mac.replace(":", ""))
        self.address = socket.inet_aton(address)
        self.neighbours = {}
        self.frames = queue.Queue()     # what came, but for ARP
        threading.Thread(target=self._receive, daemon=True).start()

    def send(self, frame):
        self.socket.sendto(frame.ljust(SHORTEST, b"\0"), self.remote)

    def receive_from(self, mac):
        """The next frame that this station sent; what others sent before it is dropped."""
        while True:
            try:
                frame = self.frames.get(timeout=SECONDS)
            except queue.Empty:
                raise TimeoutError(f"no frame from {mac.hex(':')}") from None
            if frame[6:12] == mac:
                return frame

    def _receive(self):
        while True:
            frame = self.socket.recv(65536)
            if frame[12:14] == ARP:
                self._arp(frame)
            else:
                self.frames.put(frame)

    def _arp(self, frame):
        sender_mac, sender, target = frame[22:28], frame[28:32], frame[38:42]
        self.neighbours[sender] = sender_mac
        if frame[20:22] == b"\0\1" and target == self.address:
            self.send(sender_mac + self.mac + self._arp_body(2, sender_mac, sender))

    def _arp_body(self, operation, target_mac, target):
        return (ARP + struct.pack("!HHBBH", 1, 0x800, 6, 4, operation) + self.mac + self.address + target_mac + target)

    def resolve(self, address):
        """The MAC address of an IPv4 address, by ARP."""
        target = socket.inet_aton(address)
        deadline = time.monotonic() + SECONDS
        self.send(BROADCAST + self.mac + self._arp_body(1, bytes(6), target))
        while target not in self.neighbours:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nobody says who has {address}")
            time.sleep(0.001)
        return self.neighbours[target]

    def ping(self, address, payload, sequence):
        """Send an echo request; its answer must bring the payload back, in a frame of exactly the right length."""
        mac = self.neighbours.get(socket.inet_aton(address)) or self.resolve(address)
        echo = struct.pack("!BBHHH", 8, 0, 0, IDENTIFIER, sequence) + payload
        echo = echo[:2] + struct.pack("!H", checksum(echo)) + echo[4:]
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(echo), 1, 0x4000, 64, 1, 0, self.address,
                           socket.inet_aton(address))
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        request = mac + self.mac + IPV4 + head + echo
        self.send(request)
        while True:
            try:
                frame = self.frames.get(timeout=SECONDS)
            except queue.Empty:
                raise TimeoutError(f"no answer to {len(request)} bytes") from None
            if frame[23:24] == b"\1" and frame[34:35] == b"\0" and frame[40:42] == struct.pack("!H", sequence):
                break
        expected = max(SHORTEST, len(request))
        assert len(frame) == expected, f"the answer has {len(frame)} bytes, not {expected}"
        assert frame[:14] == self.mac + mac + IPV4, frame[:14].hex()
        assert frame[42:42 + len(payload)] == payload, f"the payload of {len(payload)} bytes came back changed"
