# SPDX-License-Identifier: GPL-2.0-or-later
"""A line that a test expects in the kernel log must be there.

Broken if it fails: tests of error messages cannot fail.
"""

options = {"cards": ()}
expect_log = [r"a message that never comes"]
must_fail = r"expected in the log but not there: a message that never comes"


def test(vm):
    vm.sh("true")
