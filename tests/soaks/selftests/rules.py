# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's selftests of filters on ports: what matches connectivity fault management, blocks that ports share, policers.

The driver takes filters over in the chains of its rules only (model/rules), and others stay in software, which sees what
reaches the CPU. So those fail that want a filter of chain 0 to see what the switch forwards between two ports of a bridge.

Broken if it fails: a rule that a user adds for a port of the card is not looked at, or a reason in docs/selftests.md holds no
longer.
"""

from lib import selftests
from lib.selftests import FOUR, SIX, TWO, Likewise

kernels = ("7.3", "6.12")
options = selftests.OPTIONS | {"clock": "fast"}
timeout = 1800
RANGES = tuple(f"FAIL Port range matching - {family} {protocol}: Ingress filter not hit with minimum ports"
               for family in ("IPv4", "IPv6") for protocol in ("UDP", "TCP"))
DROP = "FAIL Port range matching - IPv4 UDP Drop: Filter did not drop the expected number of packets"
UNSEEN = r"Expected to get 10 packets( on (test probe|pedit rule))?, but got 0\."
EXPECTED = {
    "tc_flower_cfm.sh": (TWO, 3, ()),
    "tc_shblocks.sh": (FOUR, 2, ()),
    "tc_police.sh": (SIX, 10, ()),
    "mirror_vlan.sh": (SIX, 0, Likewise(4, "FAIL (in|e)gress mirror (tagged )?to vlan: "
                                           r"Expected to capture [=>]= 10 packets, got 0\.")),
    "pedit_ip.sh": (FOUR, 2, Likewise(8, f"FAIL dev swp(1 in|2 e)gress pedit ip6? (src|dst) set .*: {UNSEEN}")),
    "pedit_l4port.sh": (FOUR, 1, Likewise(24, f"FAIL dev swp(1 in|2 e)gress pedit (udp|tcp) [sd]port set .*: {UNSEEN}")),
    "pedit_dsfield.sh": (FOUR, 2, Likewise(86, f"FAIL dev swp(1 in|2 e)gress pedit .*: {UNSEEN}")),
    "tc_vlan_modify.sh": (FOUR, 0, (
        "FAIL VLAN modify at ingress: ping between two different vlans failed when should not",
        "FAIL VLAN modify at egress: ping between two different vlans failed when should not")),
    "tc_flower_l2_miss.sh": (FOUR, 0, (
        "FAIL L2 miss - Unicast: Unknown unicast filter was not hit before adding FDB entry",
        "FAIL L2 miss - Multicast (IPv4): Unregistered multicast filter was not hit before adding MDB entry",
        "FAIL L2 miss - Multicast (IPv6): Unregistered multicast filter was not hit before adding MDB entry",
        "FAIL L2 miss - Link-local multicast (IPv4): Filter was not hit",
        "FAIL L2 miss - Link-local multicast (IPv6): Filter was not hit",
        "FAIL L2 miss - Broadcast: L2 no miss filter was not hit when should")),
    "tc_flower_port_range.sh": (FOUR, 0, {"7.3": (*RANGES, DROP), "6.12": RANGES}),
}


def check_chain(vm):
    """A filter of chain 0 is none of the driver's, which says so where software may not have it."""
    vm.sh("tc qdisc add dev swp1 clsact")
    status, said = vm.try_sh("tc filter add dev swp1 ingress pref 1 flower skip_sw action drop 2>&1")
    assert status and said.startswith("Error: lan966x_switch: Invalid chain.\n"), said
    vm.sh("tc filter add dev swp1 ingress pref 1 flower action drop")
    assert "\n  not_in_hw\n" in vm.sh("tc filter show dev swp1 ingress")
    vm.sh("tc qdisc del dev swp1 clsact")


def test(vm):
    selftests.prepare(vm)
    selftests.receive_all(vm)
    check_chain(vm)
    selftests.check_scripts(vm, EXPECTED)
