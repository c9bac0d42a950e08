# SPDX-License-Identifier: GPL-2.0-or-later
"""Names that no node may have are shown, and a count that a provider lacks is named; numbers below a PHY are numbers.

Broken if it fails: the author of an overlay gets the number of a byte, or is told to use the label that he used.
"""

from lib import dts, reports

kernels = ()
PHY = 'phy {{ {} port@0 {{ #phy-cells = <1>; {} }}; }};'
SYSCFG = "st,syscfg = <0x114 0x818 0xe0 0xec>;"


def named(name, source="xyz { };"):
    """An overlay with a node xyz that has another name of that length, which dtc would not write."""
    return dts.compile_overlay(dts.fragment(source)).replace(b"xyz", name)


def test(_):
    reports.check_overlays(
        (named(b"a#1"), "check: bad name of a node at byte 116: 0x23 behind 'a' may not be in it"),
        (named(b"a b"), "check: bad name of a node at byte 116: 0x20 behind 'a' may not be in it"),
        (named(b"a/b"), "check: bad name of a node at byte 116: 0x2f behind 'a' may not be in it"),
        (named(b"a@@"), "check: bad name of a node at byte 116: 0x40 behind 'a@' may not be in it"),
        (named(b"\xc3\xbcx"), "check: bad name of a node at byte 116: 0xc3 behind '' may not be in it"),
        (dts.fragment("x" * 256 + " { };"), "check: bad name of a node at byte 116: it has more than 255 characters"),
        (dts.fragment("x" * 255 + " { };"), "ok"),
        (dts.fragment("x { a*b; };"), "check: bad name of a property at byte 124: 0x2a behind 'a' may not be in it"),
        (dts.fragment("o: o { }; u { clocks = <&o 1>; };"), "resolve: 'clocks' of node 'u' reaches outside the slot: cell 1 is"
         " the bare phandle 0x1, as the node that cell 0 refers to has no #clock-cells; use a label"),
        (dts.fragment("u { cooling-device = <&lines 0xffffffff 1>; };"), "resolve: 'cooling-device' of node 'u' reaches outside"
         " the slot: cell 1 is the bare phandle 0xffffffff, as the node that cell 0 refers to has no #cooling-cells; use a"
         " label"),
        (dts.fragment("o: o { #clock-cells = <0>; }; u { clocks = <&o>, <1>; };"),
         "resolve: 'clocks' of node 'u' reaches outside the slot: cell 1 is the bare phandle 0x1; use a label"),
        # numbers that vendors write, and that the driver core follows as references in each node
        *((dts.fragment(f"x {{ {name} = <2>; }};"), f"resolve: '{name}' of node 'x' reaches outside the slot: cell 0 is the"
           " bare phandle 0x2; use a label") for name in ("backlight", "clk-44k1-rate-en-gpio")),
        # a PHY of ST's refers to a block of registers, its ports say where in that
        (dts.fragment(PHY.format('compatible = "st,miphy28lp-phy"; st,syscfg = <&i2c>;', SYSCFG)), "ok"),
        (dts.fragment(PHY.format('compatible = "st,miphy28lp-phy"; ' + SYSCFG, "")), "resolve: 'st,syscfg' of node 'phy'"
         " reaches outside the slot: cell 0 is the bare phandle 0x114; use a label"),
    )
