# SPDX-License-Identifier: GPL-2.0-or-later
"""Two CAN controllers on one bus: frames, events, interrupts, a full FIFO, and a bus where no other controller is.

Broken if it fails: m_can says that frames have left or come that did not, or a CAN controller without pins works.
"""

import struct

from lib import model
from lib.fuzz import BARS, GCB, GCK, OIC

kernels = ()
timeout = 60
CAN = 0xe081c000, 0xe0820000
RAM = BARS[4][0]
# where a controller has its FIFOs in the message RAM: received frames, events, frames to send
RECEIVED, EVENTS, SENT, SECOND, ELEMENT = 0, 0x1200, 0x1400, 0x4000, 72
CCCR, ECR, PSR, IR, RXF0S, RXF0A, TXFQS, TXBRP, TXBAR, TXBTO, TXBCF, TXEFS, TXEFA = (
    0x18, 0x40, 0x44, 0x50, 0xa4, 0xa8, 0xc4, 0xcc, 0xd0, 0xd8, 0xdc, 0xf4, 0xf8)
INIT, CCE, DAR, FDOE = 1, 2, 1 << 6, 1 << 8
XTD, FDF, BRS, EVENT = 1 << 30, 1 << 21, 1 << 20, 1 << 23
NEW, LOST, DONE, EVENT_NEW = 1, 1 << 3, 1 << 9, 1 << 12
MS = 1_000_000
SIZE = 4            # of each FIFO


def set_up(lab, number, mode=FDOE):
    base, ram = CAN[number], SECOND * number
    for offset, value in ((CCCR, INIT), (CCCR, INIT | CCE), (0xbc, 0x777), (0xc0, SIZE << 24 | ram + SENT), (0xc8, 7),
                          (0xf0, SIZE << 16 | ram + EVENTS), (0xa0, SIZE << 16 | ram + RECEIVED),
                          (0x54, NEW | EVENT_NEW), (0x5c, 1), (0xe0, 0xffffffff), (0xe4, 0xffffffff), (IR, 0xffffffff),
                          (CCCR, INIT | CCE | mode), (CCCR, mode)):
        lab.write(base + offset, value)


def send(lab, number, identifier, flags, data, code):
    """Put a frame into the FIFO; returns its buffer."""
    put = lab.read(CAN[number] + TXFQS) >> 16 & 0x1f
    lab.store(RAM + SECOND * number + SENT + ELEMENT * put, struct.pack("<II", identifier, flags | code << 16) + data)
    lab.write(CAN[number] + TXBAR, 1 << put)
    lab.step(MS)
    return put


def received(lab, number):
    """(identifier, the rest of the head without its time stamp, 64 bytes) of the oldest frame, which is taken out."""
    get = lab.read(CAN[number] + RXF0S) >> 8 & 0x3f
    identifier, head = struct.unpack("<II", lab.memory(RAM + SECOND * number + ELEMENT * get, 8))
    data = lab.memory(RAM + SECOND * number + ELEMENT * get + 8, 64)
    lab.write(CAN[number] + RXF0A, get)
    return identifier, head & 0x7fff0000, data


def line(lab, number):
    """The level of the controller's first line at the interrupt controller."""
    return lab.read(OIC + 8) >> 8 + 2 * number & 1


def needs_clock_and_pins(lab):
    lab.write(CAN[0] + CCCR, INIT | CCE)
    assert lab.read(CAN[0] + CCCR) == INIT, "written without a clock"
    for number in range(2):
        lab.write(GCK + 4 * (5 + number), 1)
    lab.write(CAN[0] + 0x1c, 0)
    assert lab.read(CAN[0] + 0x1c) == 0x06000a03, "a bit rate that is not being set up"
    for number in range(2):
        set_up(lab, number)
    send(lab, 0, 0x123 << 18, 0, bytes(4), 4)
    assert lab.read(CAN[0] + TXBRP) == 1 and lab.read(CAN[1] + RXF0S) & 0x7f == 0, "a frame through no pin"
    lab.write(GCB + 0xd8, 0x18)         # pins 35 and 36
    lab.write(GCB + 0xc8, 3 << 30)      # pins 30 and 31
    lab.step(MS)
    assert lab.read(CAN[0] + TXBRP) == 0 and received(lab, 1) == (0x123 << 18, 4 << 16, bytes(64))


