# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's bridge_vlan_aware.sh on pairs of ports: a bridge that filters VLANs.

Broken if it fails: the model's VLAN table, classification or rewriter does not do what the driver programs.
"""

from lib import selftests

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = selftests.OPTIONS
timeout = 900

# The other TPID: a port that is VLAN-aware classifies S-tagged frames, too, and the driver adds no rule against that.
EXPECTED = """
    OK ping
    OK ping6
    OK FDB learning
    OK Unknown unicast flood
    OK Unregistered multicast flood
    OK ping
    OK ping6
    OK Externally learned FDB entry - ageing & roaming
    FAIL FDB entry in PVID for VLAN-tagged with other TPID: FDB entry was not learned when it should
    FAIL Reception of VLAN with other TPID as untagged: Packet was not forwarded when it should
    FAIL Reception of VLAN with other TPID as untagged (no PVID): Packet was forwarded when should not
"""
# lan966x_vlan_port_set_vid() takes no second untagged VLAN, and so not the new PVID before the old one is gone; and it
# keeps a PVID that is added again as none. See docs/mainline.md.
EXPECTED_7 = """
    FAIL Reception of 802.1p-tagged traffic: 802.1p-tagged reception failed
    FAIL Dropping of untagged and 802.1p-tagged traffic with no PVID
"""


def test(vm):
    selftests.prepare(vm)
    selftests.check_pairs(vm, "bridge_vlan_aware.sh", EXPECTED + (EXPECTED_7 if vm.kernel == "7.3" else ""))
