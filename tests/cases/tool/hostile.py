# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are endless, binary, pipes, loops, unreadable: each command ends, in order, and prints no control characters.

Broken if it fails: what a card, an add-on or a broken system writes crashes the program, hangs it, or drives the terminal.
"""

from lib import hostile, tool

kernels = ()


def test(_):
    with tool.System() as system:
        hostile.check_files(system)
