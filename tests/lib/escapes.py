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
    ("an MSI map with a node that has no cells", PROVIDER + "x { msi-map = <0 &p 0 16>, <16 5 0 16>; };", "msi-map", 5, 5),
    ("a bus beside an address", PROVIDER + "x { i2c-parent = <5 0x77>; };", "i2c-parent", 0, 5),
    ("a second bus of a demultiplexer", PROVIDER + "x { compatible = \"i2c-demux-pinctrl\"; i2c-parent = <&p 5>; };",
     "i2c-parent", 1, 5),
    ("a second bus of a demultiplexer that says it is something else, too", PROVIDER +
     "x { compatible = \"pci1179,0623\", \"i2c-demux-pinctrl\"; i2c-parent = <&p 5>; };", "i2c-parent", 1, 5),
    ("a DMA controller by a router", "x { compatible = \"st,stm32h7-dmamux\"; dma-masters = <5>; };", "dma-masters", 0, 5),
    ("a DMA controller by a router that counts, too", "x { compatible = \"snps,dma-spear1340\", \"st,stm32h7-dmamux\";"
     " dma-masters = <5>; };", "dma-masters", 0, 5),
    ("a DMA controller by a node of no known kind", "x { dma-masters = <5>; };", "dma-masters", 0, 5),
    ("a line that triggers", PROVIDER + "x { trigger-sources = <&p 1 0>, <5 1 0>; };", "trigger-sources", 3, 5),
    ("a map that its driver reads", PROVIDER + "x { compatible = \"fsl,ls1088a-extirq\"; interrupt-controller;"
     " #interrupt-cells = <2>; #address-cells = <0>; interrupt-map = <0 0 &p 4>, <1 0 5 4>; };", "interrupt-map", 6, 5),
    ("a map of such a kind that its driver does not read", PROVIDER + "x { compatible = \"fsl,ls1088a-extirq\";"
     " #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <0 5 4>; };", "interrupt-map", 1, 5),
    ("an NVMEM cell behind one with arguments", "p: p { #nvmem-cell-cells = <1>; }; x { nvmem-cells = <&p 0>, <5 0>; };",
     "nvmem-cells", 2, 5),
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
    ("ranges behind an empty one", "x { gpio-ranges = <0 5 0 0 8>; };", "gpio-ranges", 1, 5),
    ("ranges of a chip with banks", PROVIDER + "x { #gpio-cells = <3>; gpio-ranges = <&p 0 0 0 8>, <5 0 0 0 8>; };",
     "gpio-ranges", 5, 5),
    ("lines by way of a nexus", PROVIDER + "x { #gpio-cells = <2>; gpio-map = <0 0 &p 1 0>, <1 0 5 0 0>; };",
     "gpio-map", 7, 5),
    ("a PWM by way of a nexus", "x { #pwm-cells = <1>; pwm-map = <0 6 0>; };", "pwm-map", 1, 6),
    ("a number that looks like a text and is none", "x { panel = <0x61626364>; };", "panel", 0, 0x61626364),
    ("a number beside a text", "x { panel = \"abc\", <5>; };", "panel", 0, 0x61626300),
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

# by a connector of its own, whose exports have whatever names
EXPORTS = (
    ("what a connector exports", "c { compatible = \"dtslot,connector\"; devices { }; exports { whatever = <5>; }; };",
     BARE.replace("'x'", "'exports'").format("whatever", 0, 5)),
    ("what else it exports", PROVIDER + "c { compatible = \"DTSLOT,connector\"; exports@0 { a = <&p>, <6>; }; };",
     BARE.replace("'x'", "'exports@0'").format("a", 1, 6)),
)

# counts of cells that the kernel cannot take: what it reads with them is not what was checked, or not in its arrays
CELLS = "resolve: '{}' of node 'x' is {}; it can be {} to {}"
CIRCLE = ("resolve: the interrupts of node '{}' lead in a circle of interrupt-parent and interrupt-map, and to no"
          " controller")
