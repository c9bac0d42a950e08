# SPDX-License-Identifier: GPL-2.0-or-later
"""Each thing that is wrong with an overlay's bytes, or with those of an ID, is said by `dtslot check` and `dtslot id show`.

Also where memory runs out, at each place in turn.

Broken if it fails: a person with a damaged file or memory is told nothing, or something that does not fit, or the program ends
without a word.
"""

import struct
import subprocess

from lib import dts, fdt, ids, rows, tool
from lib.fdt import BEGIN, END, LAST, PROP

kernels = ()

STRUCTURE, STRINGS = 56, b"a\0b\0"
AGAIN = "copy or compile the file again"
BY_DTC = "compile it again, with dtc"
OTHER_NAME = "take another name: letters, digits, , . _ + -, and one @ in a node's"
ONE_OF_TWO = "take another name for one of the two"
NO_CHARACTER = "which is no character: is the memory damaged, or do two add-ons answer at one address?"


def blob(*parts, strings=STRINGS, strings_at=None, version=17):
    """A blob whose structure has these words and bytes."""
    body = b"".join(struct.pack(">I", part) if isinstance(part, int) else part for part in parts)
    at = STRUCTURE + len(body)
    return struct.pack(">10I", 0xd00dfeed, at + len(strings), STRUCTURE, strings_at or at, 40, version, 16, 0, len(strings),
                       len(body)) + bytes(16) + body + strings


def tree(children, **bookkeeping):
    """A blob with one fragment that adds these nodes; of __fixups__, what is given."""
    fragment = fdt.Node({"target-path": b"\0"}, {"__overlay__": fdt.Node(children=children)})
    return fdt.write(fdt.Node(children={"fragment@0": fragment, **bookkeeping}))


def fragments(count, children=None):
    """A blob with some fragments, all of which add the same."""
    one = fdt.Node({"target-path": b"\0"}, {"__overlay__": fdt.Node(children=children)})
    return fdt.write(fdt.Node(children={f"fragment@{n:x}": one for n in range(count)}))


def labels(**lists):
    return {"__fixups__": fdt.Node(lists)}


def local(y=None, **places):
    """A blob with a node whose property "a" is a cell; where references to nodes of the overlay are, as given."""
    inside = fdt.Node(children={"y": y} if y else {"x": fdt.Node(places)})
    lists = fdt.Node(children={"fragment@0": fdt.Node(children={"__overlay__": inside})})
    return tree({"x": fdt.Node({"a": b"\0\0\0\5"})}, __local_fixups__=lists)


