# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile blobs, sources and IDs, under valgrind: nothing uninitialised is read, and nothing lost.

In `make check` the same goes through the sanitizers (tool/hostile), which see no uninitialised memory.

Broken if it fails: what an attacker writes decides what the program does, by memory that nothing has set.
"""

from lib import hostile, tool

kernels = ()
MUTANTS = 20


def test(_):
    with tool.System() as system:
        system.use_valgrind()
        hostile.check_bytes(system, MUTANTS)
