# SPDX-License-Identifier: GPL-2.0-or-later
"""A presence line that is active high, and one at an expander that has no interrupt, say when an add-on comes and goes.

Broken if it fails: a connector whose presence line is not like that of the card.
"""

from lib import addon, slot

kernels = ("7.3", "6.12")
LINE = 41
EXPANDER = "/machine/peripheral/lines"
options = {"qemu": ("-device", "pca9554,id=lines,bus=card0.i2c0,address=0x21")}
ACTIVE_HIGH = f"connector {{ presence-gpios = <&gpio {LINE} 0>; }};"
WITHOUT_INTERRUPT = """
connector { presence-gpios = <&lines 0 1>; };
pci-ep-bus@0 { flexcom@e0040000 { i2c@600 { lines: gpio@21 {
	compatible = "nxp,pca9554"; reg = <0x21>; gpio-controller; #gpio-cells = <2>;
}; }; }; };
"""


def come_and_go(vm, before, present):
    """The board is there for QEMU all the time; present() moves the line."""
    for _ in range(2):
        vm.sh("sleep 2")
        assert addon.show(vm, "state") == "empty"
        assert addon.lines(vm) == addon.OFF
        present(True)
        addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
        assert addon.lines(vm) == addon.ON
        present(False)
        addon.wait_state(vm, "empty")
        assert addon.show(vm, "error") == ""
        slot.check_nothing_left(vm, before)


def test(vm):
    addon.memory(vm, "thermo-led", addon.image(model="thermo-led"))
    bdf = addon.attach(vm)
    before = addon.replace(vm, bdf, ACTIVE_HIGH)
    addon.plug(vm, "thermo-led")
    come_and_go(vm, before, lambda level: vm.set_pin("card0", LINE, level))

    vm.qom_set(EXPANDER, "pin0", "high")
    before = addon.replace(vm, bdf, WITHOUT_INTERRUPT)
    assert "connector" not in vm.sh("cat /proc/interrupts")
    come_and_go(vm, before, lambda level: vm.qom_set(EXPANDER, "pin0", "low" if level else "high"))
    slot.check_i2c(vm, bdf)
