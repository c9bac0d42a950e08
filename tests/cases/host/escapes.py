# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlays that reach out of their slot by a number are refused, those that only look like it are not.

Broken if it fails: an overlay gets at clocks, lines, registers of the host by guessing the number of a node.
"""

import subprocess
import tempfile
from pathlib import Path

from lib import dts, escapes, host_program

kernels = ()

# by what the userspace slot exports
EXPORTED = (
    ("x { clocks = <&bus 5>; };", "ok"),
    ("x { clocks = <&bus 1 5>; };", "resolve: 'clocks' of node 'x' reaches outside the slot:"
     " cell 2 is the bare phandle 0x5; use a label"),
    ("x { anything = <1 0x8d5a0001>; };", "resolve: 'anything' of node 'x' reaches outside the slot:"
     " cell 1 is the bare phandle 0x8d5a0001; use a label"),
    ("p: p { #iommu-cells = <2>; }; x { iommu-map = <0 &p 1 2 16>, <16 5 1 2 16>; };", "resolve: 'iommu-map' of node"
     " 'x' reaches outside the slot: cell 6 is the bare phandle 0x5; use a label"),
    ("p: p { #iommu-cells = <2>; }; x { iommu-map = <0 &p 1 2 16>, <5 &p 1 2 16>, <6 &p 1 2 16>, <7 &p 1 2 16>; };", "ok"),
    ("x { anything = <0x8d5a0000>; };", "resolve: 'anything' of node 'x' reaches outside the slot:"
     " cell 0 is the bare phandle 0x8d5a0000; use a label"),
    ("x { anything = <0x8d5dffff>; };", "resolve: 'anything' of node 'x' reaches outside the slot:"
     " cell 0 is the bare phandle 0x8d5dffff; use a label"),
    ("x { anything = <0x8d59ffff 0x8d5e0000>; };", "ok"),
    ("x { codec = \"now\"; };", "resolve: 'codec' of node 'x' reaches outside the slot:"
     " cell 0 is the bare phandle 0x6e6f7700; use a label"),
    ("x { codec = \"then\"; };", "ok"),
)
PHANDLE_BY_FIXUP = """/dts-v1/; / { fragment@0 { target-path = ""; __overlay__ { x { phandle = <1>; }; }; };
    __fixups__ { bus = "/fragment@0/__overlay__/x:phandle:0"; }; };"""


def test(_):
    wanted = [*((blob, message) for _, blob, message in escapes.escapes()),
              *((dts.compile_overlay(dts.fragment(body)), "ok") for body in escapes.HARMLESS),
              *((dts.compile_overlay(dts.fragment(body)), message) for body, message in EXPORTED),
              (dts.compile_overlay(PHANDLE_BY_FIXUP), "resolve: __fixups__: label 'bus' is used at"
               " /fragment@0/__overlay__/x:phandle:0, which is no cell")]
    with tempfile.TemporaryDirectory() as work:
        program = host_program.build(Path(work), "overlay-test", host_program.OVERLAY)
        files = []
        for n, (blob, _) in enumerate(wanted):
            files.append(Path(work) / f"{n}.dtbo")
            files[-1].write_bytes(blob)
        done = subprocess.run([program, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for found, (_, message) in zip(done.stdout.splitlines(), wanted, strict=True):
        assert found == message, f"{found}\nand not: {message}"
