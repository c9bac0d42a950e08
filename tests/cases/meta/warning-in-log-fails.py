# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel warning fails a test whose script is content.

Broken if it fails: kernel complaints go unnoticed.
"""

options = {"cards": ()}
must_fail = r"kernel log:\n.*WARNING: CPU: 0"


def test(vm):
    vm.sh("echo '<4>WARNING: CPU: 0 PID: 1 at drivers/fake.c:1 fake+0x0' >/dev/kmsg")
