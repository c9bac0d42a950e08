# SPDX-License-Identifier: GPL-2.0-or-later
"""An access to a block that the model has not is logged with the block's name, and reads 0; so is one to no block.

Broken if it fails: a driver of such a block reads zeros, and the log does not say why it does not work.
"""

from lib import model
from lib.fuzz import BARS, bar_address

kernels = ()
timeout = 60
# BAR 1, then the windows of BARs 2 and 3
MISSING = {
    0xe004c000: "AES", 0xe006c000: "SHA", 0xe0068000: "XDMAC", 0xe008c000: "timers", 0xe0804000: "QSPI0",
    0xe0808000: "UDPHS", 0xe0830000: "SDMMC0", 0xe0400000: "PCIe DBI", 0xe0900000: "no block",
}
WINDOWS = {2: (0x40000000, "QSPI1"), 3: (0x48000000, "PI")}


def test(_):
    with model.Lab(("-d", "unimp")) as lab:
        found = {address: bar_address(address) for address in MISSING}
        wanted = dict(MISSING)
        for bar, (address, name) in WINDOWS.items():
            found[address], wanted[address] = BARS[bar][0], name
        for address, name in wanted.items():
            answer = lab.lines([f"readl {found[address]:#x}", f"writel {found[address]:#x} 0x5"])[0]
            assert answer == b"OK 0x0000000000000000", (name, answer)
            for what in ("read", "write of 0x5"):
                line = f"lan966x: {what} at 0x{address:08x}: {name}: not modelled"
                assert line in lab.said().splitlines(), (line, lab.said())
