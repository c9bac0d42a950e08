# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's selftests of routes between VLAN interfaces above a bridge, of directed broadcasts and of the MTU.

Broken if it fails: what the CPU routes does not reach it, or does not leave by the port that the bridge chose.
"""

from lib import selftests
from lib.selftests import FOUR, SIX, TWO

kernels = ("7.3", "6.12")
options = selftests.OPTIONS | {"clock": "fast"}
timeout = 1800
EXPECTED = {
    "router_bridge_pvid_vlan_upper.sh": (FOUR, 4, ()),
    "router_bridge_vlan_upper.sh": (FOUR, 4, ()),
    "router_bridge_vlan_upper_pvid.sh": (FOUR, 6, ()),
    "router_broadcast.sh": (SIX, 16, ()),
    # a frame with a tag is longer than the switch lets in at that MTU
    "min_max_mtu.sh": (TWO, 4, ("XFAIL Topology has incompatible maximum MTU values",
                                "FAIL Test traffic, packet size is minimum MTU: Ping, packet size: 40 failed")),
}


def test(vm):
    selftests.prepare(vm)
    selftests.receive_all(vm)
    selftests.check_scripts(vm, EXPECTED)
