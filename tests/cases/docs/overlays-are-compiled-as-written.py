# SPDX-License-Identifier: GPL-2.0-or-later
"""What documents tell a person to type to compile an overlay, and to check it: each line, on overlays of the project's.

Broken if it fails: a line in docs/porting.md, firmware/README or docs/howto/test.md is no command, or makes no overlay.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lib import cache, documents, dts, fetch, packages

kernels = ()
HEADERS = "/usr/src/linux/include"
SOURCE = cache.REPO / "dts/lan966x.dtso"


def type_in(command, where):
    done = subprocess.run(["sh", "-ec", command], cwd=where, env={**os.environ, "MAKEFLAGS": f"-j{os.cpu_count()}"},
                          text=True, capture_output=True, check=False)
    assert not done.returncode, f"{command}: {done.stderr}"
    return done.stdout


def compile_as_written(document, heading, include, where):
    """The overlay that the only command of a section makes of a card's source."""
    [command] = documents.blocks(document, heading)
    assert HEADERS in command, command
    target = command.split(" -o ")[1].split()[0]
    here = next(word for word in command.split() if word.endswith(".dtso"))
    shutil.copy2(SOURCE, where / here)
    type_in(command.replace(HEADERS, str(include)), where)
    return (where / target).read_bytes()


def test(_):
    with tempfile.TemporaryDirectory(prefix="dtslot-typed-") as directory:
        where = Path(directory)
        include = fetch.unpack_linux("7.3")[0] / "include"
        wanted = dts.compile_overlay(dts.preprocess(SOURCE, include))
        for document, heading in (("docs/porting.md", "Files"), ("firmware/README", "Overlays as firmware")):
            assert compile_as_written(document, heading, include, where) == wanted, document
        packages.copy_sources(where)
        [check] = [block for block in documents.blocks("docs/howto/test.md", "A test") if block.startswith("make tools")]
        (where / "x.dtbo").write_bytes(wanted)
        said = type_in(check, where)
        assert said.endswith("\nx.dtbo: fits, adds 46 nodes\n"), said[-200:]
