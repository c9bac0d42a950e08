# SPDX-License-Identifier: GPL-2.0-or-later
"""Add-ons of which a bus makes no device are refused as a whole, by the name of the node; those whose devices have no
driver, or one that fails, are attached, and the slot says which and why.

Broken if it fails: an add-on that lacks a device, and no file says so.
"""

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
CELLS = "#address-cells = <1>; #size-cells = <0>; "
SENSOR = 'compatible = "ti,tmp105"; '
FLASH = 'compatible = "jedec,spi-nor"; spi-max-frequency = <1000000>; '


def on(bus, nodes):
    return dts.fragment(CELLS + nodes, f"target = <&{bus}>;")


BUSY = ": does another device have its address, chip select or line?"
# overlay, and the end of the message; the first part has the node's path
REFUSED = {
    "cs-1": (on("spi", f"flash@1 {{ reg = <1>; {FLASH} }};"), "flash@1 (error -22)"),
    "cs-twice": (on("spi", f"flash@0 {{ reg = <0>; {FLASH} }}; other@0 {{ reg = <0>; compatible = \"acme,other\"; }};"),
                 f"flash@0 (error -16){BUSY}"),
    "no-compatible": (on("i2c", "sensor@49 { reg = <0x49>; };"), "sensor@49 (error -22)"),
    "no-reg": (on("i2c", f"sensor {{ {SENSOR} }};"), "sensor (error -22)"),
    "address-twice": (on("i2c", f"a@49 {{ {SENSOR} reg = <0x49>; }}; b@49 {{ {SENSOR} reg = <0x49>; }};"),
                      f"a@49 (error -16){BUSY}"),
    "address-of-base": (on("i2c", f"a@48 {{ {SENSOR} reg = <0x48>; }};"), f"a@48 (error -16){BUSY}"),
}
DEAD = {
    "nobody-there": (on("i2c", f"sensor@4a {{ {SENSOR} reg = <0x4a>; }};"), "0/1", "probe failed with -"),
    "no-driver": (dts.fragment('whatever { compatible = "acme,unheard-of"; };'), "0/1", "no driver for acme,unheard-of"),
    "nothing-needed": (dts.fragment(""), "0/0", ""),
}


def pulled(vm, before):
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)


def test(vm):
    for model in (*REFUSED, *DEAD):
        addon.memory(vm, model, addon.image(model=model))
    bdf = addon.attach(vm, models=())
    base = slot.i2c_bus(vm, bdf)
    vm.sh(f"echo tmp105 0x48 >/sys/bus/i2c/devices/i2c-{base}/new_device")
    before = card.snapshot(vm)
    for model, (source, message) in REFUSED.items():
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo", dts.compile_overlay(source))
        addon.plug(vm, model)
        addon.wait_state(vm, "failed")
        error = addon.show(vm, "error")
        vm.note(f"{model}: {error}")
        assert error.startswith("apply: a bus refused node /") and error.endswith("/" + message), (model, error)
        assert addon.lines(vm) == addon.OFF
        pulled(vm, before)
    for model, (source, devices, why) in DEAD.items():
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo", dts.compile_overlay(source))
        addon.plug(vm, model)
        addon.wait_attached(vm)
        vm.until(f"[ $(cat {addon.CONNECTOR}/settled) = 1 ]")
        vm.note(f"{model}: {addon.show(vm, 'devices')} {addon.show(vm, 'unbound')}")
        assert addon.show(vm, "devices") == devices
        assert why in addon.show(vm, "unbound"), addon.show(vm, "unbound")
        pulled(vm, before)
    slot.check_i2c(vm, bdf)
