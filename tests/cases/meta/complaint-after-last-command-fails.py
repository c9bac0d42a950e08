# SPDX-License-Identifier: GPL-2.0-or-later
"""A complaint that the kernel prints as the very last thing still fails the test.

Broken if it fails: the verdict is taken before the log is complete.
"""

options = {"cards": ()}
must_fail = r"nobody cared"


def test(vm):
    vm.sh("for i in $(seq 500); do echo \"<6>line $i\"; done >/dev/kmsg; echo '<3>irq 11: nobody cared' >/dev/kmsg")