ROOT, NODE, UNNAMED = (BEGIN, bytes(4)), (BEGIN, b"x\0\0\0"), (BEGIN, b"x y\0")
# a blob, what is said of it behind "check: ", and how it is mended
OVERLAYS = (
    (blob(*ROOT, END, *ROOT), "a second root node at byte 72", AGAIN),
    (blob(PROP, 0, 0), "a property outside any node at byte 60", AGAIN),
    (blob(*ROOT, *NODE, END, PROP, 0, 0), "a property behind a child node at byte 80", AGAIN),
    (blob(*ROOT, PROP, 0), "truncated: half a property at byte 68", AGAIN),
    (blob(*ROOT, PROP, 100, 0, bytes(4)), "truncated: a property at byte 68 has 100 bytes of value, 4 are left", AGAIN),
    (blob(*ROOT, PROP, 0, 4), "the name of a property at byte 68 is outside the strings", AGAIN),
    (blob(*ROOT, BEGIN, b"abcd"), "truncated: the name of a node at byte 68 has no end", AGAIN),
    (blob(*ROOT, END, END), "one end of a node too many at byte 72", AGAIN),
    (blob(*ROOT, LAST), "truncated: the structure ends at byte 68 inside a node", AGAIN),
    (blob(*ROOT, 7), "unknown token 0x7 at byte 64", AGAIN),
    (blob(*ROOT, *UNNAMED), "bad name of a node at byte 68: 0x20 behind 'x' may not be in it",
     OTHER_NAME),
    (blob(*ROOT, PROP, 0, 3), "bad name of a property at byte 68: ''",
     OTHER_NAME),
    (blob(*ROOT, END, LAST, strings_at=9999), "the strings block (4 bytes at 9999) is not inside the 76 bytes of the blob",
     AGAIN),
    (blob(*ROOT, *NODE, END, *NODE, END, END, LAST), "node '' has two children named 'x'\n  at /", ONE_OF_TWO),
    (blob(*ROOT, PROP, 0, 0, PROP, 0, 0, END, LAST), "node '' has two properties named 'a'\n  at /", ONE_OF_TWO),
    *((begin + bytes(60), f"not a flattened tree but {what}", "check what comes out of that") for begin, what in (
        (b"\x89LZO", "compressed by lzop: unpack it with lzop -d"),
        (b"PK\x03\x04", "a ZIP archive: unpack it"),
        (b"ANDROID!", "an Android boot image: take the overlay out of it with unpack_bootimg"),
        (b"\x27\x05\x19\x56", "a U-Boot image: take the overlay out of it with dumpimage"))),
    (tree({"x": fdt.Node()}, **labels(l=b"abc")), "__fixups__: 'l' is not a list of strings", BY_DTC),
    (tree({"x": fdt.Node()}, **labels(l=b"abc\0")), "__fixups__: 'abc' of label 'l' is not path:property:offset", BY_DTC),
    (tree({"x": fdt.Node()}, **labels(k=b"/fragment@0:target:0\0", l=b"/fragment@0:target:0\0")),
     "fragment@0 has two labels for its target\n  at /fragment@0", "write target = <&label>, one label and nothing else"),
    (tree({"x": fdt.Node({"phandle": b"\0\0\0\1"}), "y": fdt.Node({"phandle": b"\0\0\0\1"})}),
     "two nodes have phandle 0x1", BY_DTC),
    (fragments(65), "65 fragments, more than the 64 that are accepted", "put what has one target into one fragment"),
    (fragments(1, {"x": fdt.Node({f"p{n}": b"" for n in range(1025)})}),
     "node 'x' has 1025 properties, more than the 1024 that are accepted\n  at /fragment@0/__overlay__/x",
     "leave out what nothing reads, or divide the node"),
    (fragments(1, {f"x{n}": fdt.Node({"compatible": b"syscon\0"}) for n in range(257)}),
     "257 syscons and host bridges, more than the 256 that are accepted: the kernel keeps each of them for good",
     "leave syscon out where no other driver reads the registers"),
    (fragments(1, {"x": fdt.Node({"compatible": b"a\0" * 33})}),
     "'compatible' of node 'x' has 33 strings, more than the 32 that are accepted\n  at /fragment@0/__overlay__/x",
     "leave out the compatibles that no driver has"),
    (fragments(1, {"x": fdt.Node({"device_type": b"a" * 637 + b"\0"})}),
     "the path, 'compatible' and 'device_type' of node 'x' take 1282 bytes of its device's event, more than the 1280 that are"
     " accepted: give the nodes on the way shorter names\n  at /fragment@0/__overlay__/x",
     "give the nodes on the way shorter names"),
    (fragments(1, {f"x{n}": fdt.Node({"reg": bytes(4 * 129)}) for n in range(128)}),
     "16512 cells in 'reg's, more than the 16384 that are accepted: each range of addresses makes the kernel's list of them"
     " slower", "leave out the ranges that no driver uses"),
    (fragments(1, {"i2c@0": fdt.Node({"clock-frequency": bytes(4)})}),
     "'clock-frequency' of node 'i2c@0' is 0, and drivers divide by it\n  at /fragment@0/__overlay__/i2c@0",
     "write another number there, or leave the property out"),
    (blob(*ROOT, END, LAST, version=16), "version 16 (compatible to 16) of the format, 17 is needed (compile it with dtc -V 17)",
     "compile it again, with dtc -V 17"),
    (tree({"x": fdt.Node({"phandle": b"\0\0\0"})}), "node 'x' has a bad phandle\n  at /fragment@0/__overlay__/x", BY_DTC),
)
AT_X = "\n  at /fragment@0/__overlay__/x"
# and behind "resolve: "; what compiling it again does not mend
CELLS = (tree({"x": fdt.Node({"#clock-cells": bytes(2)})}), f"'#clock-cells' of node 'x' has 2 bytes, not 4{AT_X}",
         "write one number in < > there")
