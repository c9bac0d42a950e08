# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's selftests of a bridge's multicast groups: queries by VLAN, IGMP, MLD; a source is not told from another.

Broken if it fails: a group's traffic goes where nothing has joined, or a reason in docs/selftests.md holds no longer.
"""

from lib import selftests
from lib.selftests import FOUR

kernels = ("7.3", "6.12")
# commands that take a second of the guest's time make the scripts count a query too many
options = selftests.OPTIONS | {"clock": "fast"}
timeout = 7200
# Tests that want to tell the sources of a group apart, which the bridge does not name to a switch, and the last part of
# the source whose traffic comes though it should not. In one of IGMP's, a source that goes takes the others along.
BLOCKED = (("report {group} is_include", 100), ("report {group} include -> allow", 100),
           ("report {group} include -> is_include", 100), ("report {group} include -> to_exclude", 20),
           ("report {group} exclude -> allow", 21), ("report {group} exclude -> is_include", 21),
           ("report {group} exclude -> is_exclude", 20), ("report {group} exclude -> to_exclude", 20),
           ("report {group} include -> block", 100), ("report {group} exclude -> block", 20),
           ("group {group} exclude timeout", 100))
IGMP = {"report 239.10.10.10 include -> block": "Didn't forward traffic from S,G (192.0.2.2, 239.10.10.10)"}


def by_group(protocol, group, network, others):
    """The results of the tests that want to tell sources apart."""
    names = [(name.format(group=group), f"Forwarded traffic for blocked S,G ({network}{last}, {group})")
             for name, last in BLOCKED]
    return [f"FAIL {protocol} {name}: {others.get(name, reason)}" for name, reason in names]


# the same of entries that root sets
STATIC = tuple(f'FAIL {family} port group "{mode}" entries forwarding tests: Packet from invalid source received on H2 after'
               " adding entry" for mode in ("exclude", "include") for family in ("IPv4", "IPv6"))

EXPECTED = {
    "bridge_mdb.sh": (FOUR, 25, STATIC),
    "bridge_vlan_mcast.sh": (FOUR, {"7.3": 44, "6.12": 36}, ()),
    "bridge_igmp.sh": (FOUR, {"7.3": 6, "6.12": 4}, by_group("IGMPv3", "239.10.10.10", "192.0.2.", IGMP)),
    "bridge_mdb_max.sh": (FOUR, 67, ()),
    "bridge_mdb_port_down.sh": (FOUR, 1, ()),
    "bridge_mld.sh": (FOUR, {"7.3": 4, "6.12": 2}, by_group("MLDv2", "ff02::cc", "2001:db8:1::", {})),
}


def test(vm):
    selftests.prepare(vm)
    selftests.receive_all(vm)
    selftests.check_scripts(vm, EXPECTED)
