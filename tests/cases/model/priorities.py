# SPDX-License-Identifier: GPL-2.0-or-later
"""A frame's priority is the port's, its tag's or its trusted DSCP's, as the port is told; a tag on the way out shows it.

Broken if it fails: "dcb app" and "dcb rewr" of a driver say that they work, and all frames are alike.
"""

import struct

from lib import model
from lib.fuzz import ANA, REW, SYS
from lib.peer import IPV4, IPV6, TAG

kernels = ()
timeout = 60
IN, OUT = 0, 1
GREEN = 0x24        # counter of priority 0
QOS, DSCP_ENA, PCP_ENA = ANA + 0x7008, 1 << 4, 1 << 3
PCP_MAP, DSCP_MAP, TRUST = ANA + 0x7020, ANA + 0x7a4c, 1 << 1
VLAN_CFG, AWARE = ANA + 0x7000, 1 << 20
TAG_CFG, TAG_ALL, MAPPED, OUT_MAP = REW + 4 + 0x80 * OUT, 3 << 7, 2 << 2 | 2, REW + 0x10 + 0x80 * OUT
MACS = b"\xff" * 6 + bytes.fromhex("02aa00000001")


def tagged(pcp, rest):
    return MACS + TAG + struct.pack("!H", pcp << 13 | 5) + rest


def ip4(dscp):
    return IPV4 + bytes((0x45, dscp << 2)) + struct.pack("!H", 46) + bytes(44)


def ip6(dscp):
    return IPV6 + struct.pack("!I", 6 << 28 | dscp << 22) + bytes(42)


def priority(lab, frame):
    """What the frame counts as, and the frame as it leaves."""
    def counts():
        lab.write(SYS + 0x1098, IN)
        return [lab.read(SYS + 4 * (GREEN + prio)) for prio in range(8)]
    before = counts()
    lab.send_frame(IN, frame)
    [left] = lab.received(OUT, 1)
    [prio] = [n for n, (old, new) in enumerate(zip(before, counts())) if old != new]
    return prio, left


def test(_):
    with model.Lab() as lab:
        lab.bring_up()
        for address, value in ((ANA + 0x6c00 + 8 * (80 + IN), 1 << OUT), (VLAN_CFG, AWARE | 1 << 18),
                               *((PCP_MAP + 4 * pcp, 7 - pcp) for pcp in range(8)),
                               (DSCP_MAP + 4 * 10, 1 << 8 | TRUST), (DSCP_MAP + 4 * 46, 6 << 8 | TRUST),
                               (DSCP_MAP + 4 * 20, 4 << 8)):
            lab.write(address, value)
        frames = (MACS + ip4(46), MACS + ip6(10), tagged(2, ip4(46)), tagged(2, ip4(20)), tagged(1, b"\x88\xb5" + bytes(46)))
        for enabled, wanted in ((0, [3, 3, 3, 3, 3]), (PCP_ENA, [3, 3, 5, 5, 6]), (DSCP_ENA, [6, 1, 6, 3, 3]),
                                (PCP_ENA | DSCP_ENA, [6, 1, 6, 5, 6])):
            lab.write(QOS, 3 << 5 | enabled)
            found = [priority(lab, frame)[0] for frame in frames]
            assert found == wanted, (enabled, found)
        # out: the classified priority, or the frame's by a map
        lab.write(TAG_CFG, TAG_ALL)
        _, left = priority(lab, frames[2])
        assert left[12:16] == TAG + struct.pack("!H", 2 << 13 | 5) and left[16:] == frames[2][16:], left.hex()
        lab.write(OUT_MAP + 4 * 6, 1 << 3 | 4)
        lab.write(TAG_CFG, TAG_ALL | MAPPED)
        _, left = priority(lab, frames[2])
        assert left[12:16] == TAG + struct.pack("!H", 4 << 13 | 1 << 12 | 5), left.hex()
