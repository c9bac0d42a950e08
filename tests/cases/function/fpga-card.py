# SPDX-License-Identifier: GPL-2.0-or-later
"""A card with an FPGA carries its overlay: not taken unless root says so; then each core works, goes and comes alone.

Broken if it fails: a card brings devices unasked, or an FPGA developer's card does not work by its own overlay.
"""

from lib import card, fpga, function

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
options = {"cards": (), "ports": 1}
NOT_TAKEN = ("load: no overlay in {}, and the card's own is not taken: write 1 to"
             " /sys/module/dtslot_pci/parameters/card_overlays, then to 'attach'")
ROOTS = "root's overlay, in which the card has a serial port only"


def check_permission(vm, fpga0):
    """Nothing of the card without root's word; a file of root's goes before it; with its word and no file, the card's."""
    bdf = fpga0.bdf
    function.wait_state(vm, bdf, "failed")
    name = function.firmware(vm, bdf)
    assert function.show(vm, bdf, "error") == NOT_TAKEN.format(name), function.show(vm, bdf, "error")
    assert card.devices(vm, bdf) == {}
    fpga.allow(vm)
    function.describe(vm, bdf, function.core("serial", "xlnx,xps-uartlite-1.00.a", 0, 0x1000,
                                             "interrupts = <0>; current-speed = <9600>;"))
    vm.sh(f"echo 1 >{function.slot(bdf)}/attach")
    assert function.show(vm, bdf, "overlay") == name.removeprefix("/lib/firmware/")
    assert len(card.devices(vm, bdf)) == 2, ROOTS
    fpga0.check_without_interrupt()
    vm.sh(f"echo 1 >{function.slot(bdf)}/detach; rm {name}; echo 1 >{function.slot(bdf)}/attach")
    assert function.show(vm, bdf, "overlay") == "card"


def check_one_alone(vm, fpga0, peer):
    """The driver of one core goes while the others work, and comes back."""
    driver = "/sys/bus/platform/drivers/xilinx_spi"
    [device] = [name for name, bound in card.devices(vm, fpga0.bdf).items() if bound == "xilinx_spi"]
    vm.sh(f"echo {device} >{driver}/unbind")
    vm.until(f"[ ! -e {fpga.MTD} ]")
    fpga0.check_serial()
    fpga0.check_network(peer)
    vm.sh(f"echo {device} >{driver}/bind")
    fpga0.check_flash()
    vm.sh("rmmod uio_pdrv_genirq && insmod /lib/uio_pdrv_genirq.ko of_id=xlnx,xps-timer-1.00.a")
    fpga0.check_timer()


def test(vm):
    vm.sh("modprobe -a " + " ".join(fpga.MODULES) + " dtslot-pci")
    fpga.load_uio(vm)
    before = card.snapshot(vm)
    fpga0 = fpga.Card(vm)
    fpga0.plug()
    fpga0.bind()
    check_permission(vm, fpga0)
    fpga0.check_devices({**fpga.DRIVERS, "timer": "uio_pdrv_genirq"})
    peer = fpga0.peer()
    fpga0.check_all(peer)
    check_one_alone(vm, fpga0, peer)

    # pulled while it is at work; the users rest, as a guest that never does has no time
    users = [vm.spawn(f"while {command} >/dev/null 2>&1; do sleep 0.1; done") for command in (
        f"head -c 65536 {fpga.MTD}", f"[ -c {fpga.TTY} ] && echo word >{fpga.TTY}", "uiotimer /dev/uio0 2",
        "ping -c 1 -W 1 10.0.0.2")]
    vm.unplug("fpga0")
    for user in users:
        user.wait()
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
