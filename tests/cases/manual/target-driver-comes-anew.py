# SPDX-License-Identifier: GPL-2.0-or-later
"""The driver of a slot's target is unbound and bound again, and makes the slot's devices anew: they go at detach.

Broken if it fails: devices stay whose nodes are gone, or one is taken away twice.
"""

import re

from lib import card, dts, manual, slot

kernels = ("7.3", "6.12")
DRIVER = f"/sys/bus/platform/drivers/{slot.DRIVERS['flexcom']}"
SUPPLY = dts.compile_overlay(dts.fragment(
    'supply { compatible = "regulator-fixed"; regulator-name = "of-slot"; };'))


def flexcom(inside="", beside=""):
    """One that can do what simple-mfd says: slots make devices below it, and its driver does, too."""
    return dts.compile_overlay(dts.fragment(f"""
    clock: clock-1 {{ compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <1>; }};
    flexcom@e0064000 {{
        compatible = "atmel,sama5d2-flexcom", "simple-mfd";
        reg = <0xe0064000 0x100>;
        clocks = <&clock>;
        atmel,flexcom-mode = <1>;
        {inside}
    }};
    {beside}"""))


FLEXCOM = flexcom()
# The one that the driver makes anew is what a device elsewhere needs.
NEEDED = flexcom('needed: needed { compatible = "regulator-fixed"; regulator-name = "needed"; };',
                 'user { compatible = "regulator-fixed"; regulator-name = "user"; vin-supply = <&needed>; };')
TRACE = "/sys/kernel/tracing"
DESTROY, DETACH = "of_platform_device_destroy", "__of_detach_node"


def counts(vm):
    """How many platform devices, regulators and nodes the slot has."""
    return tuple(vm.sh(command).count("\n") for command in (
        "find /sys/devices -name '*supply' -path '*flexcom*'",
        "grep -lx of-slot /sys/class/regulator/*/name || :",
        "find /sys/firmware/devicetree/base -name supply"))


def flexcom(vm, bdf, offset):
    """The device's name, which has its address on the host's bus."""
    [device] = [device for device in card.devices(vm, bdf) if device.endswith(f"{offset}.flexcom")]
    return device


def unbind(vm, device):
    vm.sh(f"echo {device} >{DRIVER}/unbind")


def bind(vm, device):
    vm.sh(f"echo {device} >{DRIVER}/bind")


def detach(vm, order):
    """Detach: devices and nodes go in this order."""
    vm.sh(f"echo 1 >{TRACE}/tracing_on")
    manual.detach(vm, "supply")
    vm.sh(f"echo 0 >{TRACE}/tracing_on")
    found = re.findall(r": \((\w+)\+", vm.sh(f"cat {TRACE}/trace; echo >{TRACE}/trace"))
    assert found == order, found
    assert counts(vm) == (0, 0, 0), counts(vm)


def check(vm, device, order):
    target = vm.sh(f"readlink -f /sys/bus/platform/devices/{device}/of_node").strip()
    manual.make(vm, "supply", target.removeprefix("/sys/firmware/devicetree/base"), SUPPLY)
    # from the first time on there are links to it
    unbind(vm, device)
    bind(vm, device)
    before = card.snapshot(vm)
    assert counts(vm) == (0, 0, 0), counts(vm)

    for _ in range(2):
        manual.attach(vm, "supply")
        assert counts(vm) == (1, 1, 1), counts(vm)
        unbind(vm, device)
        assert counts(vm) == (0, 0, 1), counts(vm)
        bind(vm, device)
        assert counts(vm) == (1, 1, 1), counts(vm)
        detach(vm, order)

    # detached while nobody drives the target
    manual.attach(vm, "supply")
    unbind(vm, device)
    detach(vm, [DETACH])
    bind(vm, device)
    slot.check_nothing_left(vm, before)
    vm.sh("rmdir /sys/kernel/config/dtslot/supply")


def check_needed(vm, bdf, bus):
    """What needs a device that is made anew is linked to the new one: it goes before that."""
    find = "cd /sys/class/devlink && ls -d *needed--*"
    regulator = "/sys/bus/platform/drivers/reg-fixed-voltage"
    manual.make(vm, "needed", bus, NEEDED)
    manual.attach(vm, "needed")
    [link] = vm.sh(find).split()
    for _ in range(2):
        device = flexcom(vm, bdf, "64000")
        unbind(vm, device)
        assert vm.sh(f"ls {regulator} | grep -E 'needed|user' || :") == ""
        bind(vm, device)
        assert vm.sh(find).split() == [link]
        assert vm.sh(f"ls {regulator} | grep -cE 'needed|user'") == "2\n"
    supplier = link.split("--")[0].removeprefix("platform:")
    vm.sh(f"echo {supplier} >{regulator}/unbind")
    assert vm.sh(f"ls {regulator} | grep -E 'needed|user' || :") == ""
    manual.detach(vm, "needed")


def test(vm):
    vm.sh("modprobe -a fixed dtslot-manual")
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    vm.sh(f"echo 0 >{TRACE}/tracing_on")
    for function in (DESTROY, DETACH):
        vm.sh(f"echo 'p:{function} {function}' >>{TRACE}/kprobe_events")
    vm.sh(f"echo 1 >{TRACE}/events/kprobes/enable")

    [bus] = vm.sh("cd /sys/firmware/devicetree/base && find . -name pci-ep-bus@0").split()
    check_needed(vm, bdf, bus.removeprefix("."))
    manual.make(vm, "flexcom", bus.removeprefix("."), FLEXCOM)
    manual.attach(vm, "flexcom")
    check(vm, flexcom(vm, bdf, "64000"), [DESTROY, DETACH])
    manual.detach(vm, "flexcom")

    # the devices are the driver's own: mainline takes them away when their nodes have gone
    check(vm, flexcom(vm, bdf, "40000"), [DETACH, DESTROY])
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf)
