# SPDX-License-Identifier: GPL-2.0-or-later
"""dma-masters of DesignWare's DMA controller is a number, that of a DMA router is a list of references.

Broken if it fails: a SoC on a card that has this controller is refused, or a number reaches a controller of the host.
"""

from lib import dts, reports

kernels = ()
CONTROLLER = 'dma-controller@40104000 {{ compatible = {}; #dma-cells = <3>; dma-channels = <8>; dma-masters = <2>; }};'
REFUSED = ("resolve: 'dma-masters' of node 'dma-controller@40104000' reaches outside the slot: cell 0 is the bare phandle 0x2;"
           " use a label")


def test(_):
    reports.check_overlays(
        (dts.fragment(CONTROLLER.format('"snps,dma-spear1340"')), "ok"),
        (dts.fragment(CONTROLLER.format('"renesas,r9a06g032-dma", "renesas,rzn1-dma"')), "ok"),
        (dts.fragment(CONTROLLER.format('"ti,dra7-dma-crossbar"')), REFUSED),
        (dts.fragment(CONTROLLER.format('"snps,dma-spear1340", "ti,dra7-dma-crossbar"')), REFUSED),
    )
