# SPDX-License-Identifier: GPL-2.0-or-later
"""From the change of a GPIO line to the handler of its consumer, and a register read through the card."""

import statistics

from lib import bench, dts, figures

from . import attach

kernel = "7.3"
options = {"qemu": ("-global", "lan966x-endpoint.msi=on")}

PLAIN = "dtslot-bench"      # the bench's PCI driver

# A register of its own for the bench's driver: GCB:CHIP_ID of the model.
REGISTERS = dts.fragment("""
    #address-cells = <3>; #size-cells = <2>;
    pci-ep-bus@0 {
        compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
        ranges = <0xe2000000 0 0 0 0x2000000>;
        registers@e2004000 { compatible = "dtslot,bench-registers"; reg = <0xe2004000 4>; };
    };
""")


def samples(vm, name):
    """How long each interrupt took; all of them came."""
    [taken] = bench.read(vm, name)
    assert all(taken), f"{name}: {taken.count(0)} interrupts were lost"
    return taken


def usual(taken):
    """Without those that a timer tick came into: the middle half."""
    taken = sorted(taken)
    return taken[len(taken) // 4:len(taken) * 3 // 4]


def bound(vm, bdf, driver, *names):
    """Samples of each kind with the card bound to a driver."""
    vm.sh(f"{attach.bind(bdf, driver)} && {attach.settled(bdf, ('pinctrl', 'switch'))}")
    result = [usual(samples(vm, name)) for name in names]
    vm.sh(attach.unbind(bdf, driver))
    return result


def measure_registers(vm, bdf, report):
    vm.put(dts.FIRMWARE, dts.compile_overlay(REGISTERS))
    vm.sh(attach.bind(bdf, attach.OURS))
    rows = [vm.sh(f"cat {bench.FILES}/registers").split("\n")[:2] for _ in range(bench.REPEATS)]
    through, plain = ([int(row[n].split()[0]) >> bench.SHIFT for row in rows] for n in (0, 1))
    values = {line.split()[1] for row in rows for line in row}
    assert values == {"0x19662445"}, values
    report.figure("mmio.read", f"{bench.INSTRUCTIONS} per 1000", usual(through), usual(plain))
    vm.sh(f"{attach.unbind(bdf, attach.OURS)}; rm {dts.FIRMWARE}")


def measure(vm, report):
    bdf = attach.load(vm)
    msi, controller = bound(vm, bdf, attach.OURS, "line", "controller")
    vm.sh(f"echo {PLAIN} >/sys/bus/pci/devices/{bdf}/driver_override; {attach.bind(bdf, PLAIN)}")
    plain = {kind: usual(samples(vm, f"plain-{kind}")) for kind in ("intx", "msi")}
    vm.sh(f"{attach.unbind(bdf, PLAIN)}; echo >/sys/bus/pci/devices/{bdf}/driver_override")
    vm.sh(f"echo 0 >/sys/bus/pci/devices/{bdf}/msi_bus")
    intx, = bound(vm, bdf, attach.OURS, "line")
    mainline, = bound(vm, bdf, attach.MAINLINE, "line")

    report.figure("irq.intx", bench.INSTRUCTIONS, intx, mainline)
    report.figure("irq.msi", bench.INSTRUCTIONS, msi, mainline)
    of_soc = statistics.median(controller)
    for kind, taken in (("intx", intx), ("msi", msi)):
        report.figure(f"irq.{kind}.floor", bench.INSTRUCTIONS, taken, [of_soc + n for n in plain[kind]])
    report.note(f"the floor: a plain PCI handler takes {figures.number(statistics.median(plain['intx']))} by INTx,"
                f" {figures.number(statistics.median(plain['msi']))} by MSI; the SoC's controllers (OIC, GPIO)"
                f" {figures.number(of_soc)}")
    measure_registers(vm, bdf, report)
