# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest whose tree lacks the PCI host bridge is given it, again and again: disks work, by MSI, INTx and I/O ports.

Broken if it fails: whole buses that are announced at run time, as by a hypervisor, do not work or do not go again.
"""

import re

from lib import cache, card, dts, manual
from lib.vm import DISK_SIZE

NODE = "/pcie@10000000"
# name of the disk: address of its function. "old" is a legacy device, with registers in I/O space and no MSI.
DISKS = {"direct": "0000:00:01.0", "old": "0000:00:02.0", "behind": "0000:01:00.0"}
EXPORTS = {"gic": "/intc@8000000", "its": "/intc@8000000/its@8080000"}

kernels = ("7.3-arm64",)
options = {
    "cards": (), "ports": 0, "without": (NODE,), "disks": DISKS,
    "qemu": ("-device", "virtio-blk-pci,drive=direct,bus=pcie.0,addr=1",
             "-device", "virtio-blk-pci,drive=old,bus=pcie.0,addr=2,disable-modern=on,vectors=0",
             "-device", "pcie-root-port,id=rp,bus=pcie.0,addr=3,chassis=1",
             "-device", "virtio-blk-pci,drive=behind,bus=rp"),
}
timeout = 240
FUNCTIONS = {"0000:00:00.0": "0x0008", "0000:00:01.0": "0x1001", "0000:00:02.0": "0x1001", "0000:00:03.0": "0x000c",
             "0000:01:00.0": "0x1042"}
CYCLES = 10
# on the line of the device in slot 2
KEYS = "keys { compatible = \"gpio-keys\"; key { linux,code = <30>; interrupts = <0 5 4>; }; };"


def functions(vm):
    """{address: device id} of what is on PCI buses."""
    return dict(line.split() for line in vm.sh("cd /sys/bus/pci/devices && for d in *; do [ ! -e $d/device ] ||"
                                               " echo $d $(cat $d/device); done").splitlines())


def interrupt(vm, name):
    """(how often it came, what /proc/interrupts calls its controller, number there and kind)"""
    line = next(line for line in vm.sh("cat /proc/interrupts").splitlines() if line.split()[-1] == name)
    count, where = re.match(r" *\d+: +(\d+) +(.*?) +\S+$", line).groups()
    return int(count), re.sub(r" +", " ", where)


def sector(number):
    return f"{number:08x}".encode() * 64


def check_disk(vm, name, number):
    """Read all of it, with what the cycle before this one wrote, and write a sector; both make interrupts."""
    address = DISKS[name]
    device = vm.sh(f"basename /sys/bus/pci/devices/{address}/virtio*").strip()
    block = vm.sh(f"basename /sys/bus/pci/devices/{address}/{device}/block/*").strip()
    line = device if name == "old" else f"{device}-req.0"
    before, where = interrupt(vm, line)
    if name == "old":
        # slot 2, INTA: SPI 5
        assert where == "GICv3 37 Level", where
    else:
        assert where.startswith(f"ITS-PCI-MSIX-{address} 1 Edge"), where
    expected = vm.disk_content(name)
    if number:
        expected = expected[:-512] + sector(number - 1)
    assert vm.get(f"/dev/{block}") == expected
    vm.sh(f"printf {sector(number).decode()} |"
          f" dd of=/dev/{block} bs=512 seek={DISK_SIZE // 512 - 1} conv=fsync 2>/dev/null")
    assert vm.disk(name).read_bytes() == expected[:-512] + sector(number)
    assert interrupt(vm, line)[0] >= before + 2, vm.sh("cat /proc/interrupts")


def check_node(vm):
    """Each property is as in the node that QEMU made, the numbers of the interrupt controllers included."""
    path = f"/sys/firmware/devicetree/base{NODE}"
    properties = vm.tree.properties(NODE)
    assert set(vm.sh(f"ls {path}").split()) == {*properties, "name"}, vm.sh(f"ls {path}")
    for name, value in properties.items():
        assert vm.get(f"{path}/{name}") == value, name


def check_bus(vm, number):
    assert functions(vm) == FUNCTIONS, functions(vm)
    assert re.search(r"^00000000-0000ffff : \S*pcie@10000000$", vm.sh("cat /proc/ioports"), re.M), \
        vm.sh("cat /proc/ioports")
    for name in DISKS:
        check_disk(vm, name, number)


def check_others(vm):
    """The bus works when others' nodes have the memory of its own, and what they have mapped of its lines stays."""
    manual.make(vm, "keys", "/", dts.compile_overlay(dts.fragment(KEYS)))
    manual.attach(vm, "keys")
    vm.sh("echo keys >/sys/bus/platform/drivers/gpio-keys/unbind")
    before = card.snapshot(vm)
    manual.attach(vm, "bridge")
    check_bus(vm, CYCLES)
    manual.detach(vm, "bridge")
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
    manual.detach(vm, "keys")
    vm.sh(f"rmdir {manual.path('keys')}")


def test(vm):
    vm.sh("modprobe -a virtio_blk gpio_keys dtslot-mtd dtslot-manual")
    assert functions(vm) == {} and "pcie" not in vm.sh("ls /sys/firmware/devicetree/base")
    blob = dts.compile_overlay((cache.REPO / "dts/qemu-virt-pcie.dtso").read_text())
    manual.make(vm, "bridge", "/", blob)
    before, ports = card.snapshot(vm), vm.sh("cat /proc/ioports")
    manual.check_refused(vm, "bridge", "resolve: label 'its' (used by msi-map in /fragment@0/__overlay__"
                         "/pcie@10000000) is not exported here; exported: nothing", "Operation not permitted")
    manual.write_exports(vm, "bridge", EXPORTS)
    for number in range(CYCLES):
        manual.attach(vm, "bridge")
        if not number:
            check_node(vm)
            assert vm.sh("readlink /sys/bus/platform/devices/4010000000.pcie/driver").strip().endswith(
                "/pci-host-generic")
        check_bus(vm, number)
        manual.detach(vm, "bridge")
        left = card.differences(before, card.snapshot(vm))
        assert not left, f"cycle {number}: {left}"
        assert vm.sh("cat /proc/ioports") == ports
    check_others(vm)
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
