# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's selftests of what a bridge forwards and what ports without one keep apart.

Broken if it fails: the card forwards between ports that stand alone, or a bridge's own addresses do not reach the CPU.
"""

from lib import selftests
from lib.selftests import FOUR, HOSTS, SIX

kernels = ("7.3", "6.12")
options = selftests.OPTIONS
timeout = 7200
OLD_PROGRAM = "SKIP FDB sharing (iproute 2 or the kernel do not support fdb_local_vlan_0)"
EXPECTED = {
    "no_forwarding.sh": (HOSTS, 336, ()),
    "bridge_fdb_local_vlan_0.sh": (SIX, {"7.3": 13, "6.12": None}, 4 * (OLD_PROGRAM,)),
    # isolation is refused, too, which this script does not notice
    "bridge_port_isolation.sh": (SIX, 3, ()),
    "bridge_locked_port.sh": (FOUR, 0, (
        "FAIL Locked port ipv4: Ping worked after locking port, but before adding FDB entry",
        "FAIL Locked port ipv6: Ping6 worked after locking port, but before adding FDB entry",
        "FAIL Locked port vlan: Ping through vlan worked after locking port, but before adding FDB entry",
        "FAIL Locked port MAB: Ping worked on a locked port without an FDB entry",
        "FAIL Locked port MAB roam: No locked entry on first injection",
        "FAIL Locked port MAB configuration: Failed to enable MAB when port is locked and has learning enabled",
        "FAIL Locked port MAB FDB flush: Failed to create locked FDB entry on first port",
        "FAIL Locked port MAB redirect: Ping worked without redirection")),
}


def check_flags(vm):
    """What of a bridge's port the driver refuses."""
    vm.sh("ip link add br0 type bridge; ip link set swp1 master br0")
    for flag in ("isolated", "locked"):
        status, said = vm.try_sh(f"bridge link set dev swp1 {flag} on 2>&1")
        assert status and said == "Error: bridge: bridge flag offload is not supported.\n", said
    vm.sh("ip link del br0")


def test(vm):
    selftests.prepare(vm)
    check_flags(vm)
    selftests.check_scripts(vm, EXPECTED)
