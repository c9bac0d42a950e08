# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on with a driver behind the UART of its socket: from 7.1 on its device is made, before that it is refused by name.
An add-on is pulled while a program has that device open, or the socket's tty where there is one.

Broken if it fails: devices on serial ports of add-ons, an add-on that lacks its device and is silent about it, or an
unplug that waits for programs.
"""

from lib import addon, card, dts, slot
from lib.holder import Holder

kernels = ("7.3", "6.12")
soak_kernels = ("7.3-debug",)
timeout = 300
options = {"cards": ()}     # on 7.3 a USART of a card that goes complains: docs/mainline.md
GNSS = dts.fragment('gnss { compatible = "u-blox,neo-8"; vcc-supply = <&vcc>; };', target="target = <&uart>;")
SUPPLY = """always: regulator-always { compatible = "regulator-fixed"; regulator-name = "always"; };
connector { exports { vcc = <&always>; }; };"""
# before 7.1
NO_SERDEV = ("populate: node 'gnss' below 'uart': this kernel makes no devices of nodes that come later at a serial port, "
             "7.1 and later do; leave it out and let a program use the port")


def pull_while_open(vm, path):
    holder = Holder(vm, path)
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    assert addon.lines(vm) == addon.OFF
    assert addon.show(vm, "error") == ""
    return holder


def test(vm):
    for model in ("gnss", "thermo-click"):
        addon.memory(vm, model, addon.image(model=model))
    vm.plug("card0")
    vm.until("grep -q 0x9660 /sys/bus/pci/devices/*/device")
    vm.sh("modprobe -a gnss-ubx fixed")
    addon.attach(vm, models=("thermo-click",), board="mikrobus", more=SUPPLY)
    vm.put(f"{addon.FIRMWARE}/addon-gnss.dtbo", dts.compile_overlay(GNSS))
    before = card.snapshot(vm)
    for _ in range(2):
        addon.plug(vm, "gnss")
        if vm.kernel == "6.12":
            addon.wait_state(vm, "failed")
            assert addon.show(vm, "error") == NO_SERDEV, addon.show(vm, "error")
        else:
            addon.wait_attached(vm, "/dev/gnss0")
            assert vm.sh("basename $(readlink /sys/class/gnss/gnss0/device/driver)") == "gnss-ubx\n"
            assert vm.sh(f"cat {addon.CONNECTOR}/devices {addon.CONNECTOR}/unbound") == "1/1\n"
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)

    addon.plug(vm, "thermo-click" if vm.kernel == "6.12" else "gnss", flash="none")
    addon.wait_attached(vm)
    holder = pull_while_open(vm, "/dev/ttyAT0" if vm.kernel == "6.12" else "/dev/gnss0")
    addon.plug(vm, "thermo-click", flash="none")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    holder.let_go()
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)
