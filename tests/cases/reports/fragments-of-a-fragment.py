# SPDX-License-Identifier: GPL-2.0-or-later
"""Fragments that lean on the overlay itself: labels on __overlay__ that -@ gives a phandle, targets in the overlay, nests.

Broken if it fails: what a vendor's tool writes (overlay0: __overlay__, compiled with -@) is refused for a reference that
nothing makes, or nodes go nowhere and the author is told of a phandle that he never wrote.
"""

from lib import dts, reports

kernels = ()
LABELLED = """/dts-v1/; /plugin/; / { f: fragment@0 { target = <&i2c>; overlay0: __overlay__ { t: temperature-sensor@49 {
    compatible = "ti,tmp105"; reg = <0x49>; }; }; };
    fragment@1 { target-path = ""; overlay1: __overlay__ { user { sensor = %s; }; }; };
    __overrides__ { bus = <&overlay0>, "target:0"; }; };"""
TWO = """/dts-v1/; /plugin/; / {{ fragment@0 {{ target = <&i2c>; __overlay__ {{ chip: chip@49 {{ reg = <0x49>; }}; }}; }};
    fragment@1 {{ target = {}; __overlay__ {{ irq {{ }}; }}; }}; }};"""
LABEL = "not of one label: target = <&label>"


def test(_):
    reports.check_overlays(
        (dts.compile_overlay(LABELLED % "<&t>", "-@"), "ok"),
        (dts.compile_overlay(LABELLED % "<&overlay0>", "-@"), "check: fragment@0 refers to its own target by a label on"
         " __overlay__: use a label the slot exports (...)"),
        (LABELLED % "<&f>", "resolve: 'sensor' of node 'user' refers to node 'fragment@0', which is not added: it is in no"
         " fragment, or in one that is off (__dormant__)"),
        (TWO.format("<&chip>"), "check: fragment@1 has node 'chip@49' of the overlay itself as its target: write what it adds"
         " into that node"),
        (TWO.format("<7>"), "check: fragment@1 reaches outside the slot: its target is a bare phandle, not an exported label"),
        (TWO.format("<&i2c 0>"), f"check: fragment@1 has a target of 8 bytes, {LABEL}"),
        (TWO.format("<&i2c>, <&lines>"), f"check: fragment@1 has a target of 8 bytes, {LABEL}"),
        (TWO.format("<&i2c>"), "ok"),
        (dts.fragment("fragment@1 { target = <&i2c>; __overlay__ { chip@49 { }; }; };"),
         "check: node 'fragment@1' is a fragment inside of another: move it right below / { }"),
        (dts.fragment("x { };", beside='aliases { i2c9 = "/x"; };'), "check: node 'aliases' is in no fragment, so that nothing"
         " adds it, and with such a node the host describes itself: leave it out"),
    )
