# SPDX-License-Identifier: GPL-2.0-or-later
"""Two cards with an FPGA beside two LAN966x: all work at a time, and each goes without the others noticing.

Broken if it fails: cards of two kinds share what each should have alone.
"""

from lib import card, dts, fpga, function, slot

kernels = ("7.3",)
timeout = 240
options = {"cards": ("card0", "card1"), "ports": 4, "memory": 768}
# the test kernels have room for one UART lite
NO_SERIAL = {name: driver for name, driver in fpga.DRIVERS.items() if name != "serial"}


def without_serial():
    source = fpga.SOURCE.read_text()
    begin = source.index("serial@0")
    return dts.compile_overlay(source[:begin] + source[source.index("};", begin) + 2:])


def test(vm):
    slot.load(vm)
    vm.sh("modprobe -a " + " ".join(fpga.MODULES))
    fpga.allow(vm)
    first, second = card.functions(vm)
    slot.check_complete(vm, first)
    slot.check_complete(vm, second, gck="dtslot-lan966x-gck")
    before = card.snapshot(vm)
    cards = [fpga.Card(vm, "fpga0", "rp2"), fpga.Card(vm, "fpga1", "rp3", without_serial())]
    for one in cards:
        one.plug()
        one.bind()
    for one, drivers in zip(cards, (fpga.DRIVERS, NO_SERIAL)):
        one.check_devices(drivers)
    mtds = [f"/dev/{vm.sh(f'ls /sys/bus/pci/devices/{one.bdf}/*/*.spi/spi_master/*/*/mtd').split()[0]}" for one in cards]
    peer = cards[0].peer()
    cards[0].check_serial()
    for one, mtd in zip(cards, mtds):
        one.check_flash(mtd)
    cards[0].check_network(peer)
    slot.check_i2c(vm, first, "card0")

    vm.unplug("fpga1")
    cards[0].check_network(peer)
    cards[0].check_flash(mtds[0])
    slot.check_i2c(vm, first, "card0")
    vm.unplug("fpga0")
    slot.check_nothing_left(vm, before)
