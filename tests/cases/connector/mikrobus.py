# SPDX-License-Identifier: GPL-2.0-or-later
"""A mikroBUS socket on the card's flexcoms takes a click with I2C, an interrupt and a line, and one with SPI; a click
that wants a PWM is refused by name.

Broken if it fails: lines of a connector that an add-on knows by their number on the connector, or an add-on that lacks
something and is silent about it.
"""

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
timeout = 300
options = {"cards": ()}     # on 7.3 a USART of a card that goes complains: docs/mainline.md
AN, INT, PWM = 40, 41, 42
# lines of the socket are 0 to 2
FAR = dts.fragment('leds { compatible = "gpio-leds"; led { label = "far"; gpios = <&lines 7 0>; }; };')
FLASH = bytes((n * 13 + (n >> 8)) & 0xff for n in range(64 << 10))
REFUSED = {
    "dimmer": (dts.fragment('dimmer { compatible = "pwm-leds"; led { pwms = <&pwm 0 1000000 0>; }; };'),
               "resolve: label 'pwm' (used by pwms in /fragment@0/__overlay__/dimmer/led) is not exported here; "
               "exported: i2c, spi, lines, uart"),
    "driver": (dts.fragment('pwm { compatible = "pwm-gpio"; };', target="target = <&pwm>;"),
               "check: fragment@0 reaches outside the slot: its target is label 'pwm'; exported here: i2c, spi, lines, "
               "uart"),
}


def thermo_click(vm):
    addon.plug(vm, "thermo-click", flash="none")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input", "/sys/class/leds/red:status")
    vm.qom_set("/machine/peripheral/addon0/sensor", "temperature", 23000)
    assert vm.sh("cat /sys/class/hwmon/hwmon0/temp1_input") == "23000\n"
    assert vm.pin("card0", PWM) and not vm.pin("card0", AN)
    vm.sh("echo 0 >/sys/class/leds/red:status/brightness")
    assert not vm.pin("card0", PWM)
    assert str(INT) in vm.sh("cat /sys/kernel/irq/*/hwirq").split()


def flash_click(vm):
    addon.plug(vm, "flash", **{"flash-drive": "content"})
    addon.wait_attached(vm, "/dev/mtd0")
    assert vm.get("/dev/mtd0") == FLASH


def test(vm):
    path = vm.workdir / "content"
    path.write_bytes(FLASH)
    vm.qmp("blockdev-add", driver="raw", node_name="content", file={"driver": "file", "filename": str(path)})
    for model in ("thermo-click", "flash", "far", *REFUSED):
        addon.memory(vm, model, addon.image(model=model))
    vm.plug("card0")
    vm.until("grep -q 0x9660 /sys/bus/pci/devices/*/device")
    bdf = addon.attach(vm, models=("thermo-click", "flash"), board="mikrobus")
    for model, (source, _) in REFUSED.items():
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo", dts.compile_overlay(source))
    vm.put(f"{addon.FIRMWARE}/addon-far.dtbo", dts.compile_overlay(FAR))
    before = card.snapshot(vm)
    for check in (thermo_click, flash_click, thermo_click):
        check(vm)
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)
    addon.plug(vm, "far")
    addon.wait_attached(vm)
    vm.until(f"[ $(cat {addon.CONNECTOR}/settled) = 1 ]")
    unbound = addon.show(vm, "unbound")
    assert unbound.endswith(":connector:devices:leds: probe failed with -2"), unbound
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    for model, (_, message) in REFUSED.items():
        addon.plug(vm, model)
        addon.wait_state(vm, "failed")
        assert addon.show(vm, "error") == message, addon.show(vm, "error")
        assert addon.lines(vm) == addon.OFF
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)
    slot.check_i2c(vm, bdf)
    if vm.kernel == "7.3":
        return
    vm.unplug("card0")
    assert vm.sh("ls /sys/class/dtslot") == ""
