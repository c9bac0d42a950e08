# SPDX-License-Identifier: GPL-2.0-or-later
"""A dump of the MAC table ends; registers that say what a block is have the values of the chip after a reset.

Broken if it fails: a vendor's tool that walks the table never comes back, or a driver takes the block for another one.
"""

from lib import model
from lib.fuzz import ANA, FLEXCOMS, GCB, IS2

kernels = ()
timeout = 60
LEARN, GET_NEXT = 1, 4
VALID = 1 << 12
MACS = ((1, 0x02aa00000003), (1, 0x02aa00000001), (7, 0x02aa00000002))
# address: literal value after reset
RESET = {
    0xe00c0090: 6, 0xe2004000: 0x19662445, 0xe2010024: 1, 0xe2010024 + 4 * 77: 1, 0xe2034024: 1518, 0xe2034000: 0xf8,
    0xe2010020: 0, 0xe00c05b0: 1, 0xe0021000: 1, ANA + 0x6c00: 1, ANA + 0x6c38: 0x80, ANA + 0x6e00: 0x1ff,
    ANA + 0x6ec0: 0x1ff, 0xe200803c: 0x0c, 0xe2008008: 0x80000007, 0xe201839c: 1, 0xe20183a4: 64, 0xe20203a4: 192,
    IS2 + 0x3a4: 64, IS2 + 0x3b4: 31, 0xe2028000 + 0x1020: 0,
}


def command(lab, number, vlan, mac):
    for address, value in ((ANA + 0x6ba8, vlan << 16 | mac >> 32), (ANA + 0x6bac, mac & 0xffffffff),
                           (ANA + 0x6bb0, VALID | number)):
        lab.write(address, value)


def dump(lab):
    """[(VLAN, address)] as the chip gives them."""
    found, key = [], (0, 0)
    while True:
        command(lab, GET_NEXT, *key)
        if not lab.read(ANA + 0x6bb0) & VALID:
            return found
        high = lab.read(ANA + 0x6ba8)
        key = high >> 16, (high & 0xffff) << 32 | lab.read(ANA + 0x6bac)
        found.append(key)
        assert len(found) <= len(MACS), "the dump does not end"


def test(_):
    with model.Lab() as lab:
        for address, value in RESET.items():
            assert lab.read(address) == value, (hex(address), hex(lab.read(address)))
        assert lab.read(GCB + 0x0c) == 0
        lab.clock(4)
        assert lab.read(FLEXCOMS[4]) == 0
        for key in MACS:
            command(lab, LEARN, *key)
        assert dump(lab) == sorted(MACS), dump(lab)
