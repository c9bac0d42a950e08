# SPDX-License-Identifier: GPL-2.0-or-later
"""The device trees and overlays of mainline, compiled as Kbuild does, and judged by the modules' checks in userspace."""

import concurrent.futures
import os
import re
import subprocess
from pathlib import Path

from . import fdt, fetch, host_program

KERNEL = "7.3"


def source():
    return fetch.unpack_linux(KERNEL)[0]


def overlays():
    """Each .dtso of the kernel's tree."""
    return sorted(source().rglob("*.dtso"))


def trees():
    """Each .dts of a board."""
    return sorted(source().glob("arch/*/boot/dts/**/*.dts"))


def bases():
    """{overlay's path: path of the tree that it is for}, as the Makefiles say."""
    found = {}
    for makefile in source().glob("arch/*/boot/dts/**/Makefile"):
        text = makefile.read_text().replace("\\\n", " ")
        for parts in re.findall(r"^\S+-dtbs\s*[:+]?=\s*(.*)$", text, re.M):
            base, *others = parts.split()
            for other in others:
                found.setdefault(makefile.parent / other.replace(".dtbo", ".dtso"),
                                 makefile.parent / base.replace(".dtb", ".dts"))
    return found


def compiled(path, out, *options, plugin=False):
    """Compile a source; with plugin=True as if it had /plugin/. Returns whether it can be."""
    prefixes = source() / "scripts/dtc/include-prefixes"
    text = subprocess.run(["cpp", "-nostdinc", "-I", prefixes, "-I", path.parent, "-undef", "-D__DTS__", "-x",
                           "assembler-with-cpp", path], capture_output=True, check=False)
    if text.returncode:
        return False
    code = text.stdout
    if plugin:
        code = re.sub(rb"/dts-v1/\s*;", b"", code)
        code = re.sub(rb"/memreserve/[^;]*;", b"", code)
        code = b"/dts-v1/; /plugin/;\n" + code
    done = subprocess.run(["dtc", "-q", "-q", "-f", "-O", "dtb", "-i", path.parent, "-i", prefixes, *options, "-o", out],
                          input=code, stderr=subprocess.PIPE, check=False)
    return done.returncode == 0


def parallel(fn, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(fn, items))


def judge(program, mode, pairs):
    """What the checks say of each pair of a tree, or None, and an overlay."""
    arguments = [str(path or "-") for pair in pairs for path in pair]
    return subprocess.run([program, mode, *arguments], capture_output=True, text=True, check=True).stdout.splitlines()


def ported(blob):
    """An overlay whose paths are the slot's, as if its author had followed docs/porting.md in that."""
    root = fdt.parse(blob)
    for node in root.children.values():
        if "target-path" in node.properties:
            node.properties["target-path"] = b"\0"
    return fdt.write(root)


def judge_overlays(work):
    """[(path, verdict of a slot, verdict of one that lets nodes be changed when paths are mended)] of all overlays."""
    work = Path(work)
    root, of = source(), bases()
    program = host_program.build(work, "corpus-test", host_program.OVERLAY, "-lfdt")

    def out(path):
        return work / (str(path.relative_to(root)).replace("/", "+") + ".dtb")

    known = sorted({of[path] for path in overlays() if path in of})
    usable = {path for path, good in zip(known, parallel(lambda path: compiled(path, out(path), "-@"), known)) if good}
    made = [path for path, good in zip(overlays(), parallel(lambda path: compiled(path, out(path)), overlays())) if good]
    pairs = [(out(of[path]) if of.get(path) in usable else None, out(path)) for path in made]
    strict = judge(program, "strict", pairs)
    for _, blob in pairs:
        blob.write_bytes(ported(blob.read_bytes()))
    return list(zip((path.relative_to(root) for path in made), strict, judge(program, "lenient", pairs), strict=True))


def judge_tree(path, work, program):
    """What the checks say of a tree that is wrapped into an overlay; None if dtc cannot compile it as one."""
    blob = Path(work) / (str(path.relative_to(source())).replace("/", "+") + ".dtb")
    if not compiled(path, blob, plugin=True):
        return None
    blob.write_bytes(fdt.wrapped(blob.read_bytes()))
    [verdict] = judge(program, "strict", [(None, blob)])
    blob.unlink()
    return verdict
