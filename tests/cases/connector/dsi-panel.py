# SPDX-License-Identifier: GPL-2.0-or-later
"""A panel on the DSI host that a connector exports, as on Bootlin's board with GE's SUNH connector: its driver is bound,
lights it, and is gone with the add-on, or with the host's driver. The host is a stand-in.

Broken if it fails: add-ons with a display.
"""

from lib import card, dts, foreign, manual

kernels = ("7.3-arm64",)
options = {"cards": (), "ports": 0}
BOARD = dts.fragment("""
    dsi: dsi { compatible = "dtslot,stand-in-dsi-host"; #address-cells = <1>; #size-cells = <0>; };
    none: dsi@1 { #address-cells = <1>; #size-cells = <0>; };
    connector { compatible = "dtslot,connector"; label = "display"; #address-cells = <1>; #size-cells = <0>;
        devices { }; exports { dsi = <&dsi>; dsi2 = <&none>; }; id { model = "panel"; }; };""")
PANEL = """#address-cells = <1>; #size-cells = <0>; panel@0 { compatible = "kingdisplay,kd097d04"; reg = <0>; };"""
HOST = "/sys/bus/platform/devices/dsi"
DEVICE = "/sys/bus/mipi-dsi/devices/dsi.0"
TOLD = "attach kd097d04 channel 0 lanes 4\n"


REFUSED = (
    ("reg = <0>", "No such device", "'dsi2': there is no DSI host: is its driver bound?"),
    ("reg = <4>", "Invalid argument", "'dsi': cannot make its device (error -22): it needs a compatible, and a channel of 0"
                                      " to 3 as reg"),
)


def write_panel(vm, panel, host="dsi"):
    vm.put("/lib/firmware/dtslot/addon-panel.dtbo", dts.compile_overlay(dts.fragment(panel, f"target = <&{host}>;")))


def told(vm):
    return vm.sh(f"cat {HOST}/told; echo >{HOST}/told")


def test(vm):
    vm.sh("modprobe -a dtslot-connector dtslot-manual")
    foreign.load_stock(vm, "panel_kingdisplay_kd097d04")
    foreign.load(vm, "dsi-host")
    manual.make(vm, "board", "/", dts.compile_overlay(BOARD))
    manual.attach(vm, "board")
    vm.until("[ -e /sys/class/dtslot/connector:*display ]")
    slot = vm.sh("ls -d /sys/class/dtslot/connector:*display").strip()
    write_panel(vm, PANEL)
    before = card.snapshot(vm)
    for _ in range(2):
        vm.sh(f"echo 1 >{slot}/attach")
        assert vm.sh(f"basename $(readlink {DEVICE}/driver)") == "panel-kingdisplay-kd097d04\n"
        assert vm.sh(f"cat {slot}/devices {slot}/unbound") == "1/1\n"
        assert told(vm) == TOLD
        vm.sh(f"echo 1 >{HOST}/lit")
        lines = told(vm).splitlines()
        # as the last two: leave sleep, display on
        assert len(lines) > 2 and lines[-2:] == ["transfer 05 11", "transfer 05 29"], lines
        vm.sh(f"echo 1 >{slot}/detach")
        lines = told(vm).splitlines()
        assert lines == ["transfer 05 28", "transfer 05 10", "detach kd097d04"], lines
        assert not card.differences(before, card.snapshot(vm))

    # a host that loses its driver: the connector goes before it, and takes the panel away
    driver = "/sys/bus/platform/drivers/stand-in-dsi-host"
    vm.sh(f"echo 1 >{slot}/attach")
    vm.sh(f"echo dsi >{driver}/unbind")
    assert vm.sh("ls /sys/bus/mipi-dsi/devices") == ""
    assert vm.try_sh(f"[ -e {slot} ]")[0]
    vm.sh(f"echo dsi >{driver}/bind")
    vm.until(f"[ -e {slot} ]")
    vm.sh(f"echo 1 >{slot}/attach")
    vm.until(f"[ -e {DEVICE}/driver ]")
    assert told(vm) == TOLD
    vm.sh(f"echo 1 >{slot}/detach")

    for change, reason, message in REFUSED:
        write_panel(vm, PANEL.replace("reg = <0>", change), "dsi2" if reason == "No such device" else "dsi")
        found = manual.reason(vm, f"printf 1 | dd of={slot}/attach"), vm.sh(f"cat {slot}/error")
        assert found == (reason, f"populate: node 'panel' below {message}\n"), found
    assert not card.differences(before, card.snapshot(vm))
    manual.detach(vm, "board")
