# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's bridge_fdb_learning_limit.sh: how a bridge counts and limits the stations it learns.

Broken if it fails: a station that talks is not reported to the bridge, or one that the user enters is not forwarded to.
"""

from lib import selftests

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = selftests.OPTIONS
timeout = 900

EXPECTED = """
    OK FDB accounting
    OK FDB accounting interacting with FDB type learned
    OK FDB accounting interacting with FDB type static
    OK FDB accounting interacting with FDB type user
    OK FDB accounting interacting with FDB type extern_learn
    OK FDB accounting interacting with FDB type local
    OK FDB limits
    OK FDB limits interacting with FDB type learned
    OK FDB limits interacting with FDB type static
    OK FDB limits interacting with FDB type user
    OK FDB limits interacting with FDB type extern_learn
    OK FDB limits interacting with FDB type local
"""


def test(vm):
    selftests.prepare(vm)
    results = selftests.run(vm, "bridge_fdb_learning_limit.sh", "h1", "swp1", "h2", "swp2", "h3", "swp3")
    selftests.check(results, EXPECTED)
