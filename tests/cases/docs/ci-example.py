# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/howto/ci.md, followed: somebody's kernel boots with the card, and the ports come up.

Broken if it fails: what people are told who want the card in a CI of their own.
"""

import os
import re
import tempfile
import textwrap

from lib import cache, howto, kernel_build
from lib.say import output

kernels = ()
MAKES = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "T")      # what make has told the tests
OURS = ("packages",)        # the machine of the tests has these
WANTED = ["packages", "QEMU with the card, and dtslot's modules", "an initramfs", "boot with the card"]


def test(_):
    [job] = howto.blocks("howto/ci.md", "yaml")
    steps = dict(re.findall(r"^      - name: (.*)\n        run: \|\n((?:          .*\n|\n)+)", job, re.M))
    assert list(steps) == WANTED, list(steps)
    environment = {name: value for name, value in os.environ.items() if name not in MAKES}
    environment |= {
        "DTSLOT": str(cache.REPO), "KDIR": str(kernel_build.build_kernel("7.3").build),
        # the clone of a tree that another user has
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    with tempfile.TemporaryDirectory() as directory:
        for name, commands in steps.items():
            if name not in OURS:
                said = output(["bash", "-e", "-o", "pipefail", "-c", textwrap.dedent(commands)], cwd=directory,
                              env=environment)
    assert said.splitlines()[-1].strip() == "card: attached, 21/21 devices, 4 ports", said
