# SPDX-License-Identifier: GPL-2.0-or-later
"""The patches for QEMU's own faults fit the source of the QEMU that the tests use, one after the other.

Broken if it fails: what docs/mainline/README.md tells to send to QEMU's developers does not apply.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from lib import cache, fetch, qemu_build

kernels = ()
timeout = 60
PATCHES = cache.REPO / "docs/mainline/qemu"


def test(_):
    source, _ = fetch.unpack_qemu(qemu_build.SERIES.split(":")[1])
    patches = sorted(PATCHES.glob("*.patch"))
    assert len(patches) == 4, patches
    with tempfile.TemporaryDirectory() as directory:
        for patch in patches:
            text = patch.read_text()
            assert text.startswith("Subject: [PATCH] "), patch
            for name in re.findall(r"^--- a/(.*)$", text, re.M):
                copy = Path(directory) / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / name, copy)
            done = subprocess.run(["patch", "-p1", "-F0", "-d", directory, "-i", patch], capture_output=True, text=True,
                                  check=False)
            assert done.returncode == 0 and "offset" not in done.stdout, done.stdout
