# SPDX-License-Identifier: GPL-2.0-or-later
"""A function that only "new_id" knows becomes a slot: its overlay is a firmware file, its driver mainline's.

Broken if it fails: a card that is not in the table needs a change of the source, as "new_id" is refused.
"""

from lib import card, function

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
options = {"cards": (), "ports": 0, "disks": ("sata",), "qemu": function.AHCI}
BDF = function.AHCI_AT
CHIPSET = "0000:00:1f.2"    # the machine's own AHCI, of the same ids, without a disk


def test(vm):
    function.load(vm)
    before = card.snapshot(vm)
    vm.sh("echo 8086 2922 >/sys/bus/pci/drivers/dtslot-pci/new_id")
    # without an overlay: failed, with the file's name
    name = function.firmware(vm, BDF)
    function.wait_state(vm, BDF, "failed")
    assert function.show(vm, BDF, "error") == (
        f"load: no overlay: put one into {name} and write 1 to 'attach'"), function.show(vm, BDF, "error")
    function.describe(vm, BDF, function.ahci())
    for bdf in (CHIPSET, BDF):
        vm.sh(f"echo 1 >{function.slot(bdf)}/attach")
    function.wait_state(vm, BDF, "attached")
    assert function.show(vm, BDF, "model") == "pci8086,2922"
    assert function.show(vm, BDF, "overlay") == name.removeprefix("/lib/firmware/")
    function.check_disk(vm, "sata")

    # the id of the known card is in the table already
    status, text = vm.try_sh("printf '1055 9660' | dd of=/sys/bus/pci/drivers/dtslot-pci/new_id 2>&1")
    assert status and "File exists" in text, text

    vm.sh("echo 8086 2922 >/sys/bus/pci/drivers/dtslot-pci/remove_id")
    for bdf in (BDF, CHIPSET):
        function.unbind(vm, bdf)
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
