# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine migrates while frames go both ways by FDMA: none comes twice or changed, drivers and devices go on.

Broken if it fails: a user's snapshot of a running lab does not run any more, or its network stands still.
"""

import queue
import struct
import threading

from lib import card, fdma, ports, slot
from lib.peer import IPV4

kernels = ("7.3", "6.12")
options = {"nics": 2, "userland": "network", "qemu": ("-global", "lan966x-fdma.identity=on")}
timeout = 600
MIGRATIONS = 5
WINDOW = 16         # requests on their way
LOST = 128          # what can be on its way at a migration: these, and the switch's queue


class Traffic:
    """Echo requests that a host sends without a pause, and their answers."""

    def __init__(self, vm, peer, address):
        self.peer, self.address = peer, address
        self.mac = ports.mac(vm, "eth0")
        self.sent = self.answered = 0
        self.failure = None
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    @staticmethod
    def payload(number):
        return struct.pack("!I", number) + bytes((number + n) & 0xff for n in range(number * 37 % 1400))

    def _run(self):
        underway, late = [], set()
        while not self.ended.is_set():
            while len(underway) < WINDOW:
                frame = self.peer.echo(self.mac, self.address, self.sent & 0xffff, self.payload(self.sent))
                try:
                    self.peer.send(frame)
                except OSError:     # between two QEMUs
                    break
                underway.append(self.sent)
                self.sent += 1
            try:
                frame = self.peer.frames.get(timeout=.5)
            except queue.Empty:     # lost, or late
                late.update(underway)
                underway = []
                continue
            if frame[12:14] != IPV4:    # QEMU tells its neighbours that the machine is here now
                continue
            number = struct.unpack("!I", frame[42:46])[0]
            if number not in (*underway, *late) or frame[42:42 + len(self.payload(number))] != self.payload(number):
                self.failure = f"{number} of {underway} and {late}: {frame.hex()}"
                return
            if number in late:
                late.remove(number)
            else:
                late.update(underway[:underway.index(number)])
                underway = underway[underway.index(number) + 1:]
            self.answered += 1

    def flows(self, count):
        """So many more answers come."""
        wanted = self.answered + count
        while self.answered < wanted:
            assert self.thread.is_alive() and not self.failure, self.failure
            self.ended.wait(.01)


def test(vm):
    fdma.load(vm, "raw_dma=1")
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    peers = fdma.ports_up(vm)
    count = MIGRATIONS
    with Traffic(vm, peers[0], "10.0.0.1") as traffic:
        traffic.flows(100)
        for _ in range(count):
            vm.migrate()
            traffic.flows(100)
    assert not traffic.failure, traffic.failure
    lost = traffic.sent - traffic.answered
    vm.note(f"{traffic.answered} answers, {lost} lost in {count} migrations")
    assert lost <= (count + 1) * LOST, lost
    assert fdma.errors(vm) == 0
    slot.check_i2c(vm, bdf)
    peers[1].ping_all("10.0.1.1", [bytes(length) for length in range(0, 1400, 50)])
    fdma.check_removal(vm, bdf, peers)
    vm.unplug("card0")
