# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlays for tests, compiled by the host's dtc."""

import subprocess

from . import cache
from .say import Failed

FIRMWARE = "/lib/firmware/dtslot/pci-1055-9660-1055-9660.dtbo"

# An overlay that fits a card's slot, without any hardware.
HARMLESS = """
/dts-v1/;
/plugin/;
/ {
	fragment@0 {
		target-path = "";
		__overlay__ {
			harmless {
			};
		};
	};
};
"""


def compile_overlay(source, *options):
    """The blob of a source text."""
    done = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", *options], input=source.encode(),
                          capture_output=True, check=False)
    if done.returncode:
        raise Failed(f"dtc: {done.stderr.decode()}")
    return done.stdout


def fragment(body, target='target-path = "";', beside=""):
    """Source of an overlay with one fragment."""
    return f"/dts-v1/;\n/plugin/;\n/ {{ {beside} fragment@0 {{ {target} __overlay__ {{ {body} }}; }}; }};\n"


def preprocess(path, include):
    """The text of a source file behind the preprocessor, as Kbuild calls it."""
    done = subprocess.run(["cpp", "-nostdinc", "-I", include, "-undef", "-D__DTS__", "-x", "assembler-with-cpp", path],
                          capture_output=True, check=False)
    if done.returncode:
        raise Failed(f"cpp: {done.stderr.decode()}")
    return done.stdout.decode()


def compile_tree(name, kernel, more=""):
    """The blob of a file in dts/, by the preprocessor and dtc, as Kbuild makes it; with more source behind it."""
    return compile_overlay(preprocess(cache.REPO / "dts" / name, kernel.bindings) + more)
