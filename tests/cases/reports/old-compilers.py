# SPDX-License-Identifier: GPL-2.0-or-later
"""Blobs of early and of other dtc: lists of texts for local references, linux,phandle, references that were left out.

Broken if it fails: the message is about a bare phandle, which the author's source does not have.
"""

from lib import dts, fdt, reports

kernels = ()
SOURCE = dts.fragment("osc: osc { #clock-cells = <0>; }; user { clocks = <&osc>; };")
BARE = "resolve: 'clocks' of node 'user' reaches outside the slot: cell 0 is the bare phandle 0x1; use a label"


def with_local(change):
    root = fdt.parse(dts.compile_overlay(SOURCE))
    change(root.children)
    return fdt.write(root)


def listed(children):
    children["__local_fixups__"] = fdt.Node({"fixup": b"/fragment@0/__overlay__/user:clocks:0\0"})


def test(_):
    reports.check_overlays(
        (SOURCE, "ok"),
        (dts.compile_overlay(SOURCE, "-H", "both"), "ok"),
        (dts.compile_overlay(SOURCE, "-H", "legacy"),
         "check: node 'osc' has 'linux,phandle' and no phandle: compile it with dtc -H epapr"),
        (with_local(listed), "resolve: __local_fixups__ is a list of texts, as early versions of dtc wrote it: compile the"
         " source with dtc 1.4.4 or later"),
        (with_local(lambda children: children.pop("__local_fixups__")), BARE),
    )
