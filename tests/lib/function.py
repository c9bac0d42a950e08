# SPDX-License-Identifier: GPL-2.0-or-later
"""PCI functions that QEMU has anyway, as slots: AHCI, xHCI and SDHCI, driven by the platform drivers of these cores."""

import re
from dataclasses import dataclass
from typing import Callable

from . import card, cores, dts

MODULES = ("ahci_platform", "sd_mod", "xhci_plat_hcd", "usb_storage", "dtslot-pci")

# The options of a machine with them: one disk each. MSI of AHCI and xHCI is as QEMU has it, unless a test says more.
# With a disk behind AHCI, Debian's SeaBIOS does not get past its search for disks.
FIRMWARE = ("-bios", "/usr/share/qemu/qboot.rom")
AHCI_AT, XHCI_AT, SDHCI_AT = "0000:00:05.0", "0000:00:06.0", "0000:00:07.0"
AHCI = (*FIRMWARE, "-device", "ich9-ahci,id=ahci,bus=pcie.0,addr=5.0", "-device", "ide-hd,drive=sata,bus=ahci.0")
XHCI = ("-device", "{},id=xhci,bus=pcie.0,addr=6.0", "-device", "usb-storage,drive=stick,bus=xhci.0")
# has INTx and nothing else
SDHCI = ("-device", "sdhci-pci,id=sdhci,bus=pcie.0,addr=7.0", "-device", "sd-card,drive=sd")
COMMAND, MASTER = 4, 4      # offset of the PCI command register; bus master enable
SDHCI_MODULES = ("mmc_block", "cqhci", "sdhci-of-arasan")


def core(name, compatible, bar, size, more="interrupts = <0>;", offset=0):
    """Source of an overlay with one core, at the start of a BAR or elsewhere in it."""
    return dts.fragment(f"""#address-cells = <3>; #size-cells = <2>;
        bus@0 {{
            compatible = "simple-bus";
            #address-cells = <1>;
            #size-cells = <1>;
            ranges = <0 {bar} 0 {offset:#x} {size:#x}>;
            {name}@0 {{ compatible = "{compatible}"; reg = <0 {size:#x}>; {more} }};
        }};""")


def ahci(**changes):
    return core(**{"name": "sata", "compatible": "generic-ahci", "bar": 5, "size": 0x1000, **changes})


def xhci(**changes):
    return core(**{"name": "usb", "compatible": "generic-xhci", "bar": 0, "size": 0x4000, **changes})


def sdhci(**changes):
    source = core(**{"name": "mmc", "compatible": "arasan,sdhci-8.9a", "bar": 0, "size": 0x100, "more":
                     'interrupts = <0>; clocks = <&clock>, <&clock>; clock-names = "clk_xin", "clk_ahb";', **changes})
    return source.replace("bus@0 {", """clock: clock {
            compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <52000000>; clock-output-names = "sd"; };
        bus@0 {""", 1)


@dataclass
class Core:
    """One of these functions, with a disk behind it."""
    bdf: str
    source: Callable
    drive: str      # QEMU's, of the option disks
    qemu: tuple     # arguments of a machine that has it

    def attach(self, vm):
        """Have our driver bind the function; returns the guest's name of the disk."""
        describe(vm, self.bdf, self.source())
        override(vm, self.bdf)
        return self.wait(vm)

    def wait(self, vm):
        """The same of a function that is attached, or about to be."""
        wait_state(vm, self.bdf, "attached")
        place = vm.until(f"for disk in /sys/block/*; do readlink -f $disk; done | grep /{self.bdf}/")
        return place.strip().split("/")[-1]


ALL = (Core(AHCI_AT, ahci, "sata", AHCI[len(FIRMWARE):]),
       Core(XHCI_AT, xhci, "stick", tuple(text.format("qemu-xhci,msi=off,msix=on") for text in XHCI)),
       Core(SDHCI_AT, sdhci, "sd", SDHCI))
DRIVES = tuple(one.drive for one in ALL)
QEMU = tuple(argument for one in ALL for argument in one.qemu)


def device(bdf):
    return f"/sys/bus/pci/devices/{bdf}"


def slot(bdf):
    return f"/sys/class/dtslot/pci-{bdf}"


def show(vm, bdf, attribute):
    return vm.sh(f"cat {slot(bdf)}/{attribute}").strip()


def load(vm):
    """The drivers, then ours; a kernel without the drivers is no failure."""
    missing = [name for name in MODULES[:-1] if vm.try_sh(f"modprobe {name}")[0]]
    if missing:
        vm.skip("the kernel has no " + ", ".join(missing))
    vm.sh("modprobe dtslot-pci")


def load_all(vm):
    """The same, and the driver of SDHCI, which no test kernel has."""
    load(vm)
    cores.load(vm, *SDHCI_MODULES)


def firmware(vm, bdf):
    """Where the overlay of a function is looked for."""
    ids = vm.sh(f"cd {device(bdf)} && cat vendor device subsystem_vendor subsystem_device").split()
    return "/lib/firmware/dtslot/pci-" + "-".join(text.removeprefix("0x") for text in ids) + ".dtbo"


