# SPDX-License-Identifier: GPL-2.0-or-later
"""What documents tell a person to type."""

import re

from . import cache


def blocks(name, heading):
    """The indented blocks of a section of a text, without their indent and comments."""
    text = (cache.REPO / name).read_text()
    section = re.search(rf"^(?:{re.escape(heading)}\n[-=]+|##? {re.escape(heading)})\n(.*?)(?=^\S[^\n]*\n-+\n|^## |\Z)", text,
                        re.M | re.S)[1]
    found = re.findall(r"^(?:    .*\n)+", section, re.M)
    return ["\n".join(re.sub(r" {2,}#.*", "", line[4:]) for line in block.splitlines()) for block in found]


def commands(name, heading):
    """The lines of all blocks of a section."""
    return [line for block in blocks(name, heading) for line in block.splitlines()]
