# SPDX-License-Identifier: GPL-2.0-or-later
"""What a driver asks for and the model does not do is said in the log, once where it would be said for each frame.

Broken if it fails: a driver is told that something is in hardware, nothing happens, and no line says why.
"""

import struct

from lib import model
from lib.fuzz import ANA, CANS, CHAIN, FDMA, FLEXCOMS, FRAME, GCB, IATU, OIC, PTP, REW, SYS

kernels = ()
timeout = 60
TRNG, MIIM0 = 0xe0048000, GCB + 0x118
ONCE = "lan966x card0.{}: {}: not modelled"
# writes, and the line that they leave
SAID = (
    (((REW + 0x0c, 1),), ONCE.format("rew", "DSCP of a frame that leaves")),
    (((SYS + 0x1118, 1 << 17),), ONCE.format("sys", "pause frames of a port's own")),
    (((IATU + 0x104, 1 << 31),), ONCE.format("iatu", "inbound window")),
    (((TRNG + 0x10, 1),), ONCE.format("trng", "interrupt")),
    (((ANA + 0x6bac, 1), (ANA + 0x6bb0, 1 << 15 | 1 << 12 | 1)), ONCE.format("ana", "sources that are dropped")),
    (((ANA + 0x6bb0, 7),), "lan966x card0.ana: MAC table command 7"),
    (((PTP + 0x40, 1 << 27 | 3 << 25),), "lan966x card0.ptp: pin 1 action 1 sync 3"),
    (((CANS[0] + 0x18, 3), (CANS[0] + 0xc0, 1 << 30)), ONCE.format("mcan0", "queue by identifiers")),
    (((FLEXCOMS[0], 1), (FLEXCOMS[0] + 0x200, 1 << 9)), "lan966x card0.flx0: USART: no break"),
    (((FLEXCOMS[0] + 0x204, 1),), "lan966x card0.flx0: USART +0x4 value 0x1: mode is not modelled"),
    (((FLEXCOMS[1], 2), (FLEXCOMS[1] + 0x404, 2)),
     "lan966x card0.flx1: SPI +0x4 value 0x2: no variable or decoded chip selects"),
    (((FLEXCOMS[2], 3), (FLEXCOMS[2] + 0x600, 1 << 4)),
     "lan966x card0.flx2: TWI +0x0 value 0x10: no slave mode, no FIFO"),
    # what does not reach the host is said, and in no register
    (((FDMA + 0x3c, 0x7ff00000), (FDMA + 0x5c, 1), (FDMA + 8, 1)),
     "lan966x card0.fdma: read of 32 bytes at 0x17ff00000: refused by the host"),
    # one part of a frame that lies in several data blocks
    (((FDMA + 0x3c, CHAIN), (FDMA + 0x5c, 0), (FDMA + 8, 1)),
     "lan966x card0.fdma: window 0 +0x8 value 0x10040: not a frame to inject"),
)


def test(_):
    with model.Lab(("-d", "unimp,guest_errors"), x_fdma_identity=True) as lab:
        lab.bring_up(mode=2)
        lab.write(0xe00c00a8 + 4 * 5, 1)
        for flexcom in range(3):
            lab.clock(flexcom)
            lab.mux(flexcom)
        lab.store(CHAIN, struct.pack("<4Q", 1, 64, FRAME, 1 << 16 | 64))
        for writes, line in SAID:
            assert line not in lab.said().splitlines(), line
            for _ in range(2):
                for address, value in writes:
                    lab.write(address, value)
            found = lab.said().splitlines().count(line)
            assert found == 1 if line.endswith(": not modelled") else found, (line, found, lab.said()[-2000:])
        assert lab.get("fdma-errors") == 2 and lab.read(FDMA + 0x198) == 0
        # a group that takes frames again sets no interrupt: no driver asks for it
        assert lab.read(OIC + 0x30) & 1 << 13 == 0
        # no PHY is on MDIO bus 0
        lab.write(MIIM0 + 8, 1 << 31 | 1 << 25 | 2 << 20 | 2 << 1)
        assert lab.read(MIIM0 + 0xc) == 0x3ffff
        # ports 4 to 7 have nothing at the other end
        assert "netdev4" not in lab.names("/machine/peripheral/card0")
