# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlays that are damaged, or that reach outside their slot: refused with a message, and nothing is left.

Broken if it fails: a bad firmware file crashes the kernel, changes the host's tree, or leaves half a card behind.
"""

import struct

from lib import card, dts, slot

kernels = ("7.3", "6.12")

TOTALSIZE, STRUCT_SIZE = 4, 36    # offsets in the header
LARGEST = 4 << 20


def patched(blob, offset, value):
    blob = bytearray(blob)
    struct.pack_into(">I", blob, offset, value)
    return bytes(blob)


def overlay(*args, **kwargs):
    return dts.compile_overlay(dts.fragment(*args, **kwargs))


def bad_overlays(good):
    """(name of the defect, blob, the whole message) of each."""
    return (
        ("empty", b"", f"load: cannot read {dts.FIRMWARE} (error -22): is it empty?"),
        ("half of the header", good[:20], "check: truncated: 20 bytes, a flattened tree has at least 40"),
        ("half of it", good[:len(good) // 2],
         f"check: truncated: the header says {len(good)} bytes, there are {len(good) // 2}"),
        ("last byte missing", good[:-1],
         f"check: truncated: the header says {len(good)} bytes, there are {len(good) - 1}"),
        ("larger than it says", patched(good, TOTALSIZE, 80),
         "check: the structure block (92 bytes at 56) is not inside the 80 bytes of the blob"),
        ("structure without an end", patched(good, STRUCT_SIZE, 88),
         "check: truncated: the structure ends at byte 144 without an end mark"),
        ("source instead of a blob", dts.HARMLESS.encode(),
         "check: not a flattened tree but a source: compile it with dtc -@ -O dtb"),
        ("a base tree", dts.compile_overlay("/dts-v1/; / { model = \"x\"; };"),
         "check: not an overlay: no fragment with an __overlay__ node (the source needs /plugin/;)"),
        ("old format", dts.compile_overlay(dts.HARMLESS, "-V", "16"),
         "check: version 16 (compatible to 16) of the format, 17 is needed (compile it with dtc -V 17)"),
        ("path outside", overlay("x { };", target='target-path = "/";'),
         "check: fragment@0 reaches outside the slot: target-path is '/', only \"\" (the slot) is allowed"),
        ("path to another device", overlay("x { };", target='target-path = "/pci@0,0";'),
         "check: fragment@0 reaches outside the slot: target-path is '/pci@0,0'; write \"\" for the slot itself, or"
         " target = <&label> for another node that is exported (nothing)"),
        ("bare phandle", overlay("x { };", target="target = <1>;"),
         "check: fragment@0 reaches outside the slot: its target is a bare phandle, not an exported label"),
        ("label as target", overlay("x { };", target="target = <&i2c0>;"),
         "check: fragment@0 reaches outside the slot: its target is label 'i2c0'; exported here: nothing"),
        ("no target", overlay("x { };", target=""),
         "check: fragment@0 has no target: write target-path = \"\" for the slot itself"),
        ("label of the base", overlay("x { clocks = <&osc>; };"),
         "resolve: label 'osc' (used by clocks in /fragment@0/__overlay__/x) is not exported here; exported: nothing"),
        ("property of the slot", overlay("status = \"disabled\";"),
         "check: fragment@0 disables an existing node (property 'status'), and only nodes may be added: unbind its driver in"
         " sysfs, or disable it in the base's tree"),
        ("an existing node is enabled", overlay("status = \"okay\";"),
         "check: fragment@0 enables an existing node (status = \"okay\"), and only nodes may be added: enable it in the"
         " base's tree, and leave the property out; or have its bus exported, and add the device to that as a node of"
         " its own"),
        ("other cells than the slot's", overlay("#address-cells = <1>;"),
         "check: fragment@0 sets property '#address-cells' of an existing node; only nodes may be added"),
        ("reference to the slot by its label",
         dts.compile_overlay("/dts-v1/; /plugin/; / { fragment@0 { target-path = \"\"; me: __overlay__ {"
                             " x { y = <&me>; }; }; }; };"),
         "check: fragment@0 refers to its own target by a label on __overlay__: use a label the slot exports (nothing)"),
        ("two fragments, one node",
         dts.compile_overlay("/dts-v1/; /plugin/; / { fragment@0 { target-path = \"\"; __overlay__ { x { }; }; };"
                             " fragment@1 { target-path = \"\"; __overlay__ { x { }; }; }; };"),
         "check: two fragments add node 'x' to one target"),
        ("more properties than anything has", overlay(f"x {{ {' '.join(f'a{n};' for n in range(1025))} }};"),
         "check: node 'x' has 1025 properties, more than the 1024 that are accepted"),
        ("more syscons than anything has", overlay("".join(f's{n} {{ compatible = "a", "syscon"; }};' for n in range(257))),
         "check: 257 syscons and host bridges, more than the 256 that are accepted: the kernel keeps each of them for"
         " good"),
        ("more compatibles than an event has room for", overlay("x { compatible = " + ", ".join('"a"' for _ in range(33)) + "; };"),
         "check: 'compatible' of node 'x' has 33 strings, more than the 32 that are accepted"),
        ("names that an event has no room for", overlay(f"{'x' * 200} {{ {'y' * 200} {{ {'z' * 200} {{ }}; }}; }};"),
         f"check: the path, 'compatible' and 'device_type' of node '{'z' * 64}' take 1606 bytes of its device's event, more than"
         " the 1280 that are accepted: give the nodes on the way shorter names"),
        ("more addresses than anything has", overlay("".join(f"n{n} {{ reg = {'<0 0>, ' * 64}<0>; }};" for n in range(128))),
         "check: 16512 cells in 'reg's, more than the 16384 that are accepted: each range of addresses makes the kernel's list"
         " of them slower"),
        *((f"{name} is 0", overlay(f'x {{ compatible = "fixed-factor-clock"; {name} = <0>; }};'),
           f"check: '{name}' of node 'x' is 0, and drivers divide by it") for name in ("clock-div", "clock-mult")),
        ("nested too deep", overlay("x { " * 14 + "}; " * 14), "check: nodes nest deeper than 16 levels"),
    )


def test(vm):
    [bdf] = card.functions(vm)
    card.load_drivers(vm)
    vm.sh("mkdir -p /lib/firmware/dtslot && modprobe dtslot-pci")
    slot.wait_attached(vm, bdf)
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    before = card.snapshot(vm)
    good = dts.compile_overlay(dts.HARMLESS)
    too_large = ("more than any overlay has", patched(good, TOTALSIZE, LARGEST + 1),
                 f"check: {LARGEST + 1} bytes, more than the {LARGEST} that are accepted")
    bad = (*bad_overlays(good), too_large)
    for name, blob, message in bad:
        vm.put(dts.FIRMWARE, blob)
        if blob == too_large[1]:
            vm.sh(f"truncate -s {LARGEST + 1} {dts.FIRMWARE}")
        status, _ = vm.try_sh(f"echo 1 >{slot.path(bdf)}/attach")
        assert status, f"{name}: attached"
        assert slot.show(vm, bdf, "error") == message, f"{name}: {slot.show(vm, bdf, 'error')}"
        assert slot.show(vm, bdf, "state") == "failed", name
        left = slot.left_behind(before, card.snapshot(vm))
        assert not left, f"{name}: {left}"
        assert f"nothing attached: {message}" in vm.log(), name
    vm.note(f"{len(bad)} bad overlays refused")

    # a file with something behind the blob is none of them
    vm.put(dts.FIRMWARE, good + b"\0" * 100)
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    assert slot.show(vm, bdf, "overlay") == "dtslot/pci-1055-9660-1055-9660.dtbo"
    assert "/harmless" in vm.sh("find /sys/firmware/devicetree/base -type d")
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach; rm {dts.FIRMWARE}; echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
