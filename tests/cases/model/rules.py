# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules as mainline's driver writes them: IS2 takes frames to the CPU, IS1 chooses among IS2's and ES0's, ES0 untags, counts.

Broken if it fails: a rule says that it is in hardware, and the frames that it names are forwarded as they are.
"""

import struct

from lib import model
from lib.fuzz import ANA, IS2, REW, SYS
from lib.peer import IPV4, IPV6, TAG

kernels = ()
timeout = 60
ES0, IS1 = 0xe2018000, 0xe2020000
IN, OUT = 0, 1
GROUPS = {1: (), 2: (2, 1), 4: (3, 1, 2, 1)}       # bits at the start of each subword, by the number of subwords
SUBWORD = 96
MACS = b"\xff" * 6 + bytes.fromhex("02aa00000001")
LAST = MACS + b"\x88\xb5" + bytes(46)
VLAN, SOURCE = 5, 0x0a000902
# Fields of keys: (offset, width, value); what lies between does not matter
# IS2: what all keys begin with, of two subwords and of four
FIRST, PAG = (4, 1, 1), (5, 8, 1)
TRAP = (2 | 1 << 3 | 1 << 7,)                       # type group, CPU_COPY_ENA, MASK_MODE replace
TO_PAG = (0xff << 14 | 1 << 22, 0, 0, 0)            # PAG_OVERRIDE_MASK, PAG_VAL
TO_ISDX = (1 << 31 | 1 << 30, 0, 0, 0)              # ISDX_ADD_VAL 1, REPLACE
UNTAG = (3, 7 << 17, 0)                             # PUSH_OUTER_TAG, ESDX 7


def rule(lab, vcap, address, subwords, fields, action):
    """Write a rule; its action belongs to the first subword."""
    free = [bit for bit in range(SUBWORD * subwords)
            if subwords == 1 or bit % SUBWORD >= GROUPS[subwords][bit // SUBWORD]]
    value, care = 0, (1 << SUBWORD * subwords) - 1
    for bit in free:
        care &= ~(1 << bit)
    if subwords > 1:
        value = 1 << GROUPS[subwords][0] - 1
    for offset, width, content in fields:
        for n in range(width):
            care |= 1 << free[offset + n]
            value |= (content >> n & 1) << free[offset + n]
    for subword in range(subwords):
        for n in range(3):
            shift = SUBWORD * subword + 32 * n
            lab.write(vcap + 8 + 4 * n, value >> shift & 0xffffffff)
            lab.write(vcap + 0x108 + 4 * n, ~(care >> shift) & 0xffffffff)
        for n, word in enumerate(action if subword == 0 else (0,) * len(action)):
            lab.write(vcap + 0x208 + 4 * n, word)
        lab.write(vcap, (address + subword) << 3 | 4)


def ip4(protocol, tos=0, source=SOURCE, tag=b""):
    head = struct.pack("!BBHHHBBHII", 0x45, tos, 46, 1, 0, 64, protocol, 0, source, 0x0a000903)
    return MACS + tag + IPV4 + head + bytes(26)


def ip6(protocol):
    return MACS + IPV6 + struct.pack("!IHBB", 6 << 28, 16, protocol, 64) + b"\xfd" * 32 + bytes(16)


def forwarded(lab, frame):
    """The frame as it leaves by the other port, or None."""
    lab.send_frame(IN, frame)
    lab.send_frame(IN, LAST)
    first = lab.received(OUT, 1)[0]
    return None if first == LAST else (first, lab.received(OUT, 1))[0]


def test(_):
    snap, llc = (MACS + struct.pack("!H", 64) + head + bytes(61) for head in (b"\xaa\xaa\x03", b"\x42\x42\x03"))
    tagged = ip4(48, tag=TAG + struct.pack("!H", VLAN))
    with model.Lab() as lab:
        lab.bring_up()
        for address, value in ((ANA + 0x6c00 + 8 * (80 + IN), 1 << OUT), (ANA + 0x7000, 1 << 20 | 1 << 18),
                               (ANA + 0x701c, 1 << 14), (ANA + 0x700c, 1 << 14), (REW + 8 + 0x80 * OUT, 1 << 4),
                               (REW + 4 + 0x80 * OUT, 2 << 7), (REW + 0xe08, 1),
                               *((ANA + 0x7010 + 4 * n, 4 << 6 | 2 << 3) for n in range(3))):
            lab.write(address, value)
        frames = {"IPv4": ip4(1), "IPv6": ip6(58), "SNAP": snap, "PAG": ip4(47, 0xb8), "LLC": llc, "IPv4, other": ip4(2),
                  "IPv6, other": ip6(59), "PAG, other TOS": ip4(47), "PAG, other source": ip4(47, 0xb8, SOURCE + 1)}
        assert all(forwarded(lab, frame) for frame in frames.values())
        rule(lab, IS2, 248, 2, ((0, 4, 5), FIRST, (43, 1, 1), (121, 8, 1)), TRAP)
        rule(lab, IS2, 244, 4, ((0, 2, 1), (2, 1, 1), (307, 8, 58)), TRAP)
        rule(lab, IS2, 242, 2, ((0, 4, 2), FIRST), TRAP)
        rule(lab, IS2, 240, 2, ((0, 4, 5), FIRST, PAG, (48, 8, 0xb8)), TRAP)
        rule(lab, IS1, 764, 2, ((0, 1, 1), (1, 2, 0), (52, 1, 1), (94, 32, SOURCE), (126, 8, 47)), TO_PAG)
        found = {name: not forwarded(lab, frame) for name, frame in frames.items()}
        assert found == {name: name in ("IPv4", "IPv6", "SNAP", "PAG") for name in frames}, found
        left = forwarded(lab, tagged)
        assert left[12:16] == TAG + struct.pack("!H", VLAN), left.hex()
        rule(lab, IS1, 760, 2, ((0, 1, 1), (1, 2, 0), (19, 12, VLAN), (126, 8, 48)), TO_ISDX)
        rule(lab, ES0, 60, 1, ((0, 4, OUT), (9, 8, 1), (19, 12, VLAN)), UNTAG)
        for count in (1, 2):
            assert forwarded(lab, tagged) == tagged[:12] + tagged[16:]
            lab.write(SYS + 0x1098, 7)
            assert lab.read(SYS + 4 * 0x301) == count
        other = ip4(49, tag=TAG + struct.pack("!H", VLAN))
        assert forwarded(lab, other) == other
