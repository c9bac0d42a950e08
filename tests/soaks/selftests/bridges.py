# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's selftests of what a bridge forwards and what ports without one keep apart.

Broken if it fails: the card forwards between ports that stand alone, or a bridge's own addresses do not reach the CPU.
"""

from lib import selftests
from lib.selftests import HOSTS, SIX

kernels = ("7.3",)
options = selftests.OPTIONS
timeout = 7200
OLD_PROGRAM = "SKIP FDB sharing (iproute 2 or the kernel do not support fdb_local_vlan_0)"
EXPECTED = {
    "no_forwarding.sh": (HOSTS, 336, ()),
    "bridge_fdb_local_vlan_0.sh": (SIX, 13, 4 * (OLD_PROGRAM,)),
}


def test(vm):
    selftests.prepare(vm)
    selftests.check_scripts(vm, EXPECTED)
