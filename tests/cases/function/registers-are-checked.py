# SPDX-License-Identifier: GPL-2.0-or-later
"""Registers that are in no BAR of the function are refused before any device is made: I/O ports, no such BAR, too long.

Broken if it fails: drivers get no address, or one of another device's.
"""

from lib import card, function

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
options = {"cards": (), "ports": 0, "disks": ("sata",), "qemu": function.AHCI}
BDF = function.AHCI_AT
MESSAGE = ("'reg', entry 0, is not within a BAR that has memory (BAR 4: I/O ports, which no overlay can use, BAR 5:"
           " 4.00 KiB); the 'ranges' above it begin with the number of the BAR, then two cells of offset")


def test(vm):
    function.load(vm)
    before = card.snapshot(vm)
    function.override(vm, BDF)
    for wrong in ({"bar": 4}, {"bar": 0}, {"size": 0x2000}, {"more": "interrupts = <0>; reg = <0x800 0x801>;"}):
        if "more" in wrong:     # the last of two properties of one name counts
            source = function.ahci(**wrong).replace("reg = <0 0x1000>;", "")
        else:
            source = function.ahci(**wrong)
        function.describe(vm, BDF, source)
        vm.try_sh(f"echo 1 >{function.slot(BDF)}/attach")
        function.wait_state(vm, BDF, "failed")
        error = function.show(vm, BDF, "error")
        assert error.startswith("populate: /") and error.endswith(f"/bus@0/sata@0: {MESSAGE}"), error
        assert card.devices(vm, BDF) == {}
    # what is no simple-bus makes devices, too, itself or by its driver
    for bus in ("simple-mfd", "arm,amba-bus", "isa", "unknown"):
        function.describe(vm, BDF, function.ahci(size=0x2000).replace("simple-bus", bus))
        vm.try_sh(f"echo 1 >{function.slot(BDF)}/attach")
        function.wait_state(vm, BDF, "failed")
        assert function.show(vm, BDF, "error").endswith(f"/bus@0/sata@0: {MESSAGE}"), (bus, function.show(vm, BDF, "error"))
        assert card.devices(vm, BDF) == {}
    # below these there may be other numbers than addresses
    for bus in ("simple-mfd", "unknown"):
        function.describe(vm, BDF, function.ahci(size=0x2000).replace("simple-bus", bus).replace("ranges =", "unlike ="))
        vm.sh(f"echo 1 >{function.slot(BDF)}/attach && echo 1 >{function.slot(BDF)}/detach")
    function.describe(vm, BDF, function.ahci())
    vm.sh(f"echo 1 >{function.slot(BDF)}/attach")
    function.check_disk(vm, "sata")
    function.unbind(vm, BDF)
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
