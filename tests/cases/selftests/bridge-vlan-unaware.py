# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's bridge_vlan_unaware.sh on pairs of ports: forwarding, learning, ageing and flooding of a bridge.

Broken if it fails: the model's analyser does not do what the driver tells the kernel that the switch does.
"""

from lib import selftests

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = selftests.OPTIONS
timeout = 900

EXPECTED = """
    OK ping
    OK ping6
    OK FDB learning
    OK Unknown unicast flood
    OK Unregistered multicast flood
"""
EXPECTED_7 = """
    OK ping with bridge port {port} PVID changed
    OK ping6 with bridge port {port} PVID changed
    OK ping with bridge port {port} PVID deleted
    OK ping6 with bridge port {port} PVID deleted
"""


def test(vm):
    selftests.prepare(vm)
    selftests.check_pairs(vm, "bridge_vlan_unaware.sh", EXPECTED + (EXPECTED_7 if vm.kernel == "7.3" else ""))
