# SPDX-License-Identifier: GPL-2.0-or-later
"""What pages in docs/ tell a person to type, for tests that do so."""

import re

from . import cache


def blocks(page, language):
    """The texts of the blocks of a language in a page below docs/, in order."""
    text = (cache.REPO / "docs" / page).read_text()
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
    assert found, f"no {language} in {page}"
    return found


def follow(vm, commands, directory="/root"):
    """Type the commands of a block one by one; what a comment behind one says is what it prints, words apart by a blank.

    A comment that ends in ", ..." is how it begins. Returns the directory in which the next block begins.
    """
    for line in commands.splitlines():
        command, _, expected = (part.strip() for part in line.partition("  # "))
        *output, directory = vm.sh(f"export HOME=/root && cd '{directory}' && {command} && pwd").splitlines()
        said = " ".join(output)
        if expected.endswith(", ..."):
            assert said.startswith(expected.removesuffix("...").rstrip()), (command, said)
        elif expected:
            assert said == expected, (command, said)
    return directory