# and what that does mend
REFERENCES = (
    (local(y=fdt.Node()), "__local_fixups__: node 'y' is not in a fragment"),
    (local(a=bytes(3)), f"__local_fixups__: 'a' of node 'x' does not match the overlay{AT_X}"),
    (local(b=bytes(4)), f"__local_fixups__: 'b' of node 'x' does not match the overlay{AT_X}"),
    (local(a=b"\0\0\0\1"), f"__local_fixups__: 'a' of node 'x' does not match the overlay{AT_X}"),
    (local(a=bytes(4)), f"'a' of node 'x' refers to phandle 0x5, which no node of the overlay has{AT_X}"),
)
# what is followed without an end, and rows that are too long
CIRCLES = (
    (rows.FACTOR.format(0, 0), "clocks", "c0"),
    (rows.SUPPLY.format("s", "vin-supply = <&s>;"), "supplies", "s"),
)
ROWS = (
    (rows.clocks(65), "c64", "64 clocks"),
    (rows.supplies(17), "s16", "16 supplies"),
    (rows.row(rows.CONVERTER, "m", 16), "m15", "16 IIO channels"),
    (rows.row(rows.DELAY, "d", 16), "d15", "16 GPIO controllers"),
    (rows.row(rows.GROUP, "l", 16), "l15", "16 LEDs"),
    (rows.row(rows.MUX, "b", 8), "i2c@0", "16 multiplexers of buses"),
)
OWN, HAT, CAPE, CLICK = "dtslot", "raspberrypi,hat", "beagle,cape", "mikroe,clickid"


def changed(image, at, *values):
    image = bytearray(image)
    image[at:at + len(values)] = bytes(values)
    return bytes(image)


IDS = (
    (OWN, b"abc", "the ID memory has 3 bytes, too few for a dtslot ID"),
    (OWN, ids.own("a")[:50], "the ID is cut off: 50 bytes of 96"),
    (OWN, changed(ids.own("a"), 8, 2), "the ID has version 2, 1 is understood"),
    (OWN, changed(ids.own("a"), 10, 95), "the ID says it has 95 bytes, version 1 has 96"),
    (OWN, ids.own("a\1"), "the ID has characters that are not printable"),
    (OWN, ids.own("a", "b")[:-1] + b"\0", "the ID's CRC is 0x00e3b103, its bytes give 0x5ee3b103: write it again"),
    (OWN, b"\xff" * 3 + b"\0" * 93,
     "the ID memory begins with ff ff ff 00, not as a dtslot ID does: is it erased, or of another format?"),
    (HAT, b"R-Pi\1\0", "the HAT's ID is cut off: 6 bytes"),
    (HAT, changed(ids.hat(), 8, 0xff), "the HAT's ID says it has 255 bytes, there are 12"),
    (HAT, changed(ids.hat(), 6, 1), "the HAT's atom 0 is cut off"),
    (HAT, changed(ids.hat(ids.atom(1, 0, ids.vendor())), 16, 1), "the HAT's atom 0 has 1 bytes, there is room for 47"),
    (HAT, ids.hat(ids.atom(1, 7, ids.vendor())), "the HAT's atom 0 is numbered 7"),
    (HAT, ids.hat(ids.atom(1, 0, ids.vendor()[:20])), "the HAT's vendor atom is cut off"),
    (HAT, ids.hat(ids.atom(2, 0, b"")), "the HAT's first atom is not the vendor's"),
    (HAT, ids.hat(ids.atom(1, 0, ids.vendor(b"\1"))), f"the HAT's vendor has byte 0x01 at 0, {NO_CHARACTER}"),
    (HAT, ids.hat(ids.atom(1, 0, ids.vendor(b"a", b"!"))), "the HAT's product has no name"),
    (CAPE, ids.cape()[:243], "the cape's ID is cut off: 243 bytes of 244"),
    (CAPE, ids.cape(part=b"!"), "the cape has no part number"),
    (CLICK, changed(ids.clickid(), 0, 0xff), "the ClickID says it has 255 bytes, there are 48"),
    (CAPE, ids.cape(part=b"a\1"), f"the cape's part number has byte 0x01 at 1, {NO_CHARACTER}"),
    (CLICK, changed(ids.clickid(), 4, 0xff),
     "the Click's descriptor at byte 4 is cut off: it says it has 255 bytes, there are 44"),
    (CLICK, struct.pack("<HBB", 12, 0, 1) + ids.descriptor(1, b"")[:2] + b"\1\0" + bytes(4),
     "the Click's interface at byte 4 has 4 bytes, less than 6"),
    (CLICK, ids.clickid(b"a", b"b", ids.descriptor(2, b"\x09\3ab")), "the Click's string at byte 28 is cut off"),
    (CLICK, struct.pack("<HBB", 4, 0, 1), "the ClickID has no descriptor of an interface"),
    (CLICK, ids.clickid(b"\1"), f"the Click's vendor has byte 0x01 at 0, {NO_CHARACTER}"),
    (CLICK, ids.clickid(b"a", b"!"), "the Click's product has no name"),
)

