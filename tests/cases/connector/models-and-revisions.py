# SPDX-License-Identifier: GPL-2.0-or-later
"""What an add-on says of itself can be read, and its overlay is that of its revision, or else of its model. A model can
be a byte anywhere in the memory, a word, or in an NVMEM cell of the base; where there is no ID, root says it.

Broken if it fails: boards whose revisions differ, and those of makers who have a format of their own.
"""

from lib import addon, dts, slot

kernels = ("7.3", "6.12")
timeout = 300
ROW = "cat model revision serial overlay"
CELL = """pci-ep-bus@0 { flexcom@e0040000 { i2c@600 { eeprom@56 { compatible = "atmel,24c02"; reg = <0x56>; read-only;
	nvmem-layout { compatible = "fixed-layout"; #address-cells = <1>; #size-cells = <1>; cell: id@3 { reg = <3 1>; };
	}; }; }; }; };
connector { id { format = "byte"; model-prefix = "base-"; nvmem-cells = <&cell>; }; };"""


def image(where, content):
    data = bytearray(b"\xff" * addon.EEPROM_SIZE)
    data[where:where + len(content)] = content
    return bytes(data)


def said(vm):
    return vm.sh(f"cd {addon.CONNECTOR} && {ROW}").splitlines()


def test(vm):
    for name, content in (("a1", addon.image(model="thermo-led", revision="A1", serial="4711")),
                          ("a2", addon.image(model="thermo-led", revision="A2", serial="4712")),
                          ("byte", image(0x400, b"\x2a")), ("word", image(16, b"Thermo LED\0")),
                          ("blank", image(0, b""))):
        addon.memory(vm, name, content)
    bdf = addon.attach(vm)
    for name in ("thermo-led-a2", "ge-2a", "my-thermo-led", f"base-{vm.eeprom('card0')[3]:02x}", "by-root"):
        vm.put(f"{addon.FIRMWARE}/addon-{name}.dtbo", addon.addon_overlay(vm, "thermo-led"))

    def plugged(drive, *expected):
        addon.plug(vm, drive, flash="none")
        addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
        assert said(vm) == list(expected), said(vm)
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        assert said(vm) == []

    watch = vm.spawn(f"exec slotwatch {addon.CONNECTOR} all")
    watch.wait_for("watching")
    plugged("a1", "thermo-led", "A1", "4711", "dtslot/addon-thermo-led.dtbo")
    event = (f"uevent change {addon.NAME} attached\nDTSLOT_STATE=attached\nDTSLOT_MODEL=thermo-led\n"
             "DTSLOT_REVISION=A1\nDTSLOT_SERIAL=4711\n")
    watch.wait_for(f"uevent change {addon.NAME} empty")
    assert event in watch.output, watch.output
    watch.kill()
    watch.wait()
    plugged("a2", "thermo-led", "A2", "4712", "dtslot/addon-thermo-led-a2.dtbo")

    addon.replace(vm, bdf, 'connector { id { format = "byte"; offset = <0x400>; model-prefix = "ge-"; }; };')
    plugged("byte", "ge-2a", "dtslot/addon-ge-2a.dtbo")
    before = addon.replace(vm, bdf, 'connector { id { format = "string"; offset = <16>; model-prefix = "my-"; }; };')
    plugged("word", "my-thermo-led", "dtslot/addon-my-thermo-led.dtbo")
    addon.plug(vm, "blank", flash="none")
    addon.wait_state(vm, "failed")
    assert addon.show(vm, "error") == ("identify: the ID begins with ff ff ff ff ff ff ff ff, which is no string: is it "
                                       "erased, or of another format?")
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)
    addon.replace(vm, bdf, CELL)
    model = f"base-{vm.eeprom('card0')[3]:02x}"
    plugged("blank", model, f"dtslot/addon-{model}.dtbo")

    before = addon.replace(vm, bdf, 'connector { id { format = "none"; }; };')
    named = f"{addon.CONNECTOR}/device/model"
    addon.plug(vm, "blank", flash="none")
    addon.wait_state(vm, "failed")
    assert addon.show(vm, "error") == ("identify: add-ons have no ID here: write the name of its model to "
                                       "'device/model'")
    for wrong in ("../../etc/passwd", "a" * 64):
        assert vm.try_sh(f"printf %s {wrong} >{named}")[0], wrong
    vm.sh(f"echo by-root >{named}")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    assert said(vm) == ["by-root", "dtslot/addon-by-root.dtbo"]
    assert vm.sh(f"cat {named}") == "by-root\n"
    status, text = vm.try_sh(f"printf thermo-led | dd of={named} 2>&1")
    assert status and "busy" in text, text
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    assert vm.sh(f"cat {named}") == ""
    slot.check_nothing_left(vm, before)

    # the list of trusted overlays is for these, too
    vm.put("/lib/firmware/dtslot/trusted", b"0" * 64 + b"  nothing\n")
    vm.sh("echo dtslot/trusted >/sys/module/dtslot/parameters/trusted")
    addon.plug(vm, "blank", flash="none")
    addon.wait_state(vm, "failed")
    vm.sh(f"echo by-root >{named}")
    vm.until(f"grep -q trust: {addon.CONNECTOR}/error && [ $(cat {addon.CONNECTOR}/state) = failed ]")
    assert addon.lines(vm) == addon.OFF
