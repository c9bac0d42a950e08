# SPDX-License-Identifier: GPL-2.0-or-later
"""Something that a step of attach needs of the kernel fails: the error names the step, and all is as before.

Where the kernel's function is entered it returns the failure at once, in a guest that stands still meanwhile.

Broken if it fails: a card that could not be attached leaves nodes, devices, mappings or interrupts behind.
"""

from lib import card, dts, slot
from lib.gdb import Gdb, address

kernels = ("7.3", "6.12")
NO_MEMORY = -12
FUNCTION = "/pci@0,0/pci@4,0/dev@0,0"
# What fails, at which of its calls, what it returns; the error
FAILURES = (
    ("pci_enable_device_mem", 1, -5, "prepare: cannot enable the function (error -5)"),
    ("pci_alloc_irq_vectors", 1, -28,
     "populate: no usable interrupt: 1 asked for, INTx is not routed, MSI does not exist (error -28)"),
    ("irq_domain_instantiate", 1, NO_MEMORY, "populate: no memory for an irq domain"),
    ("request_threaded_irq", 1, -16, "populate: cannot use interrupt 20 (error -16)"),
    ("request_firmware_direct", 1, -27, f"load: cannot read {dts.FIRMWARE} (error -27): is it empty?"),
    ("of_changeset_create_node", 40, 0, "apply: cannot make node '{node}' (error -12)"),
    ("of_platform_device_create", 1, 0, f"populate: the kernel made no device for node {FUNCTION}/pci-ep-bus@0"),
    ("of_platform_device_create", 2, 0,
     f"populate: the kernel made no device for node {FUNCTION}/pci-ep-bus@0/syscon@e00c0000"),
    ("of_platform_device_create", 15, 0, f"populate: the kernel made no device for node {FUNCTION}/leds"),
)
# of those of 6.12 some are for nodes of PCI devices
FORTIETH_NODE = {"7.3": "fc0-a-pins", "6.12": "no-cage-scl-pins"}


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    # the loader is asked for files that are there; this one has what is embedded
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x.dtso", vm.build.kernel))
    before = card.snapshot(vm)
    for function, call, value, message in FAILURES:
        where = address(vm, function)
        attach = vm.spawn(f"sleep 1; echo 1 >{slot.path(bdf)}/attach")
        gdb = Gdb(vm)
        gdb.run_to(where, call)
        gdb.leave(value)
        gdb.close()
        assert attach.wait(), function
        error = slot.show(vm, bdf, "error")
        assert error == message.format(node=FORTIETH_NODE[vm.build.kernel.name]), error
        assert slot.show(vm, bdf, "state") == "failed", function
        assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