# what fails of the requests for memory is the one of this number; those before main() are not counted
INTERPOSER = """
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static int count = -1;

static int fails(void)
{
	const char *number = count < 0 ? NULL : getenv("FAILS");

	if (count < 0 || !number || ++count != atoi(number))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	return realloc(p, n * size);
}

/* The first file that is opened: all that was before is the C library's. */
int open64(const char *path, int flags, ...)
{
	if (count < 0)
		count = 0;
	return openat(AT_FDCWD, path, flags);
}
"""
USES_ALL = """/dts-v1/; /plugin/;
/ { fragment@0 { target-path = ""; __overlay__ {
	pic: pic { interrupt-controller; #interrupt-cells = <1>; #address-cells = <0>; };
	x { interrupts-extended = <&pic 1>; clocks = <&clk 0>; };
}; }; };
"""
NO_MEMORY = ("check: no memory for the 520 bytes of the blob", "check: no memory for an index of 10 nodes",
             "check: no memory for 4 names", "check: no memory for 1 fragments", "check: no memory for 10 phandles",
             "resolve: no memory for marks of 520 bytes", "resolve: no memory for local references",
             "resolve: no memory for the ways of 10 nodes", "resolve: no memory for what 10 nodes need")


def short_of_memory(system, path):
    """No request for memory that fails ends the program otherwise than by a message, of these."""
    path.write_bytes(dts.compile_overlay(USES_ALL))
    source, library = system.path("calls.c"), system.path("calls.so")
    source.write_text(INTERPOSER)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
    system.program = tool.build(tool.PLAIN)
    system.environment["LD_PRELOAD"] = str(library)
    found = set()
    for number in range(1, 31):
        system.environment["FAILS"] = str(number)
        found.add(system.run("check", "-e", "clk,#clock-cells=1", path))
    fits = (0, f"{path}: fits, adds 2 nodes\n", "")
    assert found == {fits, (1, "", "dtslot: memory: none is left; end other programs\n"),
                     *((1, f"{path}: {what}\n  end other programs\n", "") for what in NO_MEMORY)}, found
    # more is not asked for
    assert system.run("check", "-e", "clk,#clock-cells=1", path) == fits


def test(_):
    with tool.System() as system:
        overlay, memory = system.path("x.dtbo"), system.path("eeprom")
        for content, what, mended in OVERLAYS:
            overlay.write_bytes(content)
            system.expect(["check", overlay], f"{overlay}: check: {what}\n  {mended}\n", status=1)
        for content, what, mended in (*((*reference, BY_DTC) for reference in REFERENCES), CELLS):
            overlay.write_bytes(content)
            system.expect(["check", overlay], f"{overlay}: resolve: {what}\n  {mended}\n", status=1)
        for text, what, node in CIRCLES:
            overlay.write_bytes(dts.compile_overlay(dts.fragment(text)))
            system.expect(["check", overlay], f"{overlay}: resolve: the {what} of node '{node}' lead in a circle, which the"
                          f" kernel follows without an end\n  at /fragment@0/__overlay__/{node}\n"
                          "  have the first of them need none of the others\n", status=1)
        for text, node, what in ROWS:
            overlay.write_bytes(dts.compile_overlay(dts.fragment(text)))
            status, output, _ = system.run("check", overlay)
            assert status == 1 and output.endswith("\n  have the later ones need one of the first\n"), output
            assert (f"{overlay}: resolve: node '{node}' needs more than {what} in a row, each of which needs the next:"
                    " the kernel's stack has no room for them\n") in output, output
        for name, content, what in IDS:
            memory.write_bytes(content)
            system.expect(["id", "--format", name, "show", memory], error=f"dtslot: {memory}: {what}\n", status=1)
        short_of_memory(system, overlay)
