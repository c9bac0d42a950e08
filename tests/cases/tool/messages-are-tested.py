# SPDX-License-Identifier: GPL-2.0-or-later
"""Each message of the program, and of the checks that it shares with the modules, stands in a test of it: nothing is said that
no test has provoked.

Broken if it fails: a message was added or changed, and no test shows that it comes, and that it helps.
"""

import re

from lib import cache

kernels = ()
AREAS = ("tool", "install", "docs", "faults", "reports", "connector")
# main.c has the usage, which tool/manual-is-complete compares with the manual; tool/check-card puts the messages on an
# expansion ROM together of parts
ELSEWHERE = {"main.c", "carried.c"}
# the program and the connector look for a format before they decode by it
NEVER = {"ID format '", "' is unknown"}
SHORTEST = 6        # of what is looked for; less says nothing
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def pieces(text):
    """The parts of a format that are always the same: between what is filled in, and what colons part."""
    return [piece.strip(" :;,") for piece in re.split(r"%[-*.0-9]*(?:ll|l|z)?[a-zA-Z]|\\n|\\t|[:;] ", text)]


def plain(text):
    return re.sub(r"\s+", " ", text.replace('\\"', '"'))


def messages(path):
    """What a source file of the program can say."""
    source = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
    source = re.sub(r'"\s*\n\s*"', "", source)
    texts = {match[1] for match in STRING.finditer(source) if " " in match[1]}
    return {plain(piece) for text in texts for piece in pieces(text) if " " in piece and len(piece) >= SHORTEST}


def tested():
    """The text of all tests of the program, strings that go on in the next line in one."""
    texts = [path.read_text() for area in AREAS for path in (cache.TESTS / "cases" / area).glob("*.py")
             if path.name != "messages-are-tested.py"]
    return plain(re.sub(r"""["']\s*\n\s*f?["']""", "", "\n".join(texts)))


def test(_):
    said = tested()
    shared = [*(cache.REPO / "drivers/overlay").glob("*.c"), *(cache.REPO / "drivers/connector").glob("id*.c")]
    for path in sorted([*(cache.REPO / "tools").glob("*.c"), *shared]):
        untested = {text for text in messages(path) if text not in said and path.name not in ELSEWHERE} - NEVER
        assert not untested, f"{path.name}: {untested}"
