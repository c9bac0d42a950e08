# SPDX-License-Identifier: GPL-2.0-or-later
"""The device's files compile with another QEMU than that of the tests: QEMU_SOURCE names its source, which is linked.

Broken if it fails: a user of that QEMU cannot build the card.
"""

import os
from pathlib import Path

from lib import qemu_build
from lib.vm import Skip

kernels = ()
timeout = 3600


def test(_):
    if "QEMU_SOURCE" not in os.environ:
        raise Skip("QEMU_SOURCE=<directory> names no source of QEMU")
    source = Path(os.environ["QEMU_SOURCE"]).resolve()
    objects, files = qemu_build.compile_device(source, (source / "VERSION").read_text().strip())
    assert objects == files > 0, (objects, files)
