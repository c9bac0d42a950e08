# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices of an attached slot that do not work are counted, and named with the reason, once all probes are over.

Broken if it fails: a slot is "attached", nothing works, and no file says why.
"""

from lib import card, dts, manual, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
expect_log = [r"probe with driver of_fixed_clk failed with error -5",
              r"probe with driver reg-fixed-voltage failed with error -2",
              # a line for each attach
              r"one: 2 of 2 devices work$", r"one: 0 of 1 devices work, not: whatever$",
              r"one: 0 of 2 devices work, not: oscillator user$", r"one: 0 of 1 devices work, not: user$"]
CLOCK = 'compatible = "fixed-clock"; #clock-cells = <0>;'
USER = 'user { compatible = "regulator-fixed-clock"; regulator-name = "by-clock"; clocks = <&osc>; };'
# overlays, how many of their devices work, and what is said of those that do not
CASES = {
    "works": (f"osc: oscillator {{ {CLOCK} clock-frequency = <1>; }}; {USER}", "2/2", []),
    "no-driver": ('whatever { compatible = "acme,unheard-of"; };', "0/1",
                  ["/whatever whatever: no driver for acme,unheard-of"]),
    "no-property": (f"osc: oscillator {{ {CLOCK} }}; {USER}", "0/2",
                    ["/oscillator oscillator: probe failed with -5", "/user user: waits for oscillator"]),
    "disabled": (f'osc: oscillator {{ status = "disabled"; {CLOCK} clock-frequency = <1>; }}; {USER}', "0/1",
                 ["/user user: waits for /oscillator, which is disabled"]),
}


def show(vm, name, attribute):
    return vm.sh(f"cat /sys/class/dtslot/manual:{name}/{attribute}").splitlines()


def test(vm):
    vm.sh("modprobe -a fixed dtslot-manual")
    manual.make(vm, "one", "/")
    watch = vm.spawn("exec slotwatch /sys/class/dtslot/manual:one")
    watch.wait_for("watching")
    for case, (source, devices, unbound) in CASES.items():
        manual.write_blob(vm, "one", dts.compile_overlay(dts.fragment(source)))
        manual.attach(vm, "one")
        vm.until("[ $(cat /sys/class/dtslot/manual:one/settled) = 1 ]")
        assert show(vm, "one", "devices") == [devices], (case, show(vm, "one", "devices"))
        found = sorted(show(vm, "one", "unbound"))
        assert found == unbound, found
        manual.detach(vm, "one")
        assert show(vm, "one", "devices") == ["0/0"]
        assert show(vm, "one", "settled") == ["0"]
    watch.kill()
    watch.wait()
    told = [line for line in watch.output.splitlines() if line.startswith(("devices", "settled"))]
    vm.note("\n".join(told))
    assert "settled 1" in told and "devices manual:one 0/2" in told, told

    # a bus that looks at its nodes only when its driver comes
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    mdio = vm.sh(f"readlink -f /sys/bus/pci/devices/{bdf}/pci*/*.mdio/of_node").strip()
    mdio = mdio.removeprefix("/sys/firmware/devicetree/base")
    manual.make(vm, "phy", mdio, dts.compile_overlay(dts.fragment("ethernet-phy@5 { reg = <5>; };")))
    manual.attach(vm, "phy")
    assert show(vm, "phy", "devices") == ["0/1"]
    assert show(vm, "phy", "unbound") == [
        f"{mdio}/ethernet-phy@5 -: no device yet: mdio makes them when its driver is bound"]
    assert slot.show(vm, bdf, "unbound") == ""
    manual.detach(vm, "phy")
