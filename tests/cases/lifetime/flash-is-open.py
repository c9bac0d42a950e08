# SPDX-License-Identifier: GPL-2.0-or-later
"""A program has a flash or a part of one open: of an add-on, whose users nobody asked to count, and before the module that
counts came.

Broken if it fails: root detaches a flash under a program that writes to it, or cannot detach it when that has ended.
"""

from lib import addon, dts, manual
from lib.holder import Holder

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
PARTS = dts.fragment("""#address-cells = <1>; #size-cells = <0>;
	flash@0 { compatible = "jedec,spi-nor"; reg = <0>; spi-max-frequency = <10000000>;
		partitions { compatible = "fixed-partitions"; #address-cells = <1>; #size-cells = <1>;
			boot@0 { label = "boot"; reg = <0 0x8000>; }; rest@8000 { label = "rest"; reg = <0x8000 0x8000>; }; }; };""",
                     "target = <&spi>;")


def check_add_on(vm):
    """The module comes with the flash."""
    addon.memory(vm, "flash", addon.image(model="flash"))
    addon.plug(vm, "flash")
    addon.wait_attached(vm, "/dev/mtd0")
    holder = Holder(vm, "/dev/mtd0")
    assert manual.reason(vm, f"printf 1 | dd of={addon.CONNECTOR}/detach") == "Device or resource busy"
    assert addon.show(vm, "error") == f"detach: mtd0 is open: {holder.who}"
    assert addon.show(vm, "state") == "attached"
    assert manual.reason(vm, "rmmod dtslot-mtd") == "Module dtslot_mtd is in use"
    holder.let_go()
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert addon.show(vm, "state") == "empty"


def check_partition(vm):
    """The second of two partitions is open; what is named is that one."""
    vm.put(f"{addon.FIRMWARE}/addon-flash.dtbo", dts.compile_overlay(PARTS))
    vm.sh(f"echo 1 >{addon.CONNECTOR}/attach")
    addon.wait_attached(vm, "/dev/mtd0", "/dev/mtd1")
    holder = Holder(vm, "/dev/mtd1")
    assert manual.reason(vm, f"printf 1 | dd of={addon.CONNECTOR}/detach") == "Device or resource busy"
    assert addon.show(vm, "error") == f"detach: mtd1 is open: {holder.who}"
    assert vm.sh("cat /sys/class/mtd/mtd0/name /sys/class/mtd/mtd1/name") == "boot\nrest\n"
    holder.let_go()
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert addon.show(vm, "state") == "empty"


def test(vm):
    addon.attach(vm, models=("flash",))
    check_add_on(vm)
    # opened while the module was away
    vm.sh(f"echo 1 >{addon.CONNECTOR}/attach")
    addon.wait_attached(vm, "/dev/mtd0")
    vm.sh("rmmod dtslot-mtd")
    holder = Holder(vm, "/dev/mtd0")
    vm.sh("modprobe dtslot-mtd")
    assert manual.reason(vm, f"printf 1 | dd of={addon.CONNECTOR}/detach") == "Device or resource busy"
    assert addon.show(vm, "error") == f"detach: mtd0 is open: {holder.who}"
    holder.let_go()
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert addon.show(vm, "state") == "empty"
    check_partition(vm)
    vm.sh("rmmod dtslot-mtd")
