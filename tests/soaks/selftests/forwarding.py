# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's forwarding selftests that need up to four ports: each passes, or fails where docs/selftests.md says why.

Broken if it fails: the card forwards, routes or filters otherwise than the kernel says, or a reason holds no longer.
"""

from lib import selftests
from lib.selftests import FOUR, HOSTS, TWO

kernels = ("7.3", "6.12")
options = selftests.OPTIONS
timeout = 7200
# script: interfaces, how many results are OK, the other ones
EXPECTED = {
    "bridge_mdb_host.sh": (TWO, 3, ()),
    "bridge_sticky_fdb.sh": (HOSTS, 1, ()),
    "router_bridge.sh": (FOUR, 10, ()),
    "router_bridge_1d.sh": (FOUR, 0, 2 * ("FAIL ping: via 100", "FAIL ping: via 200", "FAIL ping6: via 100",
                                          "FAIL ping6: via 200")),
    "router_bridge_vlan.sh": (FOUR, 9, ()),
    "router_nh.sh": (FOUR, 2, ()),
    "router_vid_1.sh": (FOUR, 2, ()),
    "tc_chains.sh": (TWO, 4, ()),
    "tc_flower.sh": (TWO, 15, {"7.3": ("FAIL erspan_opts match (skip_hw): ERSPAN Type II",), "6.12": ()}),
}
# what the other scripts want of a kernel
LACKING = ("NET_IPGRE", "IPV6_GRE", "VXLAN", "NET_TEAM", "MPLS_ROUTING", "NET_ACT_TUNNEL_KEY",
           "NET_ACT_CT", "IP_MROUTE")


def test(vm):
    for option in LACKING:
        assert not vm.has(f"CONFIG_{option}"), option
    selftests.prepare(vm)
    selftests.check_scripts(vm, EXPECTED)
