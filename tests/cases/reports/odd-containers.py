# SPDX-License-Identifier: GPL-2.0-or-later
"""What people hand in for an overlay: compressed files, images, sources, old formats. The message says what it is.

Broken if it fails: a person with a wrong file gets "not a flattened tree" and a number.
"""

import bz2
import gzip
import lzma
import struct

from lib import dts, reports

kernels = ()
SOURCE = dts.fragment("good { };")
NOT = "check: not a flattened tree but "
# the head of Android's image of overlays
ANDROID = struct.pack(">8I", 0xd7b7ab1e, 1 << 12, 32, 32, 1, 32, 4096, 0) + bytes(32)
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"


def test(_):
    good = dts.compile_overlay(SOURCE)
    fit = dts.compile_overlay("/dts-v1/; / { images { }; configurations { }; };")
    reports.check_overlays(
        (good, "ok"),
        (dts.compile_overlay(SOURCE, "-p", "2048"), "ok"),
        (dts.compile_overlay(SOURCE, "-a", "4096"), "ok"),
        (dts.compile_overlay(SOURCE, "-@"), "ok"),
        (good + bytes(3000), "ok"),
        (good + b"\xff" * 700, "ok"),
        (dts.compile_overlay(SOURCE, "-V", "16"),
         "check: version 16 (compatible to 16) of the format, 17 is needed (compile it with dtc -V 17)"),
        (gzip.compress(good), NOT + "compressed by gzip: unpack it with gunzip"),
        (lzma.compress(good), NOT + "compressed by xz: unpack it with unxz"),
        (bz2.compress(good), NOT + "compressed by bzip2: unpack it with bunzip2"),
        (b"\x28\xb5\x2f\xfd" + good, NOT + "compressed by zstd: unpack it with unzstd"),
        (b"\x04\x22\x4d\x18" + good, NOT + "compressed by lz4: unpack it with unlz4"),
        (ANDROID + good, NOT + "Android's image of several overlays: take one out of it with mkdtboimg dump"),
        (fit, "check: not an overlay but a FIT image: take the overlay out of it (dumpimage -T flat_dt)"),
        (lzma.compress(good, lzma.FORMAT_ALONE), NOT + "compressed by lzma: unpack it with unlzma"),
        (good[3::-1] + good[4:], NOT + "one with the bytes of each word in reverse: copy it byte by byte"),
        (bytes(good[i ^ 1] for i in range(len(good))),
         NOT + "one with the bytes of each pair swapped: copy it byte by byte"),
        (good + good, f"check: behind the {len(good)} bytes of the overlay another one begins, which nothing adds: put each into"
         " a file of its own"),
        (good + b"\xff" * 13 + good, f"check: behind the {len(good)} bytes of the overlay another one begins, which nothing"
         " adds: put each into a file of its own"),
        (bytes(16) + good, "check: not a flattened tree: one begins at byte 16, cut off what is before it"),
        (LFS, NOT + "a pointer of Git LFS: fetch the file with git lfs pull"),
        (SOURCE.encode(), NOT + "a source: compile it with dtc -@ -O dtb"),
        (b"// SPDX-License-Identifier: GPL-2.0\n" + SOURCE.encode(),
         NOT + "a source: compile it with dtc -@ -O dtb, behind the C preprocessor"),
        *((begin + SOURCE.encode(), NOT + "a source: compile it with dtc -@ -O dtb") for begin in (b"\n", b"\xef\xbb\xbf\r\n")),
        *((begin + SOURCE.encode(), NOT + "a source: compile it with dtc -@ -O dtb, behind the C preprocessor")
          for begin in (b"/* Copyright */\n", b"#include <dt-bindings/gpio/gpio.h>\n")),
        (b"<!DOCTYPE html>\n<html>" + bytes(40), NOT + "a web page: fetch the raw file"),
        (b"\x7fELF" + bytes(60), NOT + "an object file: use the .dtbo that it was made of"),
        (b"", "check: truncated: 0 bytes, a flattened tree has at least 40"),
        (bytes(64), "check: not a flattened tree: it begins with 0x00000000, not 0xd00dfeed (compile it with dtc -O dtb)"),
    )
