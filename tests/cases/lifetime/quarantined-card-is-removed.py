# SPDX-License-Identifier: GPL-2.0-or-later
"""A card whose nodes do not come off, as another module has a node below: detached, freed, removed, found anew.

Broken if it fails: an interrupt handler, a claim or a pointer of a card that is gone stays behind, and the kernel
crashes at the next interrupt.
"""

from lib import card, foreign, manual, slot

kernels = ("7.3", "6.12")
timeout = 240


def node(vm, bdf):
    """The path of the node of the bus on a card."""
    return vm.sh(f"readlink -f /sys/bus/pci/devices/{bdf}/*ep-bus@0/of_node").strip().split("/base", 1)[1]


def detach(vm, bdf):
    return manual.reason(vm, f"printf 1 | dd of={slot.path(bdf)}/detach")


def check_quarantined(vm, bdf, path):
    assert detach(vm, bdf) == "Device or resource busy"
    assert slot.show(vm, bdf, "state") == "quarantined"
    error = slot.show(vm, bdf, "error")
    assert error == f"node {path}/foreign was put there by somebody else; take it away first", error
    assert card.devices(vm, bdf) == {}
    assert bdf not in vm.sh("cat /proc/interrupts")
    assert manual.reason(vm, f"printf 1 | dd of={slot.path(bdf)}/attach") == "Operation not permitted"


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    path = node(vm, bdf)

    # it comes off once the other node has gone
    foreign.add(vm, path)
    check_quarantined(vm, bdf, path)
    foreign.take_off(vm)
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    assert slot.show(vm, bdf, "state") == "empty"
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)

    # the card goes before that
    foreign.add(vm, path)
    check_quarantined(vm, bdf, path)
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove")
    vm.sync_log()
    assert f"dtslot-pci {bdf}: the nodes stay for good, and module dtslot with them" in vm.log()
    # a node of the function that the kernel made goes with the function
    stays = f"dtslot-pci {bdf}: node {path.rsplit('/', 1)[0]} stays, there are nodes below it" in vm.log()
    assert stays == (not vm.has("CONFIG_PCI_DYNAMIC_OF_NODES"))
    vm.sh("rmmod dtslot-pci")
    assert vm.try_sh("rmmod dtslot")[0], "dtslot was unloaded"
    vm.sh("modprobe dtslot-pci; echo 1 >/sys/bus/pci/rescan")
    slot.wait_attached(vm, bdf)
    slot.check_i2c(vm, bdf)
    foreign.take_off(vm)
