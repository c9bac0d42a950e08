# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's local_termination.sh: which of the frames that reach a port get to the CPU.

Broken if it fails: the CPU misses frames for itself, for a group it has joined or for the link, or the driver can do
more than it could. It has no promiscuous mode, and its groups and VLANs above bridged ports do not work: the FAIL lines
are limits of the driver, see docs/mainline.md.
"""

from lib import selftests

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = selftests.OPTIONS
timeout = 900
PORT_NUMBERS = {"7.3": 1, "6.12": 2}

PRIMARY = "Unicast IPv4 to primary MAC address"
GROUPS = ["Multicast IPv4 to joined group", "Multicast IPv6 to joined group"]
NOT_PROMISCUOUS = ["Unicast IPv4 to macvlan MAC address", "Unicast IPv4 to unknown MAC address",
                   "Unicast IPv4 to unknown MAC address, promisc", "Unicast IPv4 to unknown MAC address, allmulti",
                   "Multicast IPv4 to unknown group, promisc", "Multicast IPv4 to unknown group, allmulti",
                   "Multicast IPv6 to unknown group, promisc", "Multicast IPv6 to unknown group, allmulti"]
FRAMES = [PRIMARY, *NOT_PROMISCUOUS[:4],
          GROUPS[0], "Multicast IPv4 to unknown group", *NOT_PROMISCUOUS[4:6],
          GROUPS[1], "Multicast IPv6 to unknown group", *NOT_PROMISCUOUS[6:]]
BPDU, LLDP = "Link-local STP BPDU", "Link-local LLDP"
TRANSPORTS = ("L2 transport", "IPv4", "IPv6")
PTP = [f"1588v2 over {transport}, {message}" for transport in TRANSPORTS
       for message in ("Sync", "Follow-Up", "Peer Delay Request")]
BRIDGE = [*FRAMES, BPDU]
PORT = [*BRIDGE, LLDP, *PTP]

# A group that is joined on a bridged port is filed for another VLAN than its frames get.
LOST_ON_BRIDGED_PORT = [*GROUPS, *(name for name in PTP if not name.endswith("Peer Delay Request"))]
# The port is no member of the VLAN that is above it; what is not redirected as link-local is dropped.
LOST_IN_FOREIGN_VLAN = [*LOST_ON_BRIDGED_PORT, PRIMARY, "1588v2 over IPv4, Peer Delay Request",
                        "1588v2 over IPv6, Peer Delay Request"]


def verdicts(over, names, lost=()):
    return [f"FAIL {over}: {name}: reception failed" if name in (*NOT_PROMISCUOUS, *lost) else f"OK {over}: {name}"
            for name in names]


def test(vm):
    selftests.prepare(vm)
    number = PORT_NUMBERS[vm.kernel]
    results = selftests.run(vm, "local_termination.sh", f"h{number}", f"swp{number}")
    expected = [
        *verdicts(f"swp{number}", PORT),
        *verdicts("vlan_filtering=0 bridge", BRIDGE),
        *verdicts("vlan_filtering=1 bridge", BRIDGE),
        *verdicts("VLAN upper", PORT),
        *verdicts("VLAN over vlan_filtering=0 bridged port", PORT, LOST_ON_BRIDGED_PORT),
        *verdicts("VLAN over vlan_filtering=1 bridged port", PORT, LOST_IN_FOREIGN_VLAN),
        *verdicts("VLAN over vlan_filtering=0 bridge", BRIDGE),
        *verdicts("VLAN over vlan_filtering=1 bridge", BRIDGE)]
    if vm.kernel == "6.12":     # whose script does not send these
        expected = [line for line in expected if "Link-local" not in line]
    selftests.check(results, expected)
