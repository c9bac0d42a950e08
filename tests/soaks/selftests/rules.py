# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's selftests of filters on ports: what matches connectivity fault management, and blocks that ports share.

Broken if it fails: a rule that a user adds for a port of the card is not looked at.
"""

from lib import selftests
from lib.selftests import FOUR, TWO

kernels = ("7.3",)
options = selftests.OPTIONS | {"clock": "fast"}
timeout = 1800
EXPECTED = {
    "tc_flower_cfm.sh": (TWO, 3, ()),
    "tc_shblocks.sh": (FOUR, 2, ()),
}


def test(vm):
    selftests.prepare(vm)
    selftests.receive_all(vm)
    selftests.check_scripts(vm, EXPECTED)
