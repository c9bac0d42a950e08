# SPDX-License-Identifier: GPL-2.0-or-later
"""A slot has the name of its connector's label, or else of its node; two connectors of one label are refused by name.

Broken if it fails: scripts and udev rules that cannot tell which socket of a board a slot is.
"""

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
timeout = 300
SECOND = """more { compatible = "dtslot,connector"; LABEL #address-cells = <1>; #size-cells = <0>;
	devices { }; id { model = "thermo-led"; }; };"""
LABEL = 'label = "Socket 2";'


def slots(vm):
    return [name for name in vm.sh("ls /sys/class/dtslot").split() if not name.startswith("pci-")]


def test(vm):
    bdf = addon.attach(vm)
    prefix = f"connector:{bdf}:"
    assert slots(vm) == [prefix + "connector"]

    def replace(more):
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
        vm.put(dts.FIRMWARE, addon.overlay(vm, more))
        vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
        vm.until("ls -d /sys/class/dtslot/connector:*")
        vm.sh("sleep 1")

    replace(SECOND.replace("LABEL", ""))
    assert slots(vm) == [prefix + "connector", prefix + "more"]
    replace(SECOND.replace("LABEL", LABEL))
    assert slots(vm) == [prefix + "Socket-2", prefix + "connector"]
    replace(SECOND.replace("LABEL", LABEL) + f"connector {{ {LABEL} }};")
    assert slots(vm) == [prefix + "Socket-2"]
    vm.sync_log()
    assert (f"there is a slot '{prefix}Socket-2' already: give each connector a label of its own" in vm.test_log())
    assert card.deferred(vm) == []
