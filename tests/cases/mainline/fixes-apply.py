# SPDX-License-Identifier: GPL-2.0-or-later
"""The fixes for mainline drivers become patches for both kernels, and checkpatch has nothing to say of them.

Broken if it fails: `make mainline-patches`, or what packages build with the fixes.
"""

import subprocess
import tempfile
from pathlib import Path

from lib import fetch, fixes

kernels = ()
timeout = 300
# In 6.12 the port is requested and released by hand.
ABSENT = {"6.12": {"13-atmel-serial-release"}}


def test(_):
    names = sorted(path.stem for path in (fixes.FIXES / "fixes").glob("*.cocci"))
    assert len(names) >= 16, names
    for series in ("7.3", "6.12"):
        checkpatch = fetch.unpack_linux(series)[0] / "scripts/checkpatch.pl"
        with tempfile.TemporaryDirectory() as directory:
            said = fixes.make_patches(series, directory)
            absent = ABSENT.get(series, set())
            assert said.splitlines() == [
                f"{name}: nothing to change in this kernel" if name in absent else f"{name}: done" for name in names], said
            patches = sorted(Path(directory).glob("*.patch"))
            assert len(patches) == len(names) - len(absent), patches
            done = subprocess.run(["perl", checkpatch, "--strict", "--no-tree", "-q", *patches],
                                  capture_output=True, text=True, check=False)
            assert done.stdout == "" and done.returncode == 0, done.stdout
