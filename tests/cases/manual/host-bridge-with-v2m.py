# SPDX-License-Identifier: GPL-2.0-or-later
"""As host-bridge-comes-and-goes, on a host whose MSIs go to the v2m of a GICv2: a disk behind the bridge works by MSI, and
the bridge goes and comes again.

Broken if it fails: a hypervisor as Jailhouse on boards that have no ITS, which are most of those that it runs on.
"""

from lib import cache, card, dts, manual

kernels = ("7.3-arm64",)
NODE = "/pcie@10000000"
options = {"cards": (), "ports": 0, "without": (NODE,), "disks": ("disk",), "gic": 2,
           "qemu": ("-device", "virtio-blk-pci,drive=disk,bus=pcie.0,addr=1")}
# the overlay's name for what takes MSIs
EXPORTS = {"gic": "/intc@8000000", "its": "/intc@8000000/v2m@8020000"}


def test(vm):
    vm.sh("modprobe -a virtio_blk dtslot-manual")
    manual.make(vm, "bridge", "/", dts.compile_overlay((cache.REPO / "dts/qemu-virt-pcie.dtso").read_text()))
    manual.write_exports(vm, "bridge", EXPORTS)
    before = card.snapshot(vm)
    for _ in range(3):
        manual.attach(vm, "bridge")
        for name, value in vm.tree.properties(NODE).items():
            assert vm.get(f"/sys/firmware/devicetree/base{NODE}/{name}") == value, name
        vm.until("[ -e /dev/vda ]")
        assert vm.get("/dev/vda") == vm.disk_content("disk")
        line = next(line for line in vm.sh("cat /proc/interrupts").splitlines() if "-req.0" in line)
        vm.note(line)
        assert "MSI" in line and int(line.split()[1]) > 0, line
        manual.detach(vm, "bridge")
        assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
