# SPDX-License-Identifier: GPL-2.0-or-later
"""The overlay for mainline's tree of a Compute Module 4 makes the window of its PCIe bus as large as a card needs.

Broken if it fails: a card has no addresses on such a board, and what docs/install.md tells does not mend it.
"""

import subprocess
import tempfile
from pathlib import Path

from lib import cache, dts, fetch
from lib.say import output

kernels = ()
BOARD = "arch/arm/boot/dts/broadcom/bcm2711-rpi-cm4-io.dts"
BEFORE = "2000000 0 f8000000 6 0 0 4000000"
AFTER = "2000000 0 c0000000 6 0 0 40000000"
# what the card masters ends where the window begins, and the bus above has room for it
DMA = "2000000 0 0 0 0 0 c0000000"
BUS = "0 7c000000 0 fc000000 3800000 6 0 6 0 40000000"


def ranges(tree, node, name="ranges"):
    return output(["fdtget", "-t", "x", tree, node, name]).strip()


def test(_):
    with tempfile.TemporaryDirectory(prefix="dtslot-cm4-") as directory:
        base, overlay, tree = (Path(directory) / name for name in ("base.dtb", "window.dtbo", "tree.dtb"))
        overlay.write_bytes(dts.compile_overlay((cache.REPO / "dts/rpi-cm4-window.dtso").read_text()))
        for series in ("7.3", "6.12"):
            source, _ = fetch.unpack_linux(series)
            # as the kernel's Makefile has it compiled
            base.write_bytes(dts.compile_overlay(dts.preprocess(source / BOARD, source / "scripts/dtc/include-prefixes"), "-@"))
            node = output(["fdtget", base, "/__symbols__", "pcie0"]).strip()
            assert ranges(base, node) == BEFORE, ranges(base, node)
            assert (ranges(base, node, "dma-ranges"), ranges(base, node.rpartition("/")[0])) == (DMA, BUS)
            subprocess.run(["fdtoverlay", "-i", base, "-o", tree, overlay], check=True, capture_output=True)
            assert ranges(tree, node) == AFTER, ranges(tree, node)
