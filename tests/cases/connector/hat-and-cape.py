# SPDX-License-Identifier: GPL-2.0-or-later
"""Add-ons with the ID of a HAT, a HAT+ and a cape are known by it, and their overlays loaded; memories of capes are
looked for at the addresses that capes have. A memory of the base among these is read by its driver, and stays as it is.

The third atom of a HAT's ID names an overlay, or is one: that is taken if root lists it.

Broken if it fails: a format of IDs that works in userspace only, or an overlay that anybody can write into a memory.
"""

import hashlib

from lib import addon, card, ids, slot

kernels = ("7.3", "6.12")
timeout = 300
# the board's memory is at 0x57, where no HAT has it
HAT = 'format = "raspberrypi,hat"; i2c-address = <0x57>;'
# a memory of the base that has an address of capes
BASE = """pci-ep-bus@0 { flexcom@e0040000 { i2c@600 { eeprom@56 {
	compatible = "atmel,24c02"; reg = <0x56>; read-only;
}; }; }; };"""
IDS = (
    (HAT, ids.hat(ids.atom(1, 0, ids.vendor())), "acme-ltd,heat-light-2", "acme-ltd,heat-light-2"),
    (HAT, ids.hat(ids.atom(1, 0, ids.vendor(product=b"Fan")), ids.atom(2, 1, bytes(30)),
                  ids.atom(3, 2, b"acme-fan"), version=2), "acme-ltd,fan", "acme-fan"),
    # found at one of four addresses; fields are padded as in an erased memory
    ('format = "beagle,cape";', ids.cape(pad=b"\xff"), "bb-temp-01", "bb-temp-01"),
    # boards of one part whose revisions differ: the overlay of the revision, beside that of the part
    ('format = "beagle,cape";', ids.cape(version=b"00A2"), "bb-temp-01", "bb-temp-01-00a2"),
)


def check_carried(vm, bdf):
    """An overlay in the memory itself; after it, slots take only what is listed."""
    blob = addon.addon_overlay(vm, "thermo-led")
    addon.memory(vm, "carried", ids.hat(ids.atom(1, 0, ids.vendor(product=b"Own")), ids.atom(3, 1, blob)))
    addon.memory(vm, "other", ids.hat(ids.atom(1, 0, ids.vendor(product=b"Own")), ids.atom(3, 1, blob + bytes(4))))
    before = addon.replace(vm, bdf, f"connector {{ id {{ {HAT} }}; }};")
    addon.plug(vm, "carried", flash="none")
    addon.wait_state(vm, "failed")
    assert addon.show(vm, "error") == ("load: no overlay: put one into /lib/firmware/dtslot/addon-acme-ltd,own.dtbo and"
                                       " write 1 to 'attach'")
    vm.sync_log()
    assert ("the add-on's memory has an overlay, which is taken only if dtslot.trusted lists it") in vm.test_log()
    digest = hashlib.sha256(blob).hexdigest()
    vm.put("/lib/firmware/dtslot/trusted", f"{digest}  own\n".encode())
    vm.sh("echo dtslot/trusted >/sys/module/dtslot/parameters/trusted")
    vm.sh(f"echo 1 >{addon.CONNECTOR}/attach")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
    assert addon.show(vm, "overlay") == "add-on"
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    addon.plug(vm, "other", flash="none")
    addon.wait_state(vm, "failed")
    assert addon.show(vm, "error").startswith("trust: the overlay's SHA-256 is "), addon.show(vm, "error")
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)


def test(vm):
    bdf = addon.attach(vm, models=())
    for n, (form, content, model, overlay) in enumerate(IDS):
        before = addon.replace(vm, bdf, BASE + f"connector {{ id {{ {form} }}; }};")
        vm.put(f"{addon.FIRMWARE}/addon-{overlay}.dtbo", addon.addon_overlay(vm, "thermo-led"))
        addon.memory(vm, f"id{n}", content)
        addon.plug(vm, f"id{n}", flash="none")
        addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
        assert [addon.show(vm, name) for name in ("model", "overlay")] == [model, f"dtslot/addon-{overlay}.dtbo"]
        vm.qom_set("/machine/peripheral/addon0/sensor", "temperature", 21000 + 1000 * n)
        assert vm.sh("cat /sys/class/hwmon/hwmon0/temp1_input") == f"{21000 + 1000 * n}\n"
        # the driver's probe has read one byte, so that the memory's own address is odd
        assert vm.get(vm.sh("ls /sys/bus/i2c/devices/*-0056/eeprom").strip()) == vm.eeprom("card0")
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)
    assert card.deferred(vm) == []
    # QEMU has written what had changed, if anything, before that was read
    assert (vm.workdir / "card0.eeprom").read_bytes() == vm.eeprom_file("card0")
    check_carried(vm, bdf)
