# SPDX-License-Identifier: GPL-2.0-or-later
"""A test that never ends is ended by the runner's clock and fails.

Broken if it fails: one hang stops the whole run.
"""

options = {"cards": ()}
timeout = 20
must_fail = r"the test took more than 20 s"


def test(vm):
    vm.spawn("while :; do :; done").wait(3600)
