# SPDX-License-Identifier: GPL-2.0-or-later
"""Every way out of a slot that we know of, in the guest: numbers of nodes of others, in any property; nothing is left.

Broken if it fails: who may write into one slot gets at the hardware of another, or of the host.
"""

import struct

from lib import card, dts, escapes, manual

kernels = ("7.3", "6.12", "7.3-arm64")
options = {"cards": (), "ports": 0}
timeout = 300


def test(vm):
    vm.sh("modprobe dtslot-manual")
    other = dts.fragment("osc: other { compatible = \"fixed-clock\"; #clock-cells = <0>; clock-frequency = <1>; };"
                         " user { clocks = <&osc>; };")
    manual.make(vm, "other", "/", dts.compile_overlay(other))
    manual.attach(vm, "other")
    [phandle] = struct.unpack(">I", vm.get("/sys/firmware/devicetree/base/other/phandle"))
    assert vm.get("/sys/firmware/devicetree/base/user/clocks") == struct.pack(">I", phandle)
    manual.make(vm, "mine", "/")
    before = card.snapshot(vm)
    ways = list(escapes.escapes())
    for prop, value, cell in (("clocks", f"<{phandle}>", 0), ("vendor,whatever", f"<1 2 {phandle}>", 2),
                              ("reg", f"<{phandle}>", 0)):
        ways.append((f"{prop}, another slot's", dts.compile_overlay(dts.fragment(f"x {{ {prop} = {value}; }};")),
                     escapes.BARE.format(prop, cell, phandle)))
    for how, blob, message in ways:
        manual.write_blob(vm, "mine", blob)
        assert vm.try_sh(f"echo 1 >{manual.path('mine')}/attach")[0], f"{how}: attached"
        assert manual.error(vm, "mine") == message, f"{how}: {manual.error(vm, 'mine')}"
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
    vm.note(f"{len(ways)} ways out refused")
    for body in escapes.HARMLESS:
        manual.write_blob(vm, "mine", dts.compile_overlay(dts.fragment(body)))
        manual.attach(vm, "mine")
        manual.detach(vm, "mine")
