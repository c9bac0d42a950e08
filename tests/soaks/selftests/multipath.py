# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's selftests of routes over several ways: four ports are the routers' ends, the NICs behind them the others.

Broken if it fails: what the kernel sends over two ports of the card gets lost, or a reason in docs/selftests.md holds no
longer.
"""

from lib import selftests
from lib.selftests import EIGHT, SIX, Likewise

kernels = ("7.3",)
options = selftests.OPTIONS | {"clock": "fast"}
timeout = 3600
# the driver takes no routes over, so it does not count what took which
COUNTS = Likewise(2, r"FAIL NH stats test HW IPv[46]: Discrepancy between link and nh_stats_get_hw: d_rp12=\d+ d_nh1=0")
EXPECTED = {
    "router_multipath.sh": (EIGHT, 8, ()),
    # what Debian 12's mausezahn sends by IPv4 without a destination's MAC address does not leave by h1
    "router_mpath_seed.sh": (SIX, 6, ("FAIL mpath seed IPv4: NH #1 not hit, tally='100 0 0 0 0 0 0 0 0 0'",)),
    "router_mpath_nh.sh": (EIGHT, 21, COUNTS),
}


def test(vm):
    selftests.prepare(vm)
    selftests.receive_all(vm)
    selftests.check_scripts(vm, EXPECTED)