ABSURD_CELLS = (
    ("more arguments than fit", "x { #clock-cells = <17>; };", CELLS.format("#clock-cells", 17, 0, 8)),
    ("more cells than there are", "x { #gpio-cells = <0xffffffff>; };",
     CELLS.format("#gpio-cells", 0xffffffff, 0, 8)),
    ("an interrupt longer than its array", "x { interrupt-controller; #interrupt-cells = <20>; y { interrupts = "
     "<0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19>; }; };", CELLS.format("#interrupt-cells", 20, 1, 8)),
    ("interrupts of which there are endlessly many", "x { interrupt-controller; #interrupt-cells = <0>;"
     " y { interrupts = <1>; }; };", CELLS.format("#interrupt-cells", 0, 1, 8)),
    ("the same, by name", "p: p { interrupt-controller; #interrupt-cells = <0>; }; y { interrupt-parent = <&p>;"
     " z { interrupts = <1>; }; };", "resolve: the interrupt-parent of node 'y' has #interrupt-cells = <0>, so that no"
     " interrupt can be its own"),
    ("an interrupt's parent that is itself", "x: x { #interrupt-cells = <1>; interrupt-parent = <&x>; y { interrupts ="
     " <1>; }; };", CIRCLE.format("x")),
    ("parents that lead to each other", "a: a { interrupt-parent = <&b>; }; b: b { interrupt-parent = <&a>; interrupts ="
     " <1>; };", CIRCLE.format("a")),
    ("a parent that is below", "a { interrupt-parent = <&b>; b: b { c { interrupts = <1>; }; }; };", CIRCLE.format("a")),
    ("maps that lead to each other", "a: a { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <0 &b 0>;"
     " c { interrupts = <0>; }; }; b: b { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <0 &a 0>; };",
     CIRCLE.format("a")),
    ("a mask that is too short", PROVIDER + "x { #address-cells = <1>; #interrupt-cells = <1>; interrupt-map = <0 0 &p 4>;"
     " interrupt-map-mask = <0>; };", "resolve: 'interrupt-map-mask' of node 'x' has 4 bytes, a specifier of the node has 8"),
    ("lines with a mask that is too short", PROVIDER + "x { #gpio-cells = <2>; gpio-map = <0 0 &p 4 0>; gpio-map-pass-thru ="
     " <0>; };", "resolve: 'gpio-map-pass-thru' of node 'x' has 4 bytes, a specifier of the node has 8"),
    ("an address longer than its array", "x { #address-cells = <4>; };", CELLS.format("#address-cells", 4, 0, 3)),
    ("a negative size", "x { #size-cells = <0x80000000>; };", CELLS.format("#size-cells", 0x80000000, 0, 3)),
    ("two counts of which the kernel takes the first", "x: x { #clock-cells = <1 0>; }; y { clocks = <&x &x 5>; };",
     "resolve: '#clock-cells' of node 'x' has 8 bytes, not 4"),
    ("half a count", "x { #clock-cells = [00 01]; };", "resolve: '#clock-cells' of node 'x' has 2 bytes, not 4"),
    ("a nexus without a count", PROVIDER + "x { gpio-map = <0 0 &p 1 0>; };",
     "resolve: node 'x' has 'gpio-map' and no #gpio-cells"),
)

# taken: numbers that no one reads as a phandle, and references by label
HARMLESS = (
    "a { interrupt-parent = <&p>; p: p { interrupt-controller; #interrupt-cells = <1>; interrupts = <1>; }; b { interrupts ="
    " <2>; n { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <0 &p 4>; interrupt-map-mask = <7>; m {"
    " interrupts = <0>; }; }; }; };",
    "x { firmware = \"acme/fw.bin\"; label = \"x\"; codec = \"i2s\", \"spdif\"; panel = \"abc\"; };",
    PROVIDER + "x { i2c-parent = <&p 0x77>; };",
    "x { compatible = \"acme,dma\", \"snps,dma-spear1340\"; dma-masters = <4>; };",
    PROVIDER + "x { trigger-sources = <&p 30 1>; };",
    "p: p { msi-controller; interrupt-controller; #interrupt-cells = <0>; }; x { msi-parent = <&p>;"
    " interrupts-extended = <&p>; };",
    "p: p { #iommu-cells = <2>; }; x { iommu-map = <0 &p 5 1>, <6 &p 7 1>; };",
    "p: p { #iommu-cells = <0>; }; x { iommu-map = <0 &p 16>, <16 &p 16>; };",
    "p: p { }; x { msi-map = <0 &p 0 0x10000>; };",
    "p: p { #interrupt-cells = <3>; #address-cells = <1>; }; x { compatible = \"fsl,ls1088a-extirq\";"
    " interrupt-controller; #interrupt-cells = <2>; #address-cells = <0>; interrupt-map = <0 0 &p 1 2 3>, <1 0 &p 4 5 6>; };",
    "p: p { #nvmem-cell-cells = <1>; }; x { nvmem-cells = <&p 5>; };",
    "x { reg = <5>; clock-frequency = <5>; clock-names = \"a\"; };",
    PROVIDER + "x { clocks = <&p 5>, <&p 6>; interrupts-extended = <0>, <&p 3>; };",
    "x { gpio-controller; #gpio-cells = <2>; ngpios = <8>; snps,nr-gpios = <8>; y { gpio-hog; gpios = <3 0>; }; };",
    PROVIDER + "x { #gpio-cells = <2>; gpio-map-mask = <3 0>; gpio-map = <0 0 &p 5 1>, <1 0 &p 6 1>; };",
    "p: p { #iommu-cells = <1>; }; x { iommu-map = <0 &p 0 16>, <16 &p 16 16>; };",
    PROVIDER + "c { compatible = \"dtslot,connector\"; devices { }; exports { a = <&p>; }; };",
    PROVIDER + "x { interrupt-parent = <&p>; vdd-supply = <&p>; reset-gpios = <&p 1 0>, <0>, <&p 2 0>; };",
)


def escapes():
    """(how, blob, message)"""
    for how, body, prop, cell, number in BARE_PHANDLES:
        yield how, dts.compile_overlay(dts.fragment(body)), BARE.format(prop, cell, number)
    for how, body, message in (*EXPORTS, *ABSURD_CELLS):
        yield how, dts.compile_overlay(dts.fragment(body)), message
    for how, body, message in MADE_BY_HAND:
        yield how, dts.compile_overlay(f"/dts-v1/; / {{ {body} }};", "-f"), message
