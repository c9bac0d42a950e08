# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of the host that have pure parts of the modules in them, with sanitizers."""

import subprocess

from . import cache

HOST, PURE, CONNECTOR = cache.TESTS / "host", cache.REPO / "drivers/overlay", cache.REPO / "drivers/connector"
OVERLAY = tuple(sorted(PURE.glob("*.c")))
IDS = (PURE / "blob.c", *sorted(CONNECTOR.glob("id*.c")))
FLAGS = ("-g", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-Wno-sign-compare", "-Wno-missing-field-initializers",
         "-fno-sanitize-recover=all", f"-I{HOST}", f"-I{PURE}", f"-I{CONNECTOR}")


def build(directory, name, parts, *options, compiler=("gcc", "-O1", "-fsanitize=address,undefined")):
    """Build tests/host/NAME.c with these parts; returns the program."""
    program = directory / name
    subprocess.run([*compiler, *FLAGS, HOST / f"{name}.c", *parts, *options, "-o", program], check=True)
    return program
