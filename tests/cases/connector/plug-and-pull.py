# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on is plugged: it gets power, says who it is, its mainline drivers work; pulled, nothing of it is left.

Broken if it fails: the two stages of a connector, I2C or SPI through it, or what a pulled add-on leaves behind.
"""

from lib import addon, card, slot

kernels = ("7.3", "6.12")
FLASH = bytes((n * 11 + (n >> 8)) & 0xff for n in range(64 << 10))
SLOT = f"cd {addon.CONNECTOR}; cat state model overlay error"


def thermo_led(vm):
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input", "/sys/class/leds/green:status")
    assert vm.sh(SLOT) == "attached\nthermo-led\ndtslot/addon-thermo-led.dtbo\n"
    vm.qom_set("/machine/peripheral/addon0/sensor", "temperature", 25500)
    assert vm.sh("cat /sys/class/hwmon/hwmon0/name /sys/class/hwmon/hwmon0/temp1_input") == "tmp105\n25500\n"
    assert vm.qom_get("/machine/peripheral/addon0", "led")
    vm.sh("echo 0 >/sys/class/leds/green:status/brightness")
    assert not vm.qom_get("/machine/peripheral/addon0", "led")


def flash(vm):
    addon.wait_attached(vm, "/dev/mtd0")
    assert vm.sh(SLOT) == "attached\nflash\ndtslot/addon-flash.dtbo\n"
    assert vm.get("/dev/mtd0") == FLASH
    vm.sh("mtd erase /dev/mtd0 32768 32768")
    assert vm.get("/dev/mtd0") == FLASH[:32768] + b"\xff" * 32768


def test(vm):
    path = vm.workdir / "content"
    path.write_bytes(FLASH)
    vm.qmp("blockdev-add", driver="raw", node_name="content", file={"driver": "file", "filename": str(path)})
    for model in ("thermo-led", "flash"):
        addon.memory(vm, model, addon.image(model=model, revision="A", serial="0001"))
    bdf = addon.attach(vm)
    before = card.snapshot(vm)
    bus = addon.i2c_bus(vm)
    assert addon.lines(vm) == addon.OFF
    for model, check, properties in (("thermo-led", thermo_led, {}), ("flash", flash, {"flash_drive": "content"}),
                                     ("thermo-led", thermo_led, {})):
        properties = {name.replace("_", "-"): value for name, value in properties.items()}
        addon.plug(vm, model, **properties)
        check(vm)
        assert addon.lines(vm) == addon.ON
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        assert vm.sh(SLOT) == "empty\n"
        assert addon.lines(vm) == addon.OFF
        status, text = vm.try_sh(f"i2ctransfer -y {bus} r1@0x57 2>&1")
        assert status == 1 and "No such device" in text, text
        slot.check_nothing_left(vm, before)
    slot.check_i2c(vm, bdf)
    slot.unbind(vm, bdf)
    assert vm.sh("find /sys/class/dtslot/ /sys/bus/i2c/devices/ /sys/class/spi_master/ -mindepth 1") == ""
