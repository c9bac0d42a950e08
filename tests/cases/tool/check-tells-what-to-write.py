# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot check` tells beside each kind of refusal what to write instead.

Broken if it fails: an author learns what is wrong with an overlay, and is told to mend something else.
"""

from lib import dts, fdt, tool

kernels = ()

BASE = """/dts-v1/;
/ {
	soc { i2c0: i2c@0 { #address-cells = <1>; #size-cells = <0>; }; clk: clock { #clock-cells = <1>; }; };
	connector { compatible = "dtslot,connector"; devices { }; exports { i2c = <&i2c0>; clk = <&clk>; }; };
};
"""
TWO = '/dts-v1/; /plugin/; / {{ fragment@0 {{ target-path = ""; __overlay__ {{ {} }}; }}; fragment@1 {{ target-path = ""; {} }}; }};'
ONE = '/dts-v1/; {} / {{ fragment@0 {{ target-path = ""; {}__overlay__ {{ x {{ {} }}; }}; }}; {} }};'
FIXUPS = '__fixups__ { clk = "/fragment@0/__overlay__/x:a:2"; };'
HARMLESS = dts.compile_overlay(dts.fragment("x { };"))
LOCAL = dts.fragment("y: y { #clock-cells = <0>; }; x { clocks = <&y>; };")
X = "\n  at /fragment@0/__overlay__/x\n  "


def listed():
    """LOCAL as early versions of dtc would have made it."""
    root = fdt.parse(dts.compile_overlay(LOCAL))
    root.children["__local_fixups__"] = fdt.Node({"fixup": b"/fragment@0/__overlay__/x:clocks:0\0"})
    return fdt.write(root)


# overlay, what is refused, what is told
TOLD = (
    (dts.fragment('firmware-name = "x.bin";', "target = <&i2c>;"), "check: fragment@0 sets property 'firmware-name' of an "
     "existing node, and nothing programs an FPGA by it: load the bitstream before the attach, by the FPGA manager, and "
     "leave the property out\n  at /fragment@0\n  load the bitstream first, and leave the property out"),
    (dts.fragment('status = "disabled";', "target = <&i2c>;"), "check: fragment@0 disables an existing node (property "
     "'status'), and only nodes may be added: unbind its driver in sysfs, or disable it in the base's tree\n"
     "  at /fragment@0\n  leave the property out"),
    ('/dts-v1/; /plugin/; / { fragment@0 { target-path = ""; __overlay__ { y: y { }; }; };'
     " fragment@1 { target = <&y>; __overlay__ { }; }; };", "check: fragment@1 has node 'y' of the overlay itself as its "
     "target: write what it adds into that node\n  at /fragment@1\n  write what it adds into that node"),
    (dts.fragment("fragment@1 { target = <&i2c>; __overlay__ { }; };"), "check: node 'fragment@1' is a fragment inside of "
     "another: move it right below / { }\n  at /fragment@0/__overlay__/fragment@1\n  move it right below / { }"),
    (dts.fragment("x { };", beside='aliases { i2c9 = "/x"; };'), "check: node 'aliases' is in no fragment, so that nothing "
     "adds it, and with such a node the host describes itself: leave it out\n  at /aliases\n  leave it out; aliases and "
     "chosen are the host's"),
    (dts.compile_overlay(LOCAL, "-H", "legacy"), "check: node 'y' has 'linux,phandle' and no phandle: compile it with dtc -H "
     "epapr\n  at /fragment@0/__overlay__/y\n  compile it again, with dtc -H epapr"),
    (listed(), "resolve: __local_fixups__ is a list of texts, as early versions of dtc wrote it: compile the source with dtc "
     "1.4.4 or later\n  compile it again, with dtc 1.4.4 or later"),
    (HARMLESS * 2, f"check: behind the {len(HARMLESS)} bytes of the overlay another one begins, which nothing adds: put each "
     "into a file of its own\n  put each overlay into a file of its own"),
    (bytes(16) + HARMLESS, "check: not a flattened tree: one begins at byte 16, cut off what is before it\n  cut off what is "
     "before it, as tail -c does"),
    (dts.fragment("x { a*b; };"), "check: bad name of a property at byte 124: 0x2a behind 'a' may not be in it\n  take "
     "another name: letters, digits, , . _ + -, and one @ in a node's"),
    (dts.fragment("x { };", "target = <&i2c 0>;"), "check: fragment@0 has a target of 8 bytes, not of one label: target = "
     "<&label>\n  at /fragment@0\n  write target = <&label>, one label and nothing else"),
    (dts.fragment("x { };", "target = <5>;"), "check: fragment@0 reaches outside the slot: its target is a bare phandle, not "
     "an exported label\n  at /fragment@0\n  write target = <&label>; compile it from source with /plugin/"),
    (dts.fragment("x { };", 'target = <&i2c>; target-path = "";'), "check: fragment@0 has both a target and a target-path\n"
     "  at /fragment@0\n  leave one of them out"),
    (ONE.format("/plugin/;", "l: ", "a = <&l>;", ""), "check: fragment@0 refers to its own target by a label on "
     "__overlay__: use a label the slot exports (i2c, clk)\n  at /fragment@0\n  use the label that the slot exports instead"),
    (TWO.format("x { };", "__overlay__ { x { }; };"), f"check: two fragments add node 'x' to one target{X.rstrip()}\n"
     "  at /fragment@1/__overlay__/x\n  put both into one fragment"),
    (b"junk" * 100, "check: not a flattened tree: it begins with 0x6a756e6b, not 0xd00dfeed (compile it with dtc -O dtb)\n"
     "  compile the source: dtc -I dts -O dtb -o x.dtbo x.dtso"),
    (HARMLESS[:-8], f"check: truncated: the header says {len(HARMLESS)} bytes, there are {len(HARMLESS) - 8}\n"
     "  copy or compile the file again"),
    (ONE.format("/plugin/; /memreserve/ 0x10000 0x1000;", "", "", ""), "check: the memory reservations at byte 40 are not an "
     "empty list\n  leave /memreserve/ out"),
    (ONE.format("", "", "a = <1>;", FIXUPS), "resolve: __fixups__: label 'clk' is used at /fragment@0/__overlay__/x:a:2, which "
     f"is no cell{X}compile it again; a reference takes a whole cell"),
    (dts.fragment("x { #size-cells = <9>; };"), f"resolve: '#size-cells' of node 'x' is 9; it can be 0 to 3{X}write a number "
     "that the kernel can take"),
    (TWO.format("x { clocks = <&d 0>; };", "__dormant__ { d: d { #clock-cells = <1>; }; };"), "resolve: 'clocks' of node 'x' "
     f"refers to node 'd', which is not added: it is in no fragment, or in one that is off (__dormant__){X}leave the "
     "reference out, or wake the fragment: __overlay__ instead of __dormant__"),
    (dts.fragment("y: y { interrupt-controller; #interrupt-cells = <0>; }; x { interrupt-parent = <&y>; interrupts = <1>; };"),
     "resolve: the interrupt-parent of node 'x' has #interrupt-cells = <0>, so that no interrupt can be its "
     f"own{X}name another interrupt-parent"),
    (dts.fragment("x { #interrupt-cells = <2>; #address-cells = <0>; interrupt-map-mask = <0>; };"), "resolve: "
     f"'interrupt-map-mask' of node 'x' has 4 bytes, a specifier of the node has 8{X}write a mask as long as the specifier"),
    (dts.fragment("y: y { #gpio-cells = <1>; }; x { gpio-map = <0 &y 1>; };"), "resolve: node 'x' has 'gpio-map' and no "
     f"#gpio-cells{X}add the property to the node"),
    (dts.fragment('status = "okay";', "target = <&i2c>;"), "check: fragment@0 enables an existing node (status = \"okay\"), and "
     "only nodes may be added: enable it in the base's tree, and leave the property out; or have its bus exported, and add "
     "the device to that as a node of its own\n  at /fragment@0\n  docs/porting.md tells what to write instead"),
)


def test(_):
    with tool.System() as system:
        base, blob = system.path("base.dtb"), system.path("x.dtbo")
        base.write_bytes(dts.compile_overlay(BASE))
        for overlay, said in TOLD:
            blob.write_bytes(overlay if isinstance(overlay, bytes) else dts.compile_overlay(overlay))
            system.expect(["check", "--base", base, blob], f"{blob}: {said}\n", status=1)
        blob.write_bytes(dts.compile_overlay(dts.fragment("chosen { };")))
        system.expect(["check", "--base", base, "--target", "/", blob], status=1, output=f"{blob}: check: fragment@0 adds node "
                      "'chosen', with which the host describes itself\n  at /fragment@0\n  leave it out; aliases and chosen "
                      "are the host's\n")
