# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlays, trees, sources and IDs with bytes that chance has changed: each command says something, in order, and ends.

Broken if it fails: a file from the network, or the memory of an add-on, crashes the program or drives the terminal.
"""

from lib import hostile, tool

kernels = ()
MUTANTS = 60


def test(_):
    with tool.System() as system:
        hostile.check_bytes(system, MUTANTS)
