# SPDX-License-Identifier: GPL-2.0-or-later
"""`make style T=` runs the checks that have that in their name, and says which there are where none has it.

Broken if it fails: a change of one script waits for builds of kernels, or a mistyped name looks as if all were well.
"""

import subprocess

from lib import cache

kernels = ()
NAMES = ("shell (shellcheck), Python (compiles), kernel code (checkpatch.pl --strict), program (checkpatch.pl --strict), "
         "QEMU device (QEMU's checkpatch.pl), modules and overlays for 7.3 (W=1, dtc), modules for 6.12 (sparse), "
         "bindings (dt-schema)")


def style(part):
    done = subprocess.run(["make", "-s", "-C", cache.REPO, "style", f"T={part}"], text=True, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr.splitlines()[:1]


def test(_):
    found = style("python")
    assert found == (0, "style: Python (compiles): ok\nstyle: ok\n", []), found
    found = style("pyhton")
    assert found == (2, "", [f"dtslot: no check of the style has 'pyhton' in its name; there are: {NAMES}"]), found
