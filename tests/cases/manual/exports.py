# SPDX-License-Identifier: GPL-2.0-or-later
"""A slot's overlay refers to the nodes of the host that root exports by a label, and to no others.

Broken if it fails: a slot at the root of a host's tree cannot use its interrupt controllers, or gets at more.
"""

from lib import card, dts, manual

kernels = ("7.3-arm64",)
options = {"cards": (), "ports": 0}
CLOCK = "/apb-pclk"
USER = dts.fragment("user { clocks = <&clk>; };")
LONG = "/" + 512 * "x"
NOT_EXPORTED = ("resolve: label 'clk' (used by clocks in /fragment@0/__overlay__/user) is not exported here;"
                " exported: {}")

# what is written, "error", what the writer is told
REFUSED = (
    ("clk", "exports: label 'clk' needs the full path of a node behind it, as /soc/i2c@1000", "Invalid argument"),
    ("clk apb-pclk", "exports: label 'clk' needs the full path of a node behind it, as /soc/i2c@1000",
     "Invalid argument"),
    (f"clk {CLOCK}:x", "exports: label 'clk' needs the full path of a node behind it, as /soc/i2c@1000",
     "Invalid argument"),
    (f"0clk {CLOCK}", "exports: '0clk' is no label", "Invalid argument"),
    (f"cl-k {CLOCK}", "exports: 'cl-k' is no label", "Invalid argument"),
    (f"{64 * 'c'} {CLOCK}", f"exports: '{64 * 'c'}' is no label", "Invalid argument"),
    (f"clk {LONG}", "exports: the path of label 'clk' has more than 511 characters", "File name too long"),
    (f"clk {CLOCK}\\nclk /psci", "exports: label 'clk' is there twice", "Invalid argument"),
    ("\\n".join(f"l{n} /psci" for n in range(17)), "exports: more than the 16 that are accepted",
     "Argument list too long"),
)
# exported node, why it is not
NODES = (
    ("/nobody", "prepare: exports: the live tree has no node /nobody", "No such device"),
    ("/psci", "prepare: exports: /psci has no phandle, so nothing can refer to it", "Invalid argument"),
    ("/cpus/cpu@0", "prepare: nothing can be added below /cpus/cpu@0: the host describes itself there",
     "Operation not permitted"),
    ("/other", "prepare: /other cannot be exported: it goes away with slot manual:other, and the target does not",
     "Operation not permitted"),
)


def test(vm):
    vm.sh("modprobe -a dtslot-mtd dtslot-manual")
    manual.make(vm, "other", "/", dts.compile_overlay(
        dts.fragment("o: other { #clock-cells = <0>; bus { compatible = \"simple-bus\"; }; user { clocks = <&o>; }; };")))
    manual.attach(vm, "other")
    manual.make(vm, "mine", "/", dts.compile_overlay(USER))
    before = card.snapshot(vm)
    manual.check_refused(vm, "mine", NOT_EXPORTED.format("nothing"), "Operation not permitted")
    manual.write_exports(vm, "mine", {"pclk": CLOCK})
    manual.check_refused(vm, "mine", NOT_EXPORTED.format("pclk"), "Operation not permitted")
    for text, message, told in REFUSED:
        manual.check_refused(vm, "mine", message, told, "exports", text)
        assert vm.sh(f"cat {manual.path('mine')}/exports") == f"pclk {CLOCK}\n"
    for node, message, told in NODES:
        manual.write_exports(vm, "mine", {"clk": node})
        manual.check_refused(vm, "mine", message, told)
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))

    manual.write_exports(vm, "mine", {"gic": "/intc@8000000", "clk": CLOCK})
    assert vm.sh(f"cat {manual.path('mine')}/exports") == f"gic /intc@8000000\nclk {CLOCK}\n"
    manual.attach(vm, "mine")
    # what is written now is for the next attach
    manual.write_exports(vm, "mine", {})
    phandle = vm.get(f"/sys/firmware/devicetree/base{CLOCK}/phandle")
    assert vm.get("/sys/firmware/devicetree/base/user/clocks") == phandle
    manual.detach(vm, "mine")
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
    manual.check_refused(vm, "mine", NOT_EXPORTED.format("nothing"), "Operation not permitted")

    # a node of a slot may be exported where it cannot go first
    manual.make(vm, "inner", "/other/bus", dts.compile_overlay(USER), {"clk": "/other"})
    manual.attach(vm, "inner")
    manual.detach(vm, "other")
    assert manual.error(vm, "inner") == "detached: the target went away with slot manual:other", manual.error(vm, "inner")
