# SPDX-License-Identifier: GPL-2.0-or-later
"""With a card: list, tree, wait, detach, attach, watch and doctor say what is there, and why when it is not.

Broken if it fails: what the program says of made-up systems is not so on a real one.
"""

import json

from lib import card, slot, tool

kernels = ("7.3",)

LIST = "{0}  attached     lan966x  drivers 21/21  ports 4\n"
TREE = """\
{0}  attached  lan966x
  clock-15625000  pci@0,0:pci@4,0:dev@0,0:clock-15625000  [of_fixed_clk]
  clock-30000000  pci@0,0:pci@4,0:dev@0,0:clock-30000000  [of_fixed_clk]
  clock-600000000  pci@0,0:pci@4,0:dev@0,0:clock-600000000  [of_fixed_clk]
  i2c-mux  pci@0,0:pci@4,0:dev@0,0:i2c-mux  [i2c-mux-pinctrl]
  leds  pci@0,0:pci@4,0:dev@0,0:leds  [leds-gpio]  -> {0}:cu0:green {0}:cu0:red {0}:cu1:green {0}:cu1:red {0}:s0:green {0}:s0:red {0}:s1:green {0}:s1:red
  pci-ep-bus@0  pci@0,0:pci@4,0:dev@0,0:pci-ep-bus@0  [simple-pm-bus]
    clock-controller@e00c00a8  f00c00a8.clock-controller  [lan966x-clk]
    flexcom@e0040000  f0040000.flexcom  [atmel_flexcom]
      i2c@600  f0040600.i2c  [at91_i2c]  -> i2c-0 i2c-1 i2c-2
    gpio@e2004190  ee004190.gpio  [pinctrl-microchip-sgpio]  -> gpiochip1 gpiochip2
    hwmon@e2010180  ee010180.hwmon  [lan966x-hwmon]  -> hwmon0
    interrupt-controller@e00c0120  f00c0120.interrupt-controller  [lan966x-oic]
    mdio@e200413c  ee00413c.mdio  [mscc-miim]  -> ee00413c.mdio-mii
    otp@e0021000  f0021000.otp  [lan9662-otp]  -> lan9662-otp0
    pinctrl@e2004064  ee004064.pinctrl  [pinctrl-ocelot]  -> gpiochip0
    reset-controller@e200400c  ee00400c.reset-controller  [sparx5-switch-reset]
    serdes@e202c000  ee02c000.serdes  [microchip,lan966x-serdes]
    switch@e0000000  f0000000.switch  [lan966x-switch]  -> eth0 eth1 eth2 eth3 ptp0 ptp1 ptp2
    syscon@e00c0000  f00c0000.syscon  [none needed]
  sfp2  pci@0,0:pci@4,0:dev@0,0:sfp2  {1}
  sfp3  pci@0,0:pci@4,0:dev@0,0:sfp3  {1}
"""
NO_SFP = "module sfp is not loaded; modprobe sfp"
DOCTOR = f"""\
FINDING  ports    {{0}}: the 4 ports of f0000000.switch have random addresses, other ones at each attach
                  > modprobe dtslot-pci host_id=NAME, or put mac-address into its node
FINDING  device   {{0}}: pci@0,0:pci@4,0:dev@0,0:sfp2: {NO_SFP.replace("; ", f"{chr(10)}                  > ")}
FINDING  device   {{0}}: pci@0,0:pci@4,0:dev@0,0:sfp3: {NO_SFP.replace("; ", f"{chr(10)}                  > ")}
"""


def test(vm):
    tool.install(vm)
    assert vm.try_sh("dtslot list") == (0, "")
    [bdf] = card.functions(vm)
    name = f"pci-{bdf}"
    slot.load(vm)
    vm.sh(f"dtslot wait {name}")
    assert vm.try_sh("dtslot list") == (0, LIST.format(name))
    assert vm.try_sh("dtslot tree") == (0, TREE.format(name, "[sfp]"))
    assert vm.try_sh(f"dtslot attach {bdf} 2>&1") == (1, f"dtslot: {name}: is attached already; dtslot detach {name} first\n")

    watch = vm.spawn("exec dtslot watch --json")
    watch.wait_for("watching")
    assert vm.try_sh(f"dtslot detach {bdf}; dtslot list") == (0, f"{name}  empty\n")
    vm.sh("modprobe -r sfp")
    vm.sh(f"dtslot attach {bdf}")
    assert vm.try_sh("dtslot tree") == (1, TREE.format(name, NO_SFP))
    assert vm.try_sh("dtslot doctor --quiet") == (1, DOCTOR.format(name))
    assert vm.try_sh(f"dtslot wait -t 1 {name} 2>&1") == (
        1, f"dtslot: {name}: 19 of 21 devices have their driver; dtslot tree {name} says why\n")
    vm.sh(f"modprobe sfp; dtslot wait {name}")
    assert vm.try_sh("dtslot list") == (0, LIST.format(name))
    events = [json.loads(line) for line in watch.output.splitlines() if line.startswith("{")]
    assert {(event["slot"], event["action"]) for event in events} == {(name, "change")}, events
    # more of a slot that stays attached tell of devices
    states = [event["state"] for event in events]
    assert [state for n, state in enumerate(states) if state and state not in states[:n]] == slot.ANEW, states

    slot.unbind(vm, bdf)
    watch.wait_for('"action": "remove", "state": null')
    watch.kill()
    assert vm.try_sh(f"dtslot detach {bdf} 2>&1") == (1, f"dtslot: {bdf}: no such slot; dtslot list shows them\n")
