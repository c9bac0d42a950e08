# SPDX-License-Identifier: GPL-2.0-or-later
"""What a driver asks for and the model does not do is said in the log, once where it would be said for each frame.

Broken if it fails: a driver is told that something is in hardware, nothing happens, and no line says why.
"""

import struct

from lib import model
from lib.fuzz import ANA, CANS, CHAIN, FDMA, FRAME, GCB, IATU, PTP, REW, SYS

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
    # one part of a frame that lies in several data blocks
    (((FDMA + 0x3c, CHAIN), (FDMA + 0x5c, 0), (FDMA + 8, 1)),
     "lan966x card0.fdma: window 0 +0x8 value 0x10040: not a frame to inject"),
)


def test(_):
    with model.Lab(("-d", "unimp,guest_errors"), x_fdma_identity=True) as lab:
        lab.bring_up(mode=2)
        lab.write(0xe00c00a8 + 4 * 5, 1)
        lab.store(CHAIN, struct.pack("<4Q", 1, 64, FRAME, 1 << 16 | 64))
        for writes, line in SAID:
            assert line not in lab.said().splitlines(), line
            for _ in range(2):
                for address, value in writes:
                    lab.write(address, value)
            found = lab.said().splitlines().count(line)
            assert found == 1 if "not modelled" in line else found, (line, found, lab.said()[-2000:])
        # no PHY is on MDIO bus 0
        lab.write(MIIM0 + 8, 1 << 31 | 1 << 25 | 2 << 20 | 2 << 1)
        assert lab.read(MIIM0 + 0xc) == 0x3ffff
        # ports 4 to 7 have nothing at the other end
        assert "netdev4" not in lab.names("/machine/peripheral/card0")
