# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on of unknown model, without firmware, with a damaged, erased or unreadable ID, without power: a clear error,
power off, and the next add-on works.

Broken if it fails: what a user reads when an add-on does not come up, or a connector that is stuck afterwards.
"""

import struct
import zlib

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
timeout = 300


def image_of(model):
    """An ID that `dtslot id` refuses to make, with a good CRC."""
    body = b"DTSLOTID" + struct.pack("<HH", 1, 96) + model.encode().ljust(80, b"\0")
    return (body + struct.pack("<I", zlib.crc32(body))).ljust(addon.EEPROM_SIZE, b"\xff")


IDS = {
    "damaged": (addon.image(model="thermo-led").replace(b"thermo", b"Thermo"),
                "identify: the ID's CRC is 0xcca5eff2, its bytes give 0xfeb4e1d0: write it again"),
    "erased": (b"\xff" * addon.EEPROM_SIZE,
               "identify: the ID memory begins with ff ff ff ff, not as a dtslot ID does: is it erased, or of another "
               "format?"),
    "path": (image_of("../../etc/passwd"),
             "identify: the ID's model '../../etc/passwd' cannot name a file: it takes a-z 0-9 , . _ - and begins with "
             "a letter or digit"),
}
NO_FIRMWARE = ("load: no overlay: put one into /lib/firmware/dtslot/addon-unheard-of.dtbo and write 1 to 'attach'")
# The same connector, one thing wrong with it in each
NOBODY = dts.fragment("""#address-cells = <1>; #size-cells = <0>;
eeprom@50 { compatible = "atmel,24c32"; reg = <0x50>; };""", target="target = <&i2c>;")
WITHOUT_POWER = "connector { power-good-gpios = <&gpio 41 0>; power-good-timeout-ms = <20>; };"
WITHOUT_SPI = "connector { exports { /delete-property/ spi; }; };"


def refused(vm, drive, message):
    addon.plug(vm, drive)
    addon.wait_state(vm, "failed")
    # after the last try, too
    vm.sh("sleep 60")
    assert addon.show(vm, "state") == "failed"
    assert addon.show(vm, "error") == message, addon.show(vm, "error")
    assert addon.lines(vm) == addon.OFF


def pulled(vm, before):
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    assert addon.show(vm, "error") == ""
    slot.check_nothing_left(vm, before)


def works(vm, before):
    addon.plug(vm, "good")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    assert addon.lines(vm) == addon.ON
    pulled(vm, before)


def test(vm):
    for name, (content, _) in IDS.items():
        addon.memory(vm, name, content)
    addon.memory(vm, "good", addon.image(model="thermo-led"))
    addon.memory(vm, "flash", addon.image(model="flash"))
    addon.memory(vm, "unheard-of", addon.image(model="unheard-of"))
    bdf = addon.attach(vm)
    before = card.snapshot(vm)
    for name, (_, message) in IDS.items():
        refused(vm, name, message)
        pulled(vm, before)
    works(vm, before)

    refused(vm, "unheard-of", NO_FIRMWARE)
    assert vm.test_log().count("nothing attached: load: no overlay") == 6, "tries"
    # when it is not tried again any more, the firmware is looked for
    vm.put("/lib/firmware/dtslot/addon-unheard-of.dtbo", addon.addon_overlay(vm, "thermo-led"))
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    assert addon.show(vm, "model") == "unheard-of"
    pulled(vm, before)

    # it comes while it is tried again; what is wrong is said all the time until then
    vm.sh("rm /lib/firmware/dtslot/addon-unheard-of.dtbo")
    addon.plug(vm, "unheard-of")
    addon.wait_state(vm, "failed")
    watch = vm.spawn(f"cd {addon.CONNECTOR}; until [ -e /tmp/over ]; do read -r error <error || echo empty; done; echo over")
    # it is tried again after 1, 2, and 4 s
    vm.sh("sleep 4")
    assert vm.test_log().count("nothing attached: load: no overlay") == 9, "tries"
    vm.sh("touch /tmp/over")
    watch.wait_for("over")
    assert "empty" not in watch.output, watch.output
    # what root detaches is not tried again
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert addon.show(vm, "error") == ""
    vm.sh("sleep 60")
    assert (addon.show(vm, "state"), addon.show(vm, "error")) == ("empty", "")
    assert vm.try_sh(f"echo 1 >{addon.CONNECTOR}/attach")[0]
    assert addon.show(vm, "error") == NO_FIRMWARE
    pulled(vm, before)
    addon.plug(vm, "unheard-of")
    addon.wait_state(vm, "failed")
    vm.put("/lib/firmware/dtslot/addon-unheard-of.dtbo", addon.addon_overlay(vm, "thermo-led"))
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    pulled(vm, before)

    # so does the driver of an ID memory that an overlay describes
    vm.put("/lib/firmware/dtslot/id.dtbo", dts.compile_tree("connector-id.dtso", vm.build.kernel))
    before = addon.replace(vm, bdf, 'connector { id { firmware-name = "dtslot/id.dtbo"; }; };')
    vm.sh("rmmod at24")
    addon.plug(vm, "good")
    # in one go: it is tried again in a second, and an idle guest's seconds pass at once
    error = vm.until(f"[ $(cat {addon.CONNECTOR}/state) = failed ] && cat {addon.CONNECTOR}/error").strip()
    assert error == "identify: the add-on's ID memory has no driver yet: is its module there (at24, ...)?", error
    # -EAGAIN, which a program knows
    status, said = vm.try_sh(f"printf 1 | dd of={addon.CONNECTOR}/attach 2>&1")
    assert status and "Resource temporarily unavailable" in said, said
    vm.sh("modprobe at24")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    pulled(vm, before)

    vm.put("/lib/firmware/dtslot/nobody.dtbo", dts.compile_overlay(NOBODY))
    before = addon.replace(vm, bdf, 'connector { id { firmware-name = "dtslot/nobody.dtbo"; }; };')
    refused(vm, "good", "identify: the add-on's ID memory at I2C address 0x50 does not answer (error -121)")
    pulled(vm, before)
    before = addon.replace(vm, bdf, WITHOUT_POWER)
    refused(vm, "good", "prepare: the add-on's power is not good after 20 ms: a short circuit, or not plugged in "
                        "fully?")
    pulled(vm, before)
    before = addon.replace(vm, bdf, WITHOUT_SPI)
    refused(vm, "flash", "check: fragment@0 reaches outside the slot: its target is label 'spi'; exported here: i2c")
    pulled(vm, before)
    works(vm, before)
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert vm.try_sh(f"echo 1 >{addon.CONNECTOR}/attach")[0]
    assert addon.show(vm, "error") == "prepare: nothing is plugged in"
