# SPDX-License-Identifier: GPL-2.0-or-later
"""A card with an FPGA on Debian's arm64 kernel: it carries its overlay in a BAR or in its ROM, each core works, it goes at work.

Broken if it fails: the template for a developer's own card works on x86 only.
"""

from lib import card, fpga, function, stock

kernels = ("7.3-arm64",)
options = {"cards": (), "ports": 1, "append": stock.OPTIONS["append"], "memory": 1024}
timeout = 600


def test(vm):
    vm.sh("modprobe dtslot-pci")
    fpga.load(vm)
    fpga.load_uio(vm)
    fpga.allow(vm)
    before = card.snapshot(vm)
    for name, rom in (("fpga0", False), ("fpga1", True)):
        one = fpga.Card(vm, name)
        one.plug(rom=rom)
        one.bind()
        one.check_devices({**fpga.DRIVERS, "timer": "uio_pdrv_genirq"})
        one.check_all(one.peer())
        one.check_without_interrupt()
        vm.sh(f"rm {function.firmware(vm, one.bdf)}")
        user = vm.spawn(f"while head -c 65536 {fpga.MTD} >/dev/null 2>&1; do sleep 0.1; done")
        vm.unplug(name)
        user.wait()
        differences = card.differences(before, card.snapshot(vm))
        assert not differences, differences
