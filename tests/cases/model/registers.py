# SPDX-License-Identifier: GPL-2.0-or-later
"""Each block after a reset: every register's value, what of it can be written, and which sizes of an access it takes.

Broken if it fails: a change of a block has changed registers that it did not mean, or what is reserved can be set.
"""

from lib import model
from lib.fuzz import ANA, BATCH, CPU, FDMA, FLEXCOMS, GCB, GCK, IATU, IS2, OIC, PTP, QS, QSYS, REW, SYS, bar_address
from lib.model import DEV

kernels = ()
timeout = 120
ONES = 0xffffffff
OTP, MIIM, PHYS, PADS, PVT, SERDES, ES0, IS1, AFI = (0xe0021000, GCB + 0x118, 0xe2010018, 0xe2010024, 0xe2010180,
                                                     0xe202c000, 0xe2018000, 0xe2020000, 0xe2120000)
TRNG, WDT, MCAN = 0xe0048000, 0xe0090000, 0xe0820000
GPIO, SGPIO, FAN = GCB + 0x64, GCB + 0x190, GCB + 0x2a8
VCAP = {0x39c: 1, 0x3a0: 96, 0x3bc: 1}
# block: address, size, {offset: value}; all else is 0
RESET = {
    "cpu": (CPU, 0xa8, {0x90: 6}), "gck": (GCK, 0x38, {}), "gates": (0xe00c02cc, 4, {}), "oic": (OIC, 0x190, {}),
    "otp": (OTP, 0x300, {0: 1}), "flexcom": (FLEXCOMS[2], 0x800, {}), "trng": (TRNG, 0x100, {}),
    "wdt": (WDT, 0x100, {8: 0xffff, 0xf4: 0x40, 0xf8: 0x3131302a, 0xfc: 0x44570120}),
    "mcan": (MCAN, 0x100, {0: 0x32150320, 4: 0x87654321, 0xc: 0xa33, 0x18: 1, 0x1c: 0x06000a03, 0x28: 0xffff0000,
                           0x2c: 0xffff, 0x44: 0x707, 0x90: 0x1fffffff}),
    "gcb": (GCB, 0x64, {0: 0x19662445, 0x10: 8}), "gpio": (GPIO, 0xb4, {0x24: 0x060c000c, 0x28: 0x00240000}),
    "pads": (PADS, 4 * 78, {4 * pin: 1 for pin in range(78)}), "miim": (MIIM, 0x48, {}), "phys": (PHYS, 0xc, {}),
    "sgpio": (SGPIO, 0x118, {}), "pvt": (PVT, 0x10, {}), "fan": (FAN, 0x10, {}), "serdes": (SERDES, 0x9c, {}),
    "qs": (QS, 0x40, {8: 0x80000007, 0xc: 0x80000007, 0x3c: 0xc}), "ptp": (PTP, 0x270, {}), "rew": (REW, 0x1000, {}),
    "es0": (ES0, 0x400, VCAP | {0x3a4: 64, 0x3a8: 1, 0x3b0: 8, 0x3b4: 65}),
    "is1": (IS1, 0x400, VCAP | {0x3a4: 192, 0x3a8: 4, 0x3b4: 123}),
    "is2": (IS2, 0x400, VCAP | {0x3a4: 64, 0x3a8: 4, 0x3b0: 11, 0x3b4: 31}),
    "sys": (SYS, 0x1160, {}), "qsys": (QSYS, 0xe100, {0x6d64: 0xff}), "afi": (AFI, 0x18300, {}),
    "ana": (ANA, 0x7b90, {0x6c00 + 8 * port: 1 << port for port in range(8)}
            | {0x6c00 + 8 * group: 0x1ff for group in (*range(64, 80), 88)}),
    "fdma": (FDMA, 0x1b4, {0x1b0: 1}), "iatu": (IATU, 0xc00, {}),
    "copper": (DEV, 0x100, {0: 0xf8, 0x24: 1518, 0x70: 0x111}),
    "cage": (DEV + 0x8000, 0x100, {0: 0xf8, 0x24: 1518, 0x78: 0x10}),
}
# address: what of all ones is kept
KEPT = {
    CPU: ONES, CPU + 0x88: 0x3d, CPU + 0x90: 6, OIC: 0, OIC + 0x0c: ONES, OIC + 0x48: ONES, OIC + 0x50: 0x3fffff,
    OIC + 0x54: 0, OIC + 0x60: 0, OIC + 0x6c: 0, OIC + 0x78: ONES, OIC + 0xe4: 0, OTP + 0x28: 0, OTP + 0x30: 0,
    GCB: 0x19662445, GCB + 0x10: 8, GPIO + 0x18: ONES, GPIO + 0x20: 0x3fff, GPIO + 0x24: 0x060c000c, GPIO + 0x38: 0x3fff,
    GPIO + 0x48: ONES, GPIO + 0x50: 0x3fff, GPIO + 0x54: 0, GPIO + 0x78: 0x3fff, MIIM + 0x24: 0, MIIM + 0x30: 0,
    QS + 0x1c: 0, QS + 0x3c: 0xc, PTP + 0x200: 0, PTP + 0x204: ONES, PTP + 0x208: 0, PTP + 0x264: 0, PTP + 0x268: 0,
    IS2 + 0x39c: 1, IS2 + 0x3a4: 64, IS1 + 0x3b4: 123, ES0 + 0x3a4: 64, SYS + 0x1150: 0, FDMA + 0x10: 0, FDMA + 0x18: 0,
    FDMA + 0x190: 0, DEV + 0x70: 0x111, TRNG: 0, TRNG + 4: 1, TRNG + 0x18: 0, TRNG + 0x1c: 0, WDT + 4: 0xff,
    WDT + 8: ONES >> 1, WDT + 0x10: 0, WDT + 0xf4: 0x40, WDT + 0xfc: 0x44570120,
}


def window(lab, base, size):
    """{offset: value} of what is not 0."""
    lines = [f"readl {bar_address(base + offset):#x}" for offset in range(0, size, 4)]
    answers = [answer for n in range(0, len(lines), BATCH) for answer in lab.lines(lines[n:n + BATCH])]
    return {4 * n: value for n, answer in enumerate(answers) if (value := int(answer.split()[1], 16))}


def sizes(lab):
    """Words everywhere; bytes and half words where a driver uses them, and nowhere else; two words at once."""
    flexcom = FLEXCOMS[2] + 0x600
    lab.clock(2)
    lab.write(FLEXCOMS[2], 3)
    lab.write(flexcom + 0x10, 0x12345678)
    assert lab.read(flexcom + 0x11, "b") == 0x56 and lab.read(flexcom + 0x12, "w") == 0x1234
    lab.write(CPU, 0x12345678)
    lab.write(CPU + 1, 0xff, "b")
    lab.write(CPU + 2, 0xffff, "w")
    assert lab.read(CPU) == 0x12345678
    lab.write(CPU, 0x1122334455667788, "q")
    assert (lab.read(CPU), lab.read(CPU + 4), lab.read(CPU, "q")) == (0x55667788, 0x11223344, 0x1122334455667788)


def test(_):
    with model.Lab() as lab:
        for name, (base, size, values) in RESET.items():
            found = window(lab, base, size)
            assert found == values, (name, {hex(offset): hex(found.get(offset, 0)) for offset in found | values
                                            if found.get(offset) != values.get(offset)})
        sizes(lab)
        for address, kept in KEPT.items():
            lab.write(address, ONES)
            assert lab.read(address) == kept, (hex(address), hex(lab.read(address)))
