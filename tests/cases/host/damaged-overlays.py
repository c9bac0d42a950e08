# SPDX-License-Identifier: GPL-2.0-or-later
"""The overlay reader, in userspace with sanitizers: every truncation and changed byte, judged by libfdt.

Broken if it fails: a damaged overlay makes the kernel read outside it, or is taken for a good one.
"""

import subprocess
import tempfile
from pathlib import Path

from lib import cache, dts

kernels = ()

# Labels, references and properties of all kinds, so that each part of the reader has something to read.
RICH = dts.fragment("""
    #address-cells = <3>;
    a: alpha@1 { reg = <1 2 3>; clocks = <&bus 1>, <&b 2>; name-list = "x", "y"; };
    b: beta { #clock-cells = <1>; gamma { friend = <&a>, <&bus>; empty; delta { epsilon = [00 ff]; }; }; };
""", beside="fragment@1 { target = <&bus>; __overlay__ { zeta@0 { friend = <&a>; }; }; };")


def test(_):
    host, slot = cache.TESTS / "host", cache.REPO / "drivers/slot"
    with tempfile.TemporaryDirectory() as work:
        program, rich, plain = (Path(work) / name for name in ("damage-test", "rich.dtbo", "harmless.dtbo"))
        subprocess.run(["gcc", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-Wno-sign-compare",
                        "-fsanitize=address,undefined", "-fno-sanitize-recover=all", f"-I{host}", f"-I{slot}",
                        host / "damage-test.c", slot / "blob.c", slot / "overlay.c", "-lfdt", "-o", program], check=True)
        rich.write_bytes(dts.compile_overlay(RICH))
        plain.write_bytes(dts.compile_overlay(dts.HARMLESS))
        done = subprocess.run([program, rich, plain], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("\nok ") == 2, done.stdout
