# SPDX-License-Identifier: GPL-2.0-or-later
"""A node that says "arm,primecell" becomes a device of the AMBA bus, and its driver works, goes and comes again.

Broken if it fails: the peripherals of ARM's own, most UARTs and DMA controllers among them, get no driver.
"""

import re

from lib import card, dts, manual

NODE = "/pl031@9010000"

kernels = ("7.3-arm64",)
options = {"cards": (), "ports": 0, "without": (NODE,)}
CLOCK = "/apb-pclk"
DRIVER = "/sys/bus/amba/drivers/rtc-pl031"
DEVICE = "9010000.pl031"
# the node that QEMU makes
SOURCE = dts.fragment("""pl031@9010000 { compatible = "arm,pl031", "arm,primecell"; reg = <0 0x9010000 0 0x1000>;
    interrupts = <0 2 4>; clocks = <&clock>; clock-names = "apb_pclk"; };""")


def alarms(vm):
    """How often the clock's interrupt came."""
    return int(re.search(r"^ *\d+: +(\d+) .*rtc-pl031$", vm.sh("cat /proc/interrupts"), re.M)[1])


def check_clock(vm):
    """The clock tells the time, and rings by its interrupt."""
    [clock] = vm.sh(f"cd {DRIVER}/{DEVICE}/rtc && ls -d rtc*").split()
    assert int(vm.sh(f"cat /sys/class/rtc/{clock}/since_epoch")) > 0
    before = alarms(vm)
    vm.sh(f"echo +2 >/sys/class/rtc/{clock}/wakealarm; sleep 4")
    assert alarms(vm) == before + 1


def test(vm):
    vm.sh("modprobe dtslot-manual")
    manual.make(vm, "clock", "/", dts.compile_overlay(SOURCE), exports={"clock": CLOCK})
    before = None
    for _ in range(3):
        manual.attach(vm, "clock")
        vm.until("[ $(cat /sys/class/dtslot/manual:clock/settled) = 1 ]")
        assert vm.sh("cat /sys/class/dtslot/manual:clock/devices") == "1/1\n"
        assert vm.sh(f"readlink -f {DRIVER}/{DEVICE}/of_node").strip() == f"/sys/firmware/devicetree/base{NODE}"
        check_clock(vm)
        manual.detach(vm, "clock")
        assert DEVICE not in vm.sh("ls /sys/bus/amba/devices").split()
        # the kernel's alarm timer keeps the first clock that comes
        before = before or card.snapshot(vm)
        left = card.differences(before, card.snapshot(vm))
        assert not left, left
