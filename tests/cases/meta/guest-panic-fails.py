# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that panics fails the test at once.

Broken if it fails: a crash counts as success, or costs the whole time-out.
"""

options = {"cards": ()}
must_fail = r"(?s)the guest ended.*Kernel panic"


def test(vm):
    vm.sh("echo c >/proc/sysrq-trigger")
