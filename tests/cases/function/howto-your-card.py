# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/howto/your-card.md, followed literally, drives a function of QEMU's, and leaves nothing.

Broken if it fails: the page is wrong, or a function that is no LAN966x leaves something behind.
"""

import re

from lib import cache, card, dts, function

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
options = {"cards": (), "ports": 0, "disks": ("sata",), "qemu": function.AHCI}
BDF = function.AHCI_AT
PAGE = cache.REPO / "docs/howto/your-card.md"


def commands(text, step):
    """What the page has a person type in a step, in blocks."""
    part = re.search(rf"^\*\*{step}\. (.*?)(?=^\*\*)", text, re.M | re.S)[1]
    part = re.sub(r"^```.*?^```", "", part, flags=re.M | re.S)
    return [re.sub(r"^    ", "", block, flags=re.M) for block in re.findall(r"(?:^    .*\n)+", part, re.M)]


def check_boot(vm, install, alias):
    """The lines for each boot: what udev asks for by the function's alias loads the module, which takes the function."""
    vm.sh("rmmod dtslot-pci")
    vm.put("/etc/modprobe.d/mycard.conf", f"{install}{alias}\n".encode())
    vm.sh(f"modprobe $(cat {function.device(BDF)}/modalias)")


def test(vm):
    page = PAGE.read_text()
    function.load(vm)
    before = card.snapshot(vm)
    # the page's compiler runs here, as the guest has none
    overlay = dts.compile_overlay(re.search(r"^```dts\n(.*?)^```", page, re.M | re.S)[1])
    [put] = commands(page, 3)
    compiler, *rest = put.splitlines()
    assert compiler == "dtc -q -I dts -O dtb -o ahci.dtbo ahci.dtso", compiler
    vm.put("/tmp/page/ahci.dtbo", overlay)
    vm.sh("cd /tmp/page && " + " && ".join(rest))
    override, by_ids, at_boot = commands(page, 4)
    vm.sh(override)
    show, again = commands(page, 5)
    vm.until(f"[ $({show.strip()}) = attached ]")
    function.check_disk(vm, "sata")
    vm.sh(again)
    function.check_disk(vm, "sata")

    # by ids: the machine's own controller has the same, and no disk
    function.unbind(vm, BDF)
    vm.sh(f"echo >{function.device(BDF)}/driver_override")
    vm.sh(by_ids)
    vm.until(f"[ $({show.strip()}) = attached ]")
    function.check_disk(vm, "sata")
    vm.sh("echo 8086 2922 1af4 1100 >/sys/bus/pci/drivers/dtslot-pci/remove_id")
    check_boot(vm, at_boot, re.search(r"^\*\*4\..*?`(alias [^`]*)`", page, re.M | re.S)[1])
    vm.until(f"[ $({show.strip()}) = attached ]")
    function.check_disk(vm, "sata")
    for name in vm.sh("ls -d /sys/bus/pci/drivers/dtslot-pci/0000:*").split():
        function.unbind(vm, name.split("/")[-1])
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
