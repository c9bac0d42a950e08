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


def test(vm):
    selftests.prepare(vm)
    selftests.receive_all(vm)
    selftests.check_scripts(vm, EXPECTED)
