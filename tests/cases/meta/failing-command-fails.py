# SPDX-License-Identifier: GPL-2.0-or-later
"""A command that returns non-zero fails the test, and its output is shown.

Broken if it fails: tests that stopped half-way look good.
"""

options = {"cards": ()}
must_fail = r"(?s)failing-command-fails.py:\d+.*returned 5.*the reason"


def test(vm):
    vm.sh("echo the reason; exit 5")
