# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest has the card's DMA or message written to the register that unplugs the card: it goes, and QEMU stays.

Broken if it fails: a guest crashes QEMU by an address of its choice; the card is freed while one of its parts works.
"""

import struct

from lib import model
from lib.fuzz import CARD, FDMA, OIC, SLOT_OFF, bar_address

kernels = ()
timeout = 120
DCB = 0x200000
IFH, ETHERNET = 28, 14
BROADCAST = b"\xff" * 6 + bytes.fromhex("02aa00000001") + b"\x88\xb5"


def descriptor(data, status=0):
    return struct.pack("<4Q", 1, 0xffff, data, status)


def start(lab, channel):
    for address, value in ((FDMA + 0x3c + 4 * channel, DCB), (FDMA + 0x5c + 4 * channel, 0), (FDMA + 8, 1 << channel)):
        lab.write(address, value)


def by_frame(lab):
    """A frame of a host lands on the register."""
    lab.store(DCB, descriptor(lab.slot_control_address() - IFH - ETHERNET))
    start(lab, 6)
    lab.send_frame(0, BROADCAST + struct.pack("<H", SLOT_OFF) * 30)


def by_status(lab):
    """The status of an injected frame, the descriptor of which is in the configuration space, lands on it."""
    lab.store(DCB, struct.pack("<4Q", lab.slot_control_address() - 24 & ~7, 0, 0, 3 << 16 | 100))
    start(lab, 0)


def by_message(lab):
    """The message of an interrupt is the value, and its address the register's."""
    lab.lines(lab.message_lines(lab.slot_control_address(), SLOT_OFF))
    for address, value in ((OIC + 0x48, 1 << 12), (OIC + 0x78, 1 << 12), (OIC + 0x24, 1 << 12)):
        lab.write(address, value)


def by_message_of_a_frame(lab):
    """As before, but it is a frame that interrupts; the card has nothing mapped."""
    lab.lines(lab.message_lines(lab.slot_control_address(), SLOT_OFF))
    lab.write(OIC + 0x48, 1 << 12)
    lab.write(OIC + 0x78, 1 << 12)
    lab.lines(lab.config_lines(CARD, 4, 4, "w"))
    lab.send_frame(0, BROADCAST + bytes(60))


def gone(lab):
    for _ in range(10000):
        if not lab.is_plugged():
            return True
        lab.step(1000)
    return False


def test(_):
    for way, mode, leaves in ((by_frame, 2, True), (by_status, 2, False), (by_message, 1, True),
                              (by_message_of_a_frame, 1, True)):
        with model.Lab(x_fdma_identity=True, msi=True) as lab:
            lab.bring_up(mode)
            way(lab)
            if leaves:
                assert gone(lab), way.__doc__
                lab.plug()
            lab.bring_up(1)
            lab.send_frame(1, BROADCAST + bytes(60))
            while not lab.lines([f"readl {bar_address(0xe200801c):#x}"])[0].endswith(b"1"):
                lab.step(1000)
            assert lab.alive() == "running"
