# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot list` has a line for each slot, and the same in JSON; its status tells whether all is well.

Broken if it fails: a user, or a script, does not see what is plugged in or what is missing.
"""

import json
import subprocess

from lib import tool

kernels = ()

CONNECTOR = f"{tool.BUS}/connector"
NONE = "dtslot: 00.0: no slots, the modules are not loaded; modprobe dtslot-pci\n"


def test(_):
    with tool.System() as system:
        system.expect("list")
        system.expect("list --json", "[]\n")
        system.expect("attach 00.0", error=NONE, status=1)
        tool.card(system)
        line = "pci-0000:01:00.0  attached     lan966x  drivers 3/3  ports 1\n"
        system.expect("list", line)

        # an add-on's devices are its slot's, not the card's
        system.device(CONNECTOR, f"{tool.NODE}/connector", "dtslot,connector", driver="dtslot-connector")
        system.slot("connector0", CONNECTOR, "attached", model="thermo")
        system.device("/sys/devices/i2c-9/9-0048", f"{tool.NODE}/connector/i2c@0/sensor@48", "ti,tmp105", bus="i2c")
        both = "connector0        attached     thermo  drivers 0/1\n" + line.replace("3/3", "4/4")
        system.expect("list", both, status=1)

        system.slot("manual-x", "/sys/devices/platform/dtslot-x", "failed", error="load: no overlay\x1b[31m\xff")
        status, output, _ = system.run("list")
        first, second = both.splitlines(True)
        assert (status, output) == (1, f"{first}manual-x          failed       load: no overlay?[31m??\n{second}"), output
        status, output, _ = system.run("list", "--json")
        slots = json.loads(output)
        assert status == 1 and [slot["slot"] for slot in slots] == ["connector0", "manual-x", tool.SLOT], slots
        assert slots[2] == {"slot": tool.SLOT, "state": "attached", "model": "lan966x", "overlay": "embedded",
                            "error": "", "devices": 4, "ready": 4, "ports": 1}, slots[2]

        system.expect("list x", error="usage: dtslot list [--json]\n", status=2)
        system.expect("list --long", error="usage: dtslot list [--json]\n", status=2)
        system.expect("lst", error="dtslot: lst: no such command; dtslot help lists them\n", status=2)
        status, output, error = system.run("help")
        assert (status, error) == (0, "") and "show the slots, a line for each" in output, output
        assert system.run()[0] == 2
        with open("/dev/full", "w") as full:
            done = subprocess.run([tool.build(), "--root", system.root, "list"], stdout=full, stderr=subprocess.PIPE,
                                  check=False)
        assert (done.returncode, done.stderr.decode()) == (
            1, "dtslot: standard output: cannot be written; make room for it\n"), done
