# SPDX-License-Identifier: GPL-2.0-or-later
"""trigger-sources with a GPIO line, which the kernel reads by #gpio-cells, is taken; maps of IDs as the kernel takes them.

Broken if it fails: an add-on with a LED that shows a line is refused, and a host bridge whose MSIs go to GICv2's v2m.
"""

from lib import dts, reports

kernels = ()
LED = "leds {{ led {{ gpios = <&lines 1 0>; trigger-sources = {}; }}; }};"
BRIDGE = "pcie {{ iommu-map = {}; msi-map = {}; }};"


def test(_):
    reports.check_overlays(
        (dts.fragment(LED.format("<&lines 2 1>")), "ok"),
        (dts.fragment(LED.format("<&lines 2 1>, <2 1 0>")),
         "resolve: 'trigger-sources' of node 'led' reaches outside the slot: cell 3 is the bare phandle 0x2; use a label"),
        (dts.fragment(BRIDGE.format("<0 &smmu 0 0 0x10000>", "<0 &v2m 0 0x10000>")), "ok"),
        (dts.fragment(BRIDGE.format("<0 &smmu 0 1>, <1 &smmu 8 1>", "<0 &v2m 0 1>, <1 &v2m 8 1>")), "ok"),
        (dts.fragment(BRIDGE.format("<0 &smmu 0 0 1>, <1 7 0 0 1>", "<0 &v2m 0 1>")),
         "resolve: 'iommu-map' of node 'pcie' reaches outside the slot: cell 6 is the bare phandle 0x7; use a label"),
        (dts.fragment(BRIDGE.format("<0 &smmu 0 0 1>", "<0 &v2m 0 1>, <1 7 8 1>")),
         "resolve: 'msi-map' of node 'pcie' reaches outside the slot: cell 5 is the bare phandle 0x7; use a label"),
        (dts.fragment('x { firmware = "acme.bin"; codec = "i2s"; };'), "ok"),
    )
