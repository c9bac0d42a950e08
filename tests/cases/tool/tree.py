# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot tree` shows node, device, driver and what that made, the devices below each other, and why one has no driver.

Broken if it fails: what a card brought, or did not bring, can be found out only by walking through sysfs.
"""

import json

from lib import tool

kernels = ()

TREE = """\
pci-0000:01:00.0  attached  lan966x
  leds  card:leds  [leds-gpio]  -> i2c-7 cu0:green cu1:green
  pci-ep-bus@0  pci-ep-bus@0  [simple-pm-bus]
    switch@e0000000  f0000000.switch  [lan966x-switch]  -> eth0 ptp0
    syscon@e00c0000  f00c0000.syscon  [none needed]
"""
MISSING = "    i2c@600  f0040600.i2c  no driver: this kernel lacks CONFIG_I2C_AT91; install dtslot-soc-dkms\n"


def test(_):
    with tool.System() as system:
        system.put("/proc/sys/kernel/osrelease", "7.3.4\n")
        system.expect("tree")
        system.expect("tree --json", "[]\n")
        tool.card(system)
        system.device(f"{tool.CARD}/card:leds", f"{tool.NODE}/leds", "gpio-leds", driver="leds-gpio")
        for led in ("cu1:green", "cu0:green"):
            system.made("leds", f"{tool.CARD}/card:leds/leds/{led}")
        system.made("ptp", f"{tool.BUS}/f0000000.switch/ptp/ptp0")
        # an adapter is what its controller made, a client of it is a device
        system.directory(f"{tool.CARD}/card:leds/i2c-7/7-0048")
        for name in ("i2c-7", "i2c-7/7-0048"):
            system.link(f"/sys/bus/i2c/devices/{name.rsplit('/', maxsplit=1)[-1]}", f"{tool.CARD}/card:leds/{name}")
        # not the card's: another host's interface, and a device without a node
        system.made("net", "/sys/devices/virtual/net/lo")
        system.put("/sys/devices/platform/pcspkr/modalias", "platform:pcspkr\n")
        system.link("/sys/bus/platform/devices/pcspkr", "/sys/devices/platform/pcspkr")
        system.expect("tree", TREE)
        system.expect(f"tree {tool.SLOT}", TREE)

        system.device(f"{tool.BUS}/f0040600.i2c", f"{tool.NODE}/pci-ep-bus@0/i2c@600", "microchip,sam9x60-i2c")
        lines = TREE.splitlines(True)
        system.expect("tree", "".join([*lines[:3], MISSING, *lines[3:]]), status=1)
        status, output, _ = system.run("tree", "--json", "00.0")
        [found] = json.loads(output)
        assert status == 1 and (found["slot"], found["state"], found["model"], found["error"]) == (
            tool.SLOT, "attached", "lan966x", ""), found
        assert found["devices"][2] == {
            "node": f"{tool.NODE}/pci-ep-bus@0/i2c@600", "device": "f0040600.i2c", "bus": "platform", "driver": None,
            "ready": False, "why": MISSING.split("  ")[-1].strip(), "made": []}, found
        assert found["devices"][3]["made"] == ["eth0", "ptp0"] and found["devices"][3]["ready"], found

        # a node that nothing made a device of, as the modules say
        system.put(f"{tool.CARD}/dtslot/{tool.SLOT}/unbound", "/a/b/panel@0 -: no device yet\n")
        status, output, _ = system.run("tree", tool.SLOT)
        assert status == 1 and output.endswith("  panel@0  -  no device yet\n"), output
        [found] = json.loads(system.run("tree", "--json", "00.0")[1])
        assert found["devices"][-1] == {"node": "/a/b/panel@0", "device": None, "ready": False, "why": "no device yet"}

        system.slot("connector0", "/sys/devices/platform/c", "failed", error="load: no overlay")
        system.expect("tree connector0", "connector0  failed  load: no overlay\n", status=1)
        system.expect("tree x", error="dtslot: x: no such slot; dtslot list shows them\n", status=1)
        system.expect("tree a b", error="usage: dtslot tree [--json] [SLOT]\n", status=2)
