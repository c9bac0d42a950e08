# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlays that reach out of their slot by a number, named by the way they try; and some that only look like it."""

from . import dts

BARE = "resolve: '{}' of node 'x' reaches outside the slot: cell {} is the bare phandle {:#x}; use a label"
PROVIDER = "p: p { #clock-cells = <1>; #gpio-cells = <2>; #interrupt-cells = <1>; #address-cells = <0>; };"

# how, source of the nodes, what is refused: property, cell, number
BARE_PHANDLES = (
    ("a clock", "x { clocks = <5 0>; };", "clocks", 0, 5),
    ("a second clock", PROVIDER + "x { clocks = <&p 1>, <6 0>; };", "clocks", 2, 6),
    ("behind an empty entry", "x { resets = <0>, <7>; };", "resets", 1, 7),
    ("one less argument than the provider wants", PROVIDER + "x { clocks = <&p 0 5>; };", "clocks", 2, 5),
    ("a supply", "x { vdd-supply = <2>; };", "vdd-supply", 0, 2),
    ("a line", "x { reset-gpios = <3 1 0>; };", "reset-gpios", 0, 3),
    ("lines of old", "x { gpio = <3 1 0>; };", "gpio", 0, 3),
    ("an interrupt parent", "x { interrupt-parent = <1>; interrupts = <4>; };", "interrupt-parent", 0, 1),
    ("an extended interrupt", PROVIDER + "x { interrupts-extended = <&p 0>, <9 0>; };", "interrupts-extended", 2, 9),
    ("an interrupt map", PROVIDER + "x { #address-cells = <1>; #interrupt-cells = <1>;"
     " interrupt-map = <0 0 &p 4>, <0 1 8 0>; };", "interrupt-map", 6, 8),
    ("an IOMMU map", "x { iommu-map = <0 5 0 16>; };", "iommu-map", 1, 5),
    ("a pin state", "x { pinctrl-names = \"default\"; pinctrl-0 = <12>; };", "pinctrl-0", 0, 12),
    ("a second pin state", "s: s { }; x { pinctrl-11 = <&s>, <13>; };", "pinctrl-11", 1, 13),
    ("a bus", "x { i2c-bus = <5>; };", "i2c-bus", 0, 5),
    ("a PHY", "x { phy-handle = <0xfffffffe>; };", "phy-handle", 0, 0xfffffffe),
    ("an NVMEM cell", "x { nvmem-cells = <5>; };", "nvmem-cells", 0, 5),
    ("memory", "x { memory-region = <5>; };", "memory-region", 0, 5),
    ("registers of a SoC", "x { samsung,syscon-phandle = <5 4>; };", "samsung,syscon-phandle", 0, 5),
    ("registers of another", "x { syscon = <5>; };", "syscon", 0, 5),
    ("the other end of a link", "x { remote-endpoint = <5>; };", "remote-endpoint", 0, 5),
    ("ranges of lines", "x { gpio-ranges = <5 0 0 8>; };", "gpio-ranges", 0, 5),
    ("the number of a node of its own", "y { phandle = <1>; }; x { clocks = <1 0>; };", "clocks", 0, 1),
)

# whole sources: what dtc would not write
MADE_BY_HAND = (
    ("a phandle that is shifted twice",
     "fragment@0 { target-path = \"\"; __overlay__ { x { phandle = <1>; }; }; };"
     " __local_fixups__ { fragment@0 { __overlay__ { x { phandle = <0>; }; }; }; };",
     "check: node 'x' has a bad phandle"),
    ("references that overlap",
     "fragment@0 { target-path = \"\"; __overlay__ { y { phandle = <1>; }; x { a = <1 0x10000>; }; }; };"
     " __local_fixups__ { fragment@0 { __overlay__ { x { a = <0 2>; }; }; }; };",
     "resolve: __local_fixups__: 'a' of node 'x' does not match the overlay"),
    ("a reference of /__fixups__ to the list itself",
     "fragment@0 { target-path = \"\"; __overlay__ { x { a = <1>; }; }; };"
     " __local_fixups__ { __fixups__ { b = <0>; }; }; __fixups__ { };",
     "resolve: __local_fixups__: node '__fixups__' is not in a fragment"),
)

# taken: numbers that no one reads as a phandle, and references by label
HARMLESS = (
    "x { reg = <5>; clock-frequency = <5>; clock-names = \"a\"; };",
    PROVIDER + "x { clocks = <&p 5>, <&p 6>; interrupts-extended = <0>, <&p 3>; };",
    "x { gpio-controller; #gpio-cells = <2>; ngpios = <8>; snps,nr-gpios = <8>; y { gpio-hog; gpios = <3 0>; }; };",
    PROVIDER + "x { interrupt-parent = <&p>; vdd-supply = <&p>; reset-gpios = <&p 1 0>, <0>, <&p 2 0>; };",
)


def escapes():
    """(how, blob, message)"""
    for how, body, prop, cell, number in BARE_PHANDLES:
        yield how, dts.compile_overlay(dts.fragment(body)), BARE.format(prop, cell, number)
    for how, body, message in MADE_BY_HAND:
        yield how, dts.compile_overlay(f"/dts-v1/; / {{ {body} }};", "-f"), message
