# SPDX-License-Identifier: GPL-2.0-or-later
"""A complaint that a test expects exactly is none.

Broken if it fails: tests of what must be complained about cannot be written.
"""

options = {"cards": ()}
expect_log = [r"WARNING: this one is wanted"]


def test(vm):
    vm.sh("echo '<4>WARNING: this one is wanted' >/dev/kmsg")
