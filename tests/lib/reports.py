# SPDX-License-Identifier: GPL-2.0-or-later
"""Inputs as people reported them, through the modules' pure parts in userspace."""

import subprocess
import tempfile
from pathlib import Path

from . import dts, host_program

# what the slot exports
BASE = """/dts-v1/; / { i2c: i2c { }; lines: lines { #gpio-cells = <2>; #interrupt-cells = <2>; };
    v2m: v2m { }; smmu: smmu { #iommu-cells = <2>; }; };"""


def check_overlays(*cases):
    """Of each (source or blob, verdict) see that the slot's verdict is that."""
    with tempfile.TemporaryDirectory() as work:
        program = host_program.build(Path(work), "corpus-test", host_program.OVERLAY, "-lfdt")
        base = Path(work) / "base.dtb"
        base.write_bytes(dts.compile_overlay(BASE, "-@"))
        arguments = []
        for n, (overlay, _) in enumerate(cases):
            file = Path(work) / f"{n}.dtbo"
            file.write_bytes(overlay if isinstance(overlay, bytes) else dts.compile_overlay(overlay))
            arguments += [base, file]
        done = subprocess.run([program, "strict", *arguments], capture_output=True, text=True, check=True)
    for found, (overlay, verdict) in zip(done.stdout.splitlines(), cases, strict=True):
        assert found == verdict, f"{overlay}\n{found!r}, not {verdict!r}"


def check_ids(form, *cases):
    """Of each (bytes, printed) see what a decoder makes of these bytes, and of each damage to them."""
    with tempfile.TemporaryDirectory() as work:
        program = host_program.build(Path(work), "id-test", host_program.IDS)
        file = Path(work) / "id"
        for data, printed in cases:
            file.write_bytes(data)
            done = subprocess.run([program, form, file], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            assert done.stdout == printed + "\n", f"{data}\n{done.stdout!r}, not {printed!r}"
