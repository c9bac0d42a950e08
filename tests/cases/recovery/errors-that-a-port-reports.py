# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors that a port reports, fatal and not: the card is detached, reset and attached again, and so is its neighbour.

One has INTx, the other one MSI; their frames go by registers, and then by FDMA. One that does not answer costs the
other one nothing; one that has no driver does, by the kernel's rules, and the slot says so.

Broken if it fails: one error makes a card useless until somebody plugs it in again, with all that is below its port.
"""

from lib import card, dts, fdma, ports, slot

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {
    "cards": (),
    "reserve": "256M",
    "qemu": ("-device", "x3130-upstream,id=up,bus=rp1",
             "-device", "xio3130-downstream,id=down0,bus=up,addr=0.0,chassis=8,slot=8",
             "-device", "xio3130-downstream,id=down1,bus=up,addr=1.0,chassis=9,slot=9",
             "-device", "lan966x-endpoint,id=card0,bus=down0",
             "-device", "lan966x-endpoint,id=card1,bus=down1,msi=on"),
}
timeout = 400
# in QEMU's words: data link protocol error, and a completion that timed out
FATAL, OTHER = "DLP", "COMP_TIME"
# the kernel of 6.12 does not tell drivers that it gives up
IN_RECOVERY = "detached: a PCI error is recovered from; if this stays, plug the card in again"
GIVEN_UP = "detached: a PCI error was not recovered from; plug the card in again"
MESSAGE = "attached anew after a {} PCI error; the kernel log says which"


def inject(vm, error, kind, *cards):
    """The port reports an error; the cards are attached anew and say so."""
    vm.sh("dmesg -c >/dev/null")
    vm.hmp(f"pcie_aer_inject_error rp1 {error}")
    # the same error of before is shown until then
    vm.until("dmesg | grep -q 'device recovery successful'", 120)
    for bdf in cards:
        vm.until(f"grep -q '^{MESSAGE.format(kind)}$' {slot.path(bdf)}/error", 120)
        slot.wait_attached(vm, bdf)


def one_is_dead(vm, first, second):
    """The second card does not answer any more when the port reports an error: the first one is attached anew."""
    vm.qom_set("/machine/peripheral/card1", "x-dark", True)
    inject(vm, FATAL, "fatal", first)
    vm.until(f"[ $(cat {slot.path(second)}/state) = failed ]", 120)
    assert slot.show(vm, second, "error") == "prepare: the card does not answer"
    vm.qom_set("/machine/peripheral/card1", "x-dark", False)
    vm.sh(f"echo 1 >{slot.path(second)}/attach")
    slot.wait_attached(vm, second)


def one_has_no_driver(vm, first, second):
    """The kernel does not recover what is below a port then, and says so; so does the first card."""
    slot.unbind(vm, second)
    vm.sh("dmesg -c >/dev/null")
    vm.hmp(f"pcie_aer_inject_error rp1 {FATAL}")
    vm.until("dmesg | grep -q 'device recovery failed'", 120)
    said = IN_RECOVERY if vm.kernel == "6.12" else GIVEN_UP
    vm.until(f"grep -q '^{said}$' {slot.path(first)}/error", 120)
    assert slot.show(vm, first, "state") == "empty"


def ports_up(vm):
    vm.sh(ports.SILENTLY_UP)


def test(vm):
    # if QEMU's ports had DPC, there would be more to test here (docs/design.md)
    capabilities = vm.sh("lspci -vv")
    assert "Advanced Error Reporting" in capabilities and "Downstream Port Containment" not in capabilities
    slot.load(vm)
    first, second = card.functions(vm)
    for bdf in (first, second):
        slot.wait_attached(vm, bdf)
    complete = card.snapshot(vm)
    ports_up(vm)
    inject(vm, FATAL, "fatal", first, second)
    anew = card.snapshot(vm)
    for kind in ("OF nodes", "platform devices", "interrupt descriptors", "network devices"):
        assert len(anew[kind]) == len(complete[kind]), kind

    one_is_dead(vm, first, second)

    # what root has detached stays detached
    vm.sh(f"echo 1 >{slot.path(second)}/detach")
    if vm.has("CONFIG_ARCH_HAS_DMA_OPS"):
        vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-fdma.dtso", vm.build.kernel))
    ports_up(vm)
    inject(vm, OTHER, "non-fatal", first)
    assert slot.show(vm, second, "state") == "empty"
    vm.sh(f"echo 1 >{slot.path(second)}/attach")
    slot.wait_attached(vm, second)
    assert slot.show(vm, second, "error") == ""

    if vm.has("CONFIG_ARCH_HAS_DMA_OPS"):
        assert vm.sh(f"grep -c '{fdma.INTERRUPT}' /proc/interrupts") == "2\n"
        ports_up(vm)
        inject(vm, FATAL, "fatal", first, second)
    one_has_no_driver(vm, first, second)
