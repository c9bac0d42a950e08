# SPDX-License-Identifier: GPL-2.0-or-later
"""A host on the other side of a port: sends and receives Ethernet frames through a datagram socket of QEMU's."""

import collections
import queue
import socket
import struct
import threading
import time

ARP, IPV4, IPV6, TAG = b"\x08\x06", b"\x08\x00", b"\x86\xdd", b"\x81\x00"
EXPERIMENT = b"\x88\xb5"     # the EtherType that IEEE 802 sets aside for local experiments
ICMPV6 = 58
ECHO6, ECHO6_REPLY, SOLICITATION, ADVERTISEMENT = 128, 129, 135, 136
BROADCAST = b"\xff" * 6
SHORTEST = 60       # bytes of a frame without its FCS
SECONDS = 60        # wall clock, for one answer; the guest may have little of this machine
IDENTIFIER = 77     # of our echo requests
WINDOW = 16         # echo requests on their way at a time: the switch's queue to the CPU has room for 64


def checksum(data):
    """The Internet checksum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def link_local(mac):
    """The IPv6 address that a host makes of its MAC address."""
    return b"\xfe\x80" + bytes(6) + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]


def icmpv6(source, target, kind, body):
    """An IPv6 packet with an ICMPv6 message, whose body begins after the checksum."""
    pseudo = source + target + struct.pack("!II", 4 + len(body), ICMPV6)
    message = struct.pack("!BBH", kind, 0, checksum(pseudo + struct.pack("!BBH", kind, 0, 0) + body)) + body
    return struct.pack("!IHBB", 6 << 28, len(message), ICMPV6, 255) + source + target + message


class Peer:
    """One host with one MAC and one IPv4 address, and the IPv6 address fe80:: of that MAC.

    It answers ARP requests and neighbour solicitations by itself. In a VLAN (vlan=5) it tags what it sends, and sees
    only what has this tag.
    """

    def __init__(self, local, remote, mac, address, vlan=None):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(local)
        self.remote = remote
        self.mac = bytes.fromhex(mac.replace(":", ""))
        self.address = socket.inet_aton(address)
        self.address6 = link_local(self.mac)
        self.tag = TAG + struct.pack("!H", vlan) if vlan else b""
        self.neighbours = {}
        self.frames = queue.Queue()     # what came, but for ARP
        self.answers = True
        self.answering = threading.Lock()
        threading.Thread(target=self._receive, daemon=True).start()

    def be_silent(self):
        """Answer nothing any more. What is sent afterwards comes after the last answer."""
        with self.answering:
            self.answers = False

    def send(self, frame):
        self.send_raw(frame[:12] + self.tag + frame[12:])

    def try_send(self, frame):
        """Send a frame if QEMU's end has room for it now; returns whether it had."""
        try:
            self.socket.sendto(frame, socket.MSG_DONTWAIT, self.remote)
        except BlockingIOError:
            return False
        return True

    def send_raw(self, frame, shortest=SHORTEST):
        """Send a frame as it is, but padded."""
        self.socket.sendto(frame.ljust(shortest, b"\0"), self.remote)

    def next_frame(self, what):
        try:
            return self.frames.get(timeout=SECONDS)
        except queue.Empty:
            raise TimeoutError(f"no {what}") from None

    def receive_from(self, mac):
        """The next frame that this station sent; what others sent before it is dropped."""
        while True:
            frame = self.next_frame(f"frame from {mac.hex(':')}")
            if frame[6:12] == mac:
                return frame

    def _receive(self):
        while True:
            frame = self.socket.recv(65536)
            if self.tag:
                if frame[12:16] != self.tag:
                    continue
                frame = frame[:12] + frame[16:]
            with self.answering:
                self._take(frame)

    def _take(self, frame):
        if frame[12:14] == ARP:
            self._arp(frame)
        elif frame[12:14] == IPV6 and frame[20] == ICMPV6 and frame[54] == SOLICITATION:
            self._advertise(frame)
        else:
            self.frames.put(frame)

    def _advertise(self, frame):
        if self.answers and frame[62:78] == self.address6:
            body = b"\x60\0\0\0" + self.address6 + b"\2\1" + self.mac      # solicited, override
            self.send(frame[6:12] + self.mac + IPV6 + icmpv6(self.address6, frame[22:38], ADVERTISEMENT, body))

    def _arp(self, frame):
        sender_mac, sender, target = frame[22:28], frame[28:32], frame[38:42]
        self.neighbours[sender] = sender_mac
        if self.answers and frame[20:22] == b"\0\1" and target == self.address:
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
        self.ping_all(address, [payload], sequence)

    def ping_all(self, address, payloads, sequence=0):
        """Send echo requests, some at a time; all answers must come, in order, as ping() wants them."""
        mac = self.neighbours.get(socket.inet_aton(address)) or self.resolve(address)
        underway = collections.deque()
        for number, payload in enumerate(payloads):
            if len(underway) == WINDOW:
                self._check_answer(mac, *underway.popleft())
            underway.append(((sequence + number) & 0xffff, payload))
            self.send(self.echo(mac, address, *underway[-1]))
        for each in underway:
            self._check_answer(mac, *each)

    def echo(self, mac, address, sequence, payload):
        echo = struct.pack("!BBHHH", 8, 0, 0, IDENTIFIER, sequence) + payload
        echo = echo[:2] + struct.pack("!H", checksum(echo)) + echo[4:]
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(echo), 1, 0x4000, 64, 1, 0, self.address,
                           socket.inet_aton(address))
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        return mac + self.mac + IPV4 + head + echo

    def _check_answer(self, mac, sequence, payload):
        while True:
            frame = self.next_frame(f"answer to {len(payload)} bytes")
            if frame[12:14] == IPV4 and frame[23] == 1 and frame[34] == 0:
                break
        assert frame[40:42] == struct.pack("!H", sequence), f"answer {frame[40:42].hex()}, not {sequence:04x}, is next"
        expected = max(SHORTEST, 42 + len(payload))     # the guest pads before the switch adds a tag
        assert len(frame) == expected, f"the answer has {len(frame)} bytes, not {expected}"
        assert frame[:14] == self.mac + mac + IPV4, frame[:14].hex()
        assert frame[42:42 + len(payload)] == payload, f"the payload of {len(payload)} bytes came back changed"

    def ping6(self, mac, payload, sequence, group=None):
        """The same by IPv6, to fe80:: of a host of which the MAC address is known, or to a group that it is in."""
        host = link_local(mac)
        solicitation = bytes(4) + host + b"\1\1" + self.mac       # by which the host gets to know us
        self.send(mac + self.mac + IPV6 + icmpv6(self.address6, host, SOLICITATION, solicitation))
        self._next_icmpv6(ADVERTISEMENT)
        body = struct.pack("!HH", IDENTIFIER, sequence) + payload
        target = b"\x33\x33" + group[12:] if group else mac
        self.send(target + self.mac + IPV6 + icmpv6(self.address6, group or host, ECHO6, body))
        frame = self._next_icmpv6(ECHO6_REPLY)
        # the flow label and the hop limit are the host's choice
        answer = frame[14:18] + icmpv6(host, self.address6, ECHO6_REPLY, body)[4:]
        expected = (self.mac + mac + IPV6 + answer[:7] + frame[21:22] + answer[8:]).ljust(SHORTEST, b"\0")
        assert frame == expected, f"{frame.hex()}, not {expected.hex()}"

    def _next_icmpv6(self, kind):
        while True:
            frame = self.next_frame(f"ICMPv6 message {kind}")
            if frame[12:14] == IPV6 and frame[20] == ICMPV6 and frame[54] == kind:
                return frame
