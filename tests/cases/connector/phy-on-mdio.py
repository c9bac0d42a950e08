# SPDX-License-Identifier: GPL-2.0-or-later
"""Add-ons with devices on the MDIO bus that a connector exports: a PHY that the kernel identifies by itself gets its
driver, another device is there by its node, and both are gone with the add-on, or with the driver of the bus.

Broken if it fails: add-ons with an Ethernet PHY or a switch, as M.2 cards and line cards have.
"""

from lib import addon, card, dts

kernels = ("7.3",)
soak_kernels = ("6.12",)
BOARD = """
connector { exports { mdio = <&bus>; }; };
pci-ep-bus@0 { bus: mdio@e200413c { compatible = "microchip,lan966x-miim"; #address-cells = <1>; #size-cells = <0>;
	reg = <0xe200413c 0x24>, <0xe2010020 0x4>; resets = <&reset 0>; reset-names = "switch"; }; };"""
MDIO = "#address-cells = <1>; #size-cells = <0>;"
# node, and what "error" says of it
ADDONS = {
    "phy": ("ethernet-phy@1 { reg = <1>; };", None),
    "switch": ('switch@2 { compatible = "acme,switch"; reg = <2>; };', None),
    "deaf": ("ethernet-phy@9 { reg = <9>; };",
             "populate: node 'ethernet-phy' below 'mdio': no PHY answers at the address in its reg"),
    "twin": ('switch@2 { compatible = "acme,switch"; reg = <2>; }; ethernet-phy@2 { reg = <2>; };',
             "populate: node 'ethernet-phy' below 'mdio': the address in its reg is that of another device"),
    "far": ("ethernet-phy@20 { reg = <0x20>; };",
            "populate: node 'ethernet-phy' below 'mdio': cannot make its device (error -22): it needs an address of 0 to 31 "
            "as reg"),
}
DEVICES = "/sys/bus/mdio_bus/devices"
DRIVER = "/sys/bus/platform/drivers/mscc-miim"


def come(vm, model):
    addon.plug(vm, model, flash="none")
    addon.wait_state(vm, "failed" if ADDONS[model][1] else "attached")


def go(vm):
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    assert vm.sh(f"ls {DEVICES}") == ""


def check_phy(vm):
    vm.until(f"[ -e {DEVICES}/*:01/driver ]")
    assert vm.sh(f"cat {DEVICES}/*:01/phy_id") == "0x00221670\n"
    assert vm.sh(f"cat {DEVICES}/*:01/of_node/name | tr '\\0' '\\n'") == "ethernet-phy\n"


def test(vm):
    vm.sh("modprobe -a mdio-mscc-miim micrel")
    for model, (nodes, _) in ADDONS.items():
        addon.memory(vm, model, addon.image(model=model))
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo",
               dts.compile_overlay(dts.fragment(MDIO + nodes, target="target = <&mdio>;")))
    addon.attach(vm, models=(), more=BOARD)
    before = card.snapshot(vm)
    for model, (_, message) in ADDONS.items():
        come(vm, model)
        if message:
            assert addon.show(vm, "error") == message, addon.show(vm, "error")
            assert addon.lines(vm) == addon.OFF
        elif model == "phy":
            check_phy(vm)
        else:
            assert vm.sh(f"ls {DEVICES}").strip().endswith(":02")
        go(vm)
        assert not card.differences(before, card.snapshot(vm))

    # the bus loses its driver: the connector goes before it, and both come again
    come(vm, "phy")
    check_phy(vm)
    [name] = vm.sh(f"cd {DRIVER} && ls -d *.mdio").split()
    vm.sh(f"echo {name} >{DRIVER}/unbind")
    assert vm.sh(f"ls {DEVICES}") == "" and vm.try_sh(f"[ -e {addon.CONNECTOR} ]")[0]
    vm.sh(f"echo {name} >{DRIVER}/bind")
    vm.until(f"[ -e {addon.CONNECTOR}/state ]")
    addon.wait_state(vm, "attached")
    check_phy(vm)
    go(vm)
    assert not card.differences(before, card.snapshot(vm))
