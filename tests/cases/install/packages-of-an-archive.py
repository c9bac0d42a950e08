# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages are made of the same files where the source came as an archive, without git's directory, as in a clone.

Broken if it fails: `make deb` ends with an error of git there, or puts into packages what was built in the source tree.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from lib import cache, packages

kernels = ()
BUILT = ("drivers/slot/slot.o", "drivers/slot/.slot.o.cmd", "tools/build/dtslot", "dts/lan966x.dtbo", "dtslot.mod.c",
         "packaging/soc-dkms/modules.order")


def names_in(source, path):
    """What packages would be made of there, with the programs of this path."""
    program = f"import sys; sys.path.insert(0, '{source}/tests'); from lib import packages; print(*packages.source_names())"
    done = subprocess.run([shutil.which("python3"), "-Bc", program], env={"PATH": path}, text=True, capture_output=True,
                          check=False)
    assert not done.returncode, done.stderr
    return done.stdout.split()


def test(_):
    with tempfile.TemporaryDirectory(prefix="dtslot-archive-") as directory:
        source = Path(directory) / "source"
        packages.copy_sources(source)
        shutil.rmtree(source / "debian")
        shutil.copytree(cache.TESTS / "lib", source / "tests/lib", ignore=shutil.ignore_patterns("__pycache__"))
        for name in BUILT:
            (source / name).parent.mkdir(exist_ok=True)
            (source / name).touch()
        wanted = packages.source_names()
        assert "drivers/slot/slot.c" in wanted and "Makefile" in wanted, wanted
        for path in ("/usr/bin:/bin", directory):       # with git, and without
            found = names_in(source, path)
            assert found == wanted, set(found) ^ set(wanted)
