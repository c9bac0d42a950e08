# SPDX-License-Identifier: GPL-2.0-or-later
"""Add-ons with devices on the MDIO bus that a connector exports: a PHY that the kernel identifies by itself gets its
driver, another device is there by its node, and both are gone with the add-on, or with the driver of the bus. A PHY that
an interface of the base has taken is not detached; if it is pulled, the interface goes down, and can have the next PHY.

Broken if it fails: add-ons with an Ethernet PHY or a switch, as M.2 cards and line cards have, or a PHY whose driver goes
while its interrupt comes.
"""

from lib import addon, card, dts, foreign, manual

kernels = ("7.3",)
soak_kernels = ("6.12", "7.3-debug")
timeout = 300
BOARD = """
connector { exports { mdio = <&bus>; orphan = <&orphan>; lines = <&gpio>; }; };
mac { compatible = "dtslot,stand-in-mac"; mdio-parent-bus = <&bus>;
	orphan: mdio { #address-cells = <1>; #size-cells = <0>; }; };
pci-ep-bus@0 { bus: mdio@e200413c { compatible = "microchip,lan966x-miim"; #address-cells = <1>; #size-cells = <0>;
	reg = <0xe200413c 0x24>, <0xe2010020 0x4>; resets = <&reset 0>; reset-names = "switch"; }; };"""
MDIO = "#address-cells = <1>; #size-cells = <0>;"
INT = 41
# node, and what "error" says of it
ADDONS = {
    "phy": ("ethernet-phy@1 { reg = <1>; IRQ };", None),
    "switch": ('switch@2 { compatible = "acme,switch"; reg = <2>; };', None),
    "deaf": ("ethernet-phy@9 { reg = <9>; };",
             "populate: node 'ethernet-phy' below 'mdio': no PHY answers at the address in its reg"),
    "twin": ('switch@2 { compatible = "acme,switch"; reg = <2>; }; ethernet-phy@2 { reg = <2>; };',
             "populate: node 'ethernet-phy' below 'mdio': the address in its reg is that of another device"),
    "far": ("ethernet-phy@20 { reg = <0x20>; };",
            "populate: node 'ethernet-phy' below 'mdio': cannot make its device (error -22): it needs an address of 0 to 31 "
            "as reg"),
    "orphan": ("ethernet-phy@1 { reg = <1>; };",
               "populate: node 'ethernet-phy' below 'orphan': the MDIO bus belongs to no device, so that nothing keeps it"),
}
DEVICES = "/sys/bus/mdio_bus/devices"
DRIVER = "/sys/bus/platform/drivers/mscc-miim"
INTERFACE = "/sys/class/net/mac0"
DOWN, UP = "0x1002\n", "0x1003\n"


def lacks_interrupts(vm):
    """Lockdep complains of mainline at an interrupt by a line of GPIO, and turns itself off."""
    return vm.kernel == "7.3-debug"


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
    assert [addon.show(vm, name) for name in ("devices", "unbound")] == ["1/1", ""]


def check_other(vm):
    assert vm.sh(f"ls {DEVICES}").strip().endswith(":02")
    assert addon.show(vm, "devices") == "0/1"
    assert addon.show(vm, "unbound").endswith("/mdio@e200413c/switch@2 -: no driver for acme,switch, or it failed")


def take(vm):
    """An interface of the base takes the PHY, and its interrupt with it."""
    come(vm, "phy")
    vm.sh("ip link set mac0 up")
    assert vm.sh(f"cat {INTERFACE}/flags {INTERFACE}/phydev/phy_id") == UP + "0x00221670\n"
    assert card.interrupts(vm, ".mdio-mii:01") == (None if lacks_interrupts(vm) else 0), vm.sh("cat /proc/interrupts")


def check_taken(vm, before):
    take(vm)
    assert manual.reason(vm, f"printf 1 | dd of={addon.CONNECTOR}/detach") == "Device or resource busy"
    assert addon.show(vm, "error") == ("detach: node 'ethernet-phy' below 'mdio' is the PHY of network interface mac0: take "
                                       "that down first")
    go(vm)
    assert vm.sh(f"cat {INTERFACE}/flags /sys/module/micrel/refcnt") == DOWN + "0\n"
    vm.sync_log()
    assert " mac0: goes down: its PHY goes with an add-on\n" in vm.test_log()
    vm.set_pin("card0", INT, False)
    vm.set_pin("card0", INT, True)
    assert not card.differences(before, card.snapshot(vm))
    assert vm.try_sh("ip link set mac0 up")[0]

    take(vm)
    vm.sh("ip link set mac0 down")
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    go(vm)
    assert not card.differences(before, card.snapshot(vm))


def test(vm):
    vm.set_pin("card0", INT, True)
    vm.sh("modprobe -a mdio-mscc-miim micrel")
    foreign.load(vm, "phy-user")
    irq = "" if lacks_interrupts(vm) else f"interrupts-extended = <&lines {INT} 8>;"
    for model, (nodes, _) in ADDONS.items():
        nodes = nodes.replace("IRQ", irq)
        addon.memory(vm, model, addon.image(model=model))
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo",
               dts.compile_overlay(dts.fragment(MDIO + nodes, target=f"target = <&{'orphan' if model == 'orphan' else 'mdio'}>;")))
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
            check_other(vm)
        go(vm)
        assert not card.differences(before, card.snapshot(vm))
    check_taken(vm, before)

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