def frames_and_events(lab):
    for number in range(2):
        set_up(lab, number)
    assert (line(lab, 0), line(lab, 1)) == (0, 0)
    put = send(lab, 0, 0x123 << 18, EVENT | 0x5a << 24, b"abcd", 4)
    assert (put, lab.read(CAN[0] + TXBTO), lab.read(CAN[0] + IR) & DONE) == (0, 1, DONE)
    assert (line(lab, 0), line(lab, 1)) == (1, 1)
    assert lab.read(CAN[0] + TXEFS) & 0x3f == 1
    identifier, head = struct.unpack("<II", lab.memory(RAM + EVENTS, 8))
    assert (identifier, head >> 16) == (0x123 << 18, 0x5a44), hex(head)
    lab.write(CAN[0] + TXEFA, 0)
    assert lab.read(CAN[0] + TXEFS) & 0x3f == 0
    assert received(lab, 1) == (0x123 << 18, 4 << 16, b"abcd" + bytes(60))
    for number in range(2):
        lab.write(CAN[number] + IR, 0xffffffff)
    assert (line(lab, 0), line(lab, 1)) == (0, 0)
    # a long frame with a long identifier, the other way
    data = bytes(range(64))
    send(lab, 1, XTD | 0x12345678, FDF | BRS, data, 15)
    assert received(lab, 0) == (XTD | 0x12345678, FDF | BRS | 15 << 16, data)
    # one of the old kind has no more than 8 bytes
    send(lab, 1, 0x7ff << 18, FDF, data, 15)
    set_up(lab, 1, 0)
    send(lab, 1, 0x7fe << 18, FDF, data, 15)
    assert received(lab, 0) == (0x7ff << 18, FDF | 15 << 16, data)
    assert received(lab, 0) == (0x7fe << 18, 8 << 16, data[:8] + bytes(56)), lab.read(CAN[0] + RXF0S)


def full(lab):
    for number in range(2):
        set_up(lab, number)
    for n in range(SIZE + 1):
        send(lab, 0, n << 18, 0, bytes(8), 8)
    assert lab.read(CAN[1] + RXF0S) & 0x0300007f == 0x03000000 | SIZE and lab.read(CAN[1] + IR) & LOST
    assert [received(lab, 1)[0] >> 18 for _ in range(SIZE)] == list(range(SIZE))


def alone(lab):
    """A frame that no controller takes stays until one does; or is given up, if it is to be sent once."""
    for number in range(2):
        set_up(lab, number)
    lab.write(CAN[1] + CCCR, INIT)
    send(lab, 0, 5 << 18, 0, bytes(8), 8)
    assert (lab.read(CAN[0] + TXBRP), lab.read(CAN[0] + ECR), lab.read(CAN[0] + PSR)) == (1, 128, 0x763)
    set_up(lab, 1)
    lab.step(MS)
    assert (lab.read(CAN[0] + TXBRP), lab.read(CAN[0] + ECR), received(lab, 1)[0]) == (0, 0, 5 << 18)
    set_up(lab, 0, DAR)
    lab.write(CAN[1] + CCCR, INIT)
    send(lab, 0, 6 << 18, 0, bytes(8), 8)
    assert (lab.read(CAN[0] + TXBRP), lab.read(CAN[0] + TXBCF), lab.read(CAN[0] + TXBTO)) == (0, 1, 0)


def test(_):
    with model.Lab() as lab:
        needs_clock_and_pins(lab)
        frames_and_events(lab)
        full(lab)
        alone(lab)
