# SPDX-License-Identifier: GPL-2.0-or-later
"""Two functions of one card are two slots: each comes and goes without the other noticing, a bridge is refused.

Broken if it fails: a card with several functions has one slot, or what is done to one function is done to another.
"""

from lib import card, function

kernels = ("7.3", "6.12")
timeout = 240
options = {"cards": (), "ports": 1, "disks": ("sata", "stick"), "qemu": (
    *function.FIRMWARE, "-device", "ich9-ahci,id=ahci,bus=pcie.0,addr=5.0,multifunction=on",
    "-device", "ide-hd,drive=sata,bus=ahci.0", "-device", "qemu-xhci,id=xhci,bus=pcie.0,addr=5.1",
    "-device", "usb-storage,drive=stick,bus=xhci.0")}
AHCI, XHCI, BRIDGE = "0000:00:05.0", "0000:00:05.1", "0000:00:04.0"
ONES = (function.Core(AHCI, function.ahci, "sata", ()), function.Core(XHCI, function.xhci, "stick", ()))


def check_bridge(vm):
    """A bridge is bound by mistake: without an overlay it says so, and its own driver takes it again."""
    vm.sh(f"echo {BRIDGE} >/sys/bus/pci/drivers/pcieport/unbind")
    function.override(vm, BRIDGE)
    function.wait_state(vm, BRIDGE, "failed")
    error = function.show(vm, BRIDGE, "error")
    assert error == f"load: no overlay: put one into {function.firmware(vm, BRIDGE)} and write 1 to 'attach'", error
    function.unbind(vm, BRIDGE)
    vm.sh(f"echo >{function.device(BRIDGE)}/driver_override; echo {BRIDGE} >/sys/bus/pci/drivers_probe")
    assert vm.sh(f"readlink {function.device(BRIDGE)}/driver").strip().endswith("/pcieport")


def test(vm):
    function.load(vm)
    before = card.snapshot(vm)
    check_bridge(vm)
    names = [one.attach(vm) for one in ONES]
    for one, name in zip(ONES, names):
        function.check_disk(vm, one.drive, name)

    # one goes and comes by its driver, by detach, and with its function, while the other is read
    reader = vm.spawn(f"while dd if=/dev/{names[1]} of=/dev/null bs=4096 count=4 2>/dev/null; do"
                      " echo 3 >/proc/sys/vm/drop_caches; sleep 0.1; [ ! -e /tmp/enough ] || exit 0; done; exit 1")
    function.unbind(vm, AHCI)
    function.override(vm, AHCI)
    ONES[0].wait(vm)
    vm.sh(f"echo 1 >{function.slot(AHCI)}/detach; echo 1 >{function.slot(AHCI)}/attach")
    ONES[0].wait(vm)
    vm.sh(f"echo 1 >{function.device(AHCI)}/remove; echo 1 >/sys/bus/pci/rescan")
    vm.until(f"[ -e {function.device(AHCI)} ]")
    assert vm.try_sh(f"[ -e {function.slot(AHCI)} ]")[0]
    function.check_disk(vm, ONES[0].drive, ONES[0].attach(vm))
    vm.sh(">/tmp/enough")
    assert reader.wait() == 0, "the other function was disturbed"
    function.check_disk(vm, ONES[1].drive, names[1])
    for bdf in (XHCI, AHCI):
        function.unbind(vm, bdf)
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