def describe(vm, bdf, source):
    vm.put(firmware(vm, bdf), dts.compile_overlay(source))


def override(vm, bdf):
    vm.sh(f"echo dtslot-pci >{device(bdf)}/driver_override && echo {bdf} >/sys/bus/pci/drivers_probe")


def unbind(vm, bdf):
    vm.sh(f"echo {bdf} >/sys/bus/pci/drivers/dtslot-pci/unbind")


def wait_state(vm, bdf, state):
    vm.until(f"grep -q '^{state}$' {slot(bdf)}/state")


def wait_disk(vm, name="sda"):
    vm.until(f"[ -b /dev/{name} ]")


def check_disk(vm, disk, name="sda"):
    """A disk reads as the host wrote it, and the host reads what the guest writes, byte for byte."""
    wait_disk(vm, name)
    content = vm.disk_content(disk)
    assert vm.get(f"/dev/{name}") == content
    written = bytes((n * 13 + 5) & 0xff for n in range(8192))
    vm.put("/tmp/written", written)
    vm.sh(f"dd if=/tmp/written of=/dev/{name} bs=4096 seek=3 conv=fsync 2>/dev/null")
    assert vm.disk(disk).read_bytes() == content[:12288] + written + content[12288 + 8192:]
    # what was written is read from the disk, not from memory; then it is as before
    vm.put("/tmp/content", content)
    vm.sh(f"dd if=/tmp/content of=/dev/{name} bs=4096 conv=fsync 2>/dev/null; echo 3 >/proc/sys/vm/drop_caches")
    assert vm.disk(disk).read_bytes() == content


def kind(vm, bdf):
    """Kind of a function's vectors: "MSI-X", "MSI", "INTx" or "none", by what /proc/interrupts and sysfs say."""
    lines = [line for line in vm.sh("cat /proc/interrupts").splitlines() if re.search(rf"{re.escape(bdf)}(-\d+)?(,|$)", line)]
    if not lines:
        return "none"
    modes = set(vm.try_sh(f"cat {device(bdf)}/msi_irqs/*")[1].split())
    return {"msi": "MSI", "msix": "MSI-X"}[modes.pop()] if "MSI" in lines[0] else "INTx"


def is_master(vm, bdf):
    """Whether a function may write to memory."""
    return bool(vm.get(f"{device(bdf)}/config")[COMMAND] & MASTER)


def fill_again(vm, one, source):
    """Attach with this overlay, and detached before."""
    describe(vm, one.bdf, source)
    vm.sh(f"echo 1 >{slot(one.bdf)}/attach")
    wait_state(vm, one.bdf, "attached")


def check_kinds(vm):
    """Each core by INTx, as if its function had nothing else, and without an interrupt."""
    for one in ALL:
        vm.sh(f"echo 1 >{slot(one.bdf)}/detach; echo 0 >{device(one.bdf)}/msi_bus")
        fill_again(vm, one, one.source())
        assert kind(vm, one.bdf) == "INTx", one
        check_disk(vm, one.drive, one.wait(vm))
        vm.sh(f"echo 1 >{slot(one.bdf)}/detach; echo 1 >{device(one.bdf)}/msi_bus")
    fill_again(vm, ALL[0], ahci(more=""))
    assert kind(vm, AHCI_AT) == "none"
    assert not is_master(vm, AHCI_AT)
    vm.sh(f"echo 1 >{slot(AHCI_AT)}/detach")
    for one in ALL:
        fill_again(vm, one, one.source())


def check_cycles(vm, by_iommu):
    """All three: contents are right before and after many cycles, by MSI, MSI-X and INTx; nothing is left."""
    for one in ALL:
        group = vm.sh(f"cat {device(one.bdf)}/iommu_group/type 2>/dev/null || echo none").strip()
        assert group.startswith("DMA") == by_iommu, group
        check_disk(vm, one.drive, one.attach(vm))
    assert [kind(vm, one.bdf) for one in ALL] == ["MSI", "MSI-X", "INTx"], vm.sh("cat /proc/interrupts")
    check_kinds(vm)
    for one in ALL:
        one.wait(vm)
    bdfs = " ".join(one.bdf for one in ALL)
    # a disk is there when its driver has found it: what goes before that is another test
    cycle = (f"for bdf in {bdfs}; do echo 1 >/sys/class/dtslot/pci-$bdf/detach || exit;"
             " echo 1 >/sys/class/dtslot/pci-$bdf/attach || exit; done;"
             f" for bdf in {bdfs}; do until ls -l /sys/block | grep -q /$bdf/; do sleep 0.02; done; done")

    # what stays for good from the first time on is no growth
    card.check_growth(vm, lambda count: vm.sh(f"for n in $(seq {count}); do {cycle}; done", 600), vm.cycles)
    for one in ALL:
        check_disk(vm, one.drive, one.wait(vm))
    assert "fault" not in vm.test_log().lower(), vm.test_log()


def snapshot(vm):
    return card.snapshot(vm)
