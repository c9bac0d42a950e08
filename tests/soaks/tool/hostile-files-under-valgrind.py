# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile files of a system, under valgrind: nothing uninitialised is read, and nothing lost.

In `make check` the same goes through the sanitizers (tool/hostile-files), which see no uninitialised memory.

Broken if it fails: what a broken system has in its files decides what the program does, by memory that nothing has set.
"""

from lib import hostile, tool

kernels = ()


def test(_):
    with tool.System() as system:
        system.use_valgrind()
        hostile.check_files(system)
