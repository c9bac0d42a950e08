# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot check` says what a slot would refuse, where in the overlay and its source, and what to write instead.

Broken if it fails: an author learns what is wrong with an overlay by plugging the board in, if at all.
"""

import json
import subprocess

from lib import dts, tool

kernels = ()

ADDON = """/dts-v1/;
/plugin/;
/ {
	fragment@0 {
		target = <&i2c>;
		__overlay__ {
			sensor@48 { compatible = "ti,tmp105"; reg = <0x48>; };
		};
	};
};
"""
BASE = """/dts-v1/;
/ {
	soc { i2c0: i2c@0 { #address-cells = <1>; #size-cells = <0>; eeprom@50 { }; }; clk: clock { #clock-cells = <1>; }; };
	connector { compatible = "dtslot,connector"; devices { taken { }; }; exports { i2c = <&i2c0>; clk = <&clk>; }; };
};
"""
FIX = "describe the node in the overlay, or have the slot export it; -e LABEL promises that"
TARGET = ("check: fragment@0 reaches outside the slot: its target is label 'i2c'; exported here: {}\n  at /fragment@0\n"
          "  target what the slot exports; -e LABEL promises an export\n")
TWICE = "only one of the base's tree and the overlay may describe it"
# overlay, what is said behind its name, when it is to fit the base
JUDGED = (
    (ADDON, "fits, adds 1 nodes\n"),
    (dts.fragment("x { clocks = <&clk 0>; };"), "fits, adds 1 nodes\n"),
    (dts.fragment("taken { };"), "check: fragment@0 adds node 'taken', which exists already: " + TWICE +
     "\n  at /fragment@0\n  take another name or unit address; two boards cannot have one node\n"),
    (dts.fragment("eeprom@50 { };", "target = <&i2c>;"), "check: fragment@0 adds node 'eeprom@50', which exists already: "
     + TWICE + "\n  at /fragment@0\n  take another name or unit address; two boards cannot have one node\n"),
    (dts.fragment("#address-cells = <1>; x { };", "target = <&i2c>;"), "fits, adds 1 nodes\n"),
    (dts.fragment("#address-cells = <2>; x { };", "target = <&i2c>;"),
     "check: fragment@0 sets property '#address-cells' of an existing node; only nodes may be added\n  at /fragment@0\n"
     "  move it into a node of the overlay's own; the host's nodes stay as they are\n"),
    (dts.fragment("x { spi = <&spi>; };"), "resolve: label 'spi' (used by spi in /fragment@0/__overlay__/x) is not "
     f"exported here; exported: i2c, clk\n  at /fragment@0/__overlay__/x\n  {FIX}\n"),
    (dts.fragment("x { clocks = <5 1>; }; y { x { clocks = <5 1>; }; };"), "resolve: 'clocks' of node 'x' reaches outside "
     "the slot: cell 0 is the bare phandle 0x5; use a label\n  at /fragment@0/__overlay__/x\n"
     "  at /fragment@0/__overlay__/y/x\n  write <&label> there, and compile the source with /plugin/\n"),
    (dts.fragment("x { };", 'target-path = "/soc";'), "check: fragment@0 reaches outside the slot: target-path is '/soc'; "
     "write \"\" for the slot itself, or target = <&label> for another node that is exported (i2c, clk)\n  at /fragment@0\n  write target-path = \"\" or name the node by a label: "
     "target = <&label>\n"),
    (dts.fragment("x { };", ""), "check: fragment@0 has no target: write target-path = \"\" for the slot itself\n"
     "  at /fragment@0\n  write target-path = \"\"; for the slot itself\n"),
    (dts.fragment("x { interrupt-parent = <&y>; interrupts = <1>; z: z { }; }; y: y { interrupt-parent = <&z>; "
                  "interrupts = <1>; };"), "resolve: the interrupts of node 'x' lead in a circle of interrupt-parent and "
     "interrupt-map, and to no controller\n  at /fragment@0/__overlay__/x\n"
     "  have the last interrupt-parent name a controller\n"),
    ("/dts-v1/; /plugin/; / { x { }; fragment@0 { target-path = \"\"; __overlay__ { }; }; };",
     "check: node 'x' is in no fragment, so that nothing adds it: move it from / { } into a fragment with target-path = "
     "\"\"\n  at /x\n  move it into a fragment with target-path = \"\"\n"),
    ("/dts-v1/; / { x { }; };", "check: not an overlay: no fragment with an __overlay__ node (the source needs /plugin/;)\n"
     "  begin the source with /dts-v1/; /plugin/;\n"),
)


def test(_):
    with tool.System() as system:
        base, blob = system.path("base.dtb"), system.path("x.dtbo")
        base.write_bytes(dts.compile_overlay(BASE))
        for source, said in JUDGED:
            blob.write_bytes(dts.compile_overlay(source))
            system.expect(["check", "--base", base, blob], f"{blob}: {said}", status=0 if "fits" in said else 1)
        for content in (b"", b"\xd0\x0d\xfe\xed", b"junk" * 1000):
            blob.write_bytes(content)
            status, output, error = system.run("check", blob)
            assert (status, error) == (1, "") and output.startswith(f"{blob}: check: "), output

        # against nothing: what the slot will export is said by -e
        blob.write_bytes(dts.compile_overlay(ADDON))
        system.expect(["check", blob], f"{blob}: {TARGET.format('nothing')}", status=1)
        system.expect(["check", "-e", "spi", "-e", "clk", blob], f"{blob}: {TARGET.format('spi, clk')}", status=1)
        system.expect(["check", "--export", "i2c", blob], f"{blob}: fits, adds 1 nodes\n")
        blob.write_bytes(dts.compile_overlay(dts.fragment("x { clocks = <&clk 5>; };")))
        system.expect(["check", "-e", "clk,#clock-cells=1", blob], f"{blob}: fits, adds 1 nodes\n")
        assert system.run("check", "-e", "clk,#clock-cells=0", blob)[0] == 1
        system.expect(["check", "-b", base, "--target", "/soc", "-e", "clk=/soc/clock", blob],
                      f"{blob}: fits, adds 1 nodes\n")
        in_source(system, blob)
        in_slot(system, blob)
        misused(system, base, blob)


def in_source(system, blob):
    """The line of the node, and JSON."""
    source, annotated = system.path("x.dtso"), system.path("x.lines")
    source.write_text(ADDON)
    blob.write_bytes(dts.compile_overlay(ADDON))
    done = subprocess.run(["dtc", "-T", "-q", "-I", "dts", "-O", "dts", source], capture_output=True, check=True)
    annotated.write_bytes(done.stdout)
    system.expect(["check", "--source", annotated, blob], status=1,
                  output=f"{blob}: {TARGET.format('nothing')}".replace("at /fragment@0", f"at /fragment@0, x.dtso:4"))
    status, output, _ = system.run("check", "--json", "--source", annotated, blob)
    found = json.loads(output)
    assert status == 1 and found == {
        "overlay": str(blob), "fits": False, "nodes": 0, "step": "check", "error": "fragment@0 reaches outside the slot: "
        "its target is label 'i2c'; exported here: nothing", "fix": "target what the slot exports; -e LABEL promises an export", "places": [{"node": "/fragment@0", "source": "x.dtso:4"}]}, output
    for junk in (b"", b"{" * 100000, b"}\n" * 1000, b"x {\n" * 1000, b"\xff{\0/* "):
        annotated.write_bytes(junk)
        assert system.run("check", "--source", annotated, blob)[0] == 1


def in_slot(system, blob):
    """The live tree says what a slot exports and has."""
    connector = "/sys/devices/platform/connector"
    system.device(connector, "/connector", "dtslot,connector", driver="dtslot-connector")
    system.slot("connector0", connector, "empty")
    system.put(f"{tool.BASE}/connector/exports/i2c", b"\0\0\0\5")
    system.put(f"{tool.BASE}/connector/devices/name", "devices\0")
    system.put(f"{tool.BASE}/soc/i2c@0/phandle", b"\0\0\0\5")
    system.path(f"{tool.BASE}/soc/loop").symlink_to(".")
    system.expect(["check", "--slot", "connector0", blob], f"{blob}: fits, adds 1 nodes\n")
    system.directory(f"{tool.BASE}/soc/i2c@0/sensor@48")
    status, output, _ = system.run("check", "-s", "connector0", blob)
    assert status == 1 and "'sensor@48', which exists already" in output, output
    # what is attached would make room
    system.put("/sys/class/dtslot/connector0/state", "attached\n")
    system.expect(["check", "--slot", "connector0", blob], f"{blob}: fits, adds 1 nodes\n")
    system.expect(["check", "--slot", "x", blob], error="dtslot: x: no such slot; dtslot list shows them\n", status=1)
    # a slot that root made
    system.slot("manual:y", "/sys/devices/platform/dtslot-manual:y", "empty")
    system.put("/sys/kernel/config/dtslot/y/target", "\n")
    system.expect(["check", "--slot", "y", blob], status=1, error="dtslot: manual:y: has no target yet; write a path into "
                  "/sys/kernel/config/dtslot/y/target\n")
    system.put("/sys/kernel/config/dtslot/y/target", "/soc\n")
    system.expect(["check", "--slot", "y", blob], f"{blob}: {TARGET.format('nothing')}", status=1)
    system.put("/sys/kernel/config/dtslot/y/exports", "i2c /soc/i2c@0\n")
    status, output, _ = system.run("check", "-s", "y", blob)
    assert status == 1 and "'sensor@48', which exists already" in output, output


def misused(system, base, blob):
    """Wrong arguments and files."""
    made = "name a tree that dtc -O dtb made"
    system.expect(["check", "--base", blob.parent, blob], status=1,
                  error=f"dtslot: {blob.parent}: Invalid argument; {made}\n")
    for content, why in ((b"", "FDT_ERR_TRUNCATED"), (base.read_bytes()[:-10], "FDT_ERR_TRUNCATED"),
                         (b"\0" * 100, "FDT_ERR_BADMAGIC")):
        system.put("bad.dtb", content)
        bad = system.path("bad.dtb")
        system.expect(["check", "--base", bad, blob], error=f"dtslot: {bad}: {why}; {made}\n", status=1)
    system.expect(["check", "--base", base, "--target", "/x", blob], status=2, error=f"dtslot: {base}: has no node /x; "
                  f"dtc -I dtb -O dts {base} shows what it has\n")
    for source, why, status in (
            ("/ { };", "has no node that is compatible with dtslot,connector; name the target by --target", 1),
            ('/ { a { compatible = "dtslot,connector"; }; };', 'its connector has no node "devices"; add one, as '
             "dts/bindings say", 1),
            ('/ { a { compatible = "dtslot,connector"; }; b { compatible = "dtslot,connector"; }; };',
             "has several connectors; name one by --target", 2)):
        base.write_bytes(dts.compile_overlay(f"/dts-v1/; {source}"))
        system.expect(["check", "--base", base, blob], error=f"dtslot: {base}: {why}\n", status=status)
    for text in (",", "a,b", "a,#b", "a,#b=", "a,#b=x", "a,#b=256"):
        system.expect(["check", "-e", text, blob], status=2,
                      error=f"dtslot: -e {text}: is not LABEL[=PATH][,#NAME-cells=NUMBER]...\n")
    system.expect(["check", "-e", "a=/b", blob], status=2,
                  error="dtslot: -e a=/b: the base has no node /b; name a tree by --base\n")
    none = system.path("none")
    system.expect(["check", none], status=1,
                  error=f"dtslot: {none}: No such file or directory; name an overlay that dtc -O dtb made\n")
    for words in ("", f"--slot a --base b {blob}", f"--target a {blob}", f"{blob} {blob}"):
        status, output, error = system.run("check", *words.split())
        assert (status, output) == (2, "") and error.startswith("usage: dtslot check "), error
