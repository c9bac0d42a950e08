# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual, the completion and the usage know the same commands and options; the manual is sound; install and uninstall.

Broken if it fails: a user types what the manual says and gets a usage message, or an uninstalled program leaves files.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from lib import cache, tool

kernels = ()

TOOLS = cache.REPO / "tools"
COMPLETE = """
source {script}; export DTSLOT_ROOT={root}
complete_it() {{ COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _dtslot; echo "${{COMPREPLY[*]}}"; }}
"""


def complete(system, *words):
    script = COMPLETE.format(script=TOOLS / "dtslot.bash", root=system.root)
    quoted = " ".join(f"'{word}'" for word in ("dtslot", *words))
    done = subprocess.run(["bash", "-uc", f"{script} complete_it {quoted}"], capture_output=True, text=True, check=True)
    assert not done.stderr, done.stderr
    return done.stdout.split()


def test(_):
    manual = (TOOLS / "dtslot.8").read_text()
    with tool.System() as system:
        tool.card(system)
        commands = re.findall(r"^  (\w+) +\S", system.run("help")[1], re.M)
        assert len(commands) == 10, commands
        assert sorted([*commands, "help"]) == complete(system, "") == sorted(complete(system, "")), complete(system, "")
        for command in commands:
            assert re.search(rf"^\.(It )?Cm {command}\b", manual, re.M), command
            usage = system.run(command, "--no-such-option")[2]
            wanted = set(re.findall(r"--[a-z]+", usage))
            offered = {word for word in complete(system, command, "-") if word.startswith("--")}
            assert offered == wanted, f"{command}: {offered} and not {wanted}"
            for option in wanted:
                assert f"Fl -{option.removeprefix('--')}" in manual, option
        assert complete(system, "attach", "") == [tool.SLOT]
        assert complete(system, "check", f"{system.root}/sy") == [f"{system.root}/sys"]
    for checker in (["mandoc", "-Tlint", "-W", "warning"], ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"]):
        if shutil.which(checker[0]):
            done = subprocess.run([*checker, TOOLS / "dtslot.8"], capture_output=True, text=True, check=False)
            assert not done.returncode and not done.stderr, done.stdout + done.stderr
    with tempfile.TemporaryDirectory() as directory:
        make = ["make", "-s", "-C", TOOLS, f"BUILD={directory}/build", f"DESTDIR={directory}/root", "PREFIX=/usr"]
        for target, files in (("install", ["sbin/dtslot", "share/bash-completion/completions/dtslot",
                                           "share/man/man8/dtslot.8"]), ("uninstall", [])):
            subprocess.run([*make, target], check=True, capture_output=True)
            found = sorted(str(path.relative_to(f"{directory}/root/usr"))
                           for path in Path(f"{directory}/root").rglob("*") if path.is_file())
            assert found == files, found
