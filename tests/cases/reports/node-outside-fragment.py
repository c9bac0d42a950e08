# SPDX-License-Identifier: GPL-2.0-or-later
"""Nodes that stand beside the fragments of an overlay: nothing adds them, and the author learns it.

Broken if it fails: half of a board is missing, and no message says why (as r8a77970-eagle-function-expansion of mainline).
"""

from lib import dts, reports

kernels = ()
STRAY = 'stray: connector-a {{ compatible = "hdmi-connector"; {} }};'
REFUSED = ("check: node 'connector-a' is in no fragment, so that nothing adds it: move it from / { } into a fragment with"
           ' target-path = ""')


def test(_):
    reports.check_overlays(
        (dts.fragment("good { };", beside=STRAY.format("")), REFUSED),
        (dts.fragment("good { };", beside=STRAY.format("remote = <&i2c>; self = <&stray>;")), REFUSED),
        (dts.fragment("good { };", beside="fragment@7 { target = <&i2c>; };"),
         "check: fragment@7 has no __overlay__ node: nothing is in it"),
        (dts.compile_overlay(dts.fragment("good: good { };"), "-@"), "ok"),
        # what menus of boards show of an overlay
        (dts.fragment("good { };", beside='metadata { title = "Enable TWI1"; compatible = "acme,board"; };'), "ok"),
        (dts.fragment("good { };", beside="metadata { bus = <&i2c>; };"), "resolve: __fixups__: label 'i2c' is used by"
         " /metadata, which is not in a fragment"),
    )
