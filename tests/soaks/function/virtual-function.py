# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual function of SR-IOV is refused by a sentence, and goes with its physical function; the kernel is Debian's.

Broken if it fails: what has no registers of its own is taken for a card that does not answer, or a slot outlives it.
"""

from lib import card, foreign, function

kernels = ("7.3-arm64",)
IGB = "0000:00:09.0"
options = {"cards": (), "ports": 0, "qemu": ("-device", "igb,bus=pcie.0,addr=9.0,romfile=")}
timeout = 300


def test(vm):
    foreign.load_stock(vm, "igb")
    vm.sh("modprobe dtslot-pci")
    before = card.snapshot(vm)
    for _ in range(3):
        vm.sh(f"echo 1 >{function.device(IGB)}/sriov_numvfs")
        bdf = vm.sh(f"readlink {function.device(IGB)}/virtfn0").strip().split("/")[-1]
        function.override(vm, bdf)
        function.wait_state(vm, bdf, "failed")
        error = function.show(vm, bdf, "error")
        assert error == ("prepare: a virtual function (SR-IOV) cannot be a slot: its registers say neither what it is nor where"
                         f" its BARs are; bind {IGB}, its physical function"), error
        vm.sh(f"echo 0 >{function.device(IGB)}/sriov_numvfs")
        vm.until(f"[ ! -e {function.slot(bdf)} ]")
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
