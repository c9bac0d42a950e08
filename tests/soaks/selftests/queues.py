# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's selftests of queues and priorities. What the switch forwards does not pass the kernel's queues.

The driver takes only some of them over: an ets that is the port's root and has eight bands, a tbf; no red. The selftests
want others, so they see hardly a packet where they look. What the card does with those it takes is in model/shapers.

Broken if it fails: a queue of the kernel sees what the switch forwards, or a reason in docs/selftests.md holds no longer.
"""

from lib import selftests
from lib.selftests import FOUR, SENDERS, Likewise

kernels = ("7.3", "6.12")
options = selftests.OPTIONS | {"clock": "fast"}
timeout = 1800
NO_BACKLOG = "Could not build the requested backlog"
EXPECTED = {
    "skbedit_priority.sh": (FOUR, 1, Likewise(16, "FAIL dev swp(1 in|2 e)gress skbedit priority . -> classid 10:.: "
                                                  r"Expected to get 10 packets on class 10:., but got [01]\.")),
    "sch_ets.sh": (FOUR, 3, Likewise(28, "FAIL (band .: (Not enough traffic|Too much traffic|No traffic observed)|"
                                         "Multipath: Packet difference is 0|bands .*: Too large discrepancy between "
                                         "expected and measured ratios)")),
    "sch_red.sh": (SENDERS, 3, (
        f"FAIL ECN backlog < limit: {NO_BACKLOG}",
        f"FAIL ECN backlog > limit: {NO_BACKLOG}",
        f"FAIL ECN nodrop backlog < limit: {NO_BACKLOG}",
        f"FAIL ECN nodrop backlog > limit: {NO_BACKLOG}",
        "FAIL ECN nodrop backlog > limit: UDP not dropped: UDP traffic was early-dropped instead of getting into backlog",
        f"FAIL RED backlog < limit: {NO_BACKLOG}",
        "FAIL RED backlog > limit: backlog 0 / 30000 Got % marked packets, expected == 0.",
        "FAIL RED early_dropped packets mirrored: Dropped packets not observed: 100 expected, 0 seen",
        f"FAIL ECN marked packets mirrored: {NO_BACKLOG}")),
}


def check_refusals(vm):
    """What the driver does not take over; the kernel goes on in software then, and says so."""
    vm.sh("tc qdisc add dev swp1 root handle 1: tbf rate 1Gbit burst 1Mbit latency 100ms")
    vm.sh("tc qdisc add dev swp1 parent 1: handle 10: ets strict 8")
    vm.sh("tc qdisc add dev swp2 root red limit 1000000 min 20000 max 40000 avpkt 1000 probability 1")
    vm.sh("tc qdisc add dev swp3 root handle 10: ets strict 8")
    vm.sh("tc qdisc add dev swp4 root handle 10: ets strict 3")
    listed = {port: vm.sh(f"tc qdisc show dev {port}") for port in ("swp1", "swp2", "swp3", "swp4")}
    assert " 1: root offloaded " in listed["swp1"] and " 10: parent 1: bands" in listed["swp1"], listed
    assert " root refcnt" in listed["swp2"] and "offloaded" not in listed["swp2"], listed
    assert "ets 10: root offloaded " in listed["swp3"] and "ets 10: root refcnt" in listed["swp4"], listed
    for port in listed:
        vm.sh(f"tc qdisc del dev {port} root")


def test(vm):
    selftests.prepare(vm)
    selftests.receive_all(vm)
    check_refusals(vm)
    selftests.check_scripts(vm, EXPECTED)
