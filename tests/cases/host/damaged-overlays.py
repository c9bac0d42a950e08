# SPDX-License-Identifier: GPL-2.0-or-later
"""The overlay reader, in userspace with sanitizers: every truncation and changed byte, judged by libfdt.

Broken if it fails: a damaged overlay makes the kernel read outside it, or is taken for a good one.
"""

import subprocess
import tempfile
from pathlib import Path

from lib import dts, host_program

kernels = ()

# Labels, references and properties of all kinds, so that each part of the reader has something to read.
RICH = dts.fragment("""
    #address-cells = <3>;
    a: alpha@1 { reg = <1 2 3>; clocks = <&bus 1>, <&b 2>; name-list = "x", "y"; };
    b: beta { #clock-cells = <1>; gamma { friend = <&a>, <&bus>; empty; delta { epsilon = [00 ff]; }; }; };
""", beside="fragment@1 { target = <&bus>; __overlay__ { zeta@0 { friend = <&a>; }; }; };")


def test(_):
    with tempfile.TemporaryDirectory() as work:
        program = host_program.build(Path(work), "damage-test", host_program.OVERLAY, "-lfdt")
        rich, plain = (Path(work) / name for name in ("rich.dtbo", "harmless.dtbo"))
        rich.write_bytes(dts.compile_overlay(RICH))
        plain.write_bytes(dts.compile_overlay(dts.HARMLESS))
        done = subprocess.run([program, rich, plain], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("\nok ") == 2, done.stdout
