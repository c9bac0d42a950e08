# SPDX-License-Identifier: GPL-2.0-or-later
"""A card with MSI uses it, and loses no interrupt: bursts on two sources at once, 200 times.

Broken if it fails: an interrupt that rises while another is served sends no message, and is lost for good.
"""

from lib import card, slot
from lib.vm import EEPROM_ADDRESS

kernels = ("7.3", "6.12")
options = {"qemu": ("-global", "lan966x-endpoint.msi=on")}


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    line = next(line for line in vm.sh("cat /proc/interrupts").splitlines() if bdf in line)
    assert "PCI-MSI" in line, line
    slot.check_i2c(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)

    bus, chip = slot.i2c_bus(vm, bdf), slot.gpiochip(vm, bdf)
    watch = vm.spawn(f"exec gpioline watch {chip} 41 both 400")
    watch.wait_for("watching")
    # I2C transfers, each some interrupts, while the board moves the line
    traffic = vm.spawn(f"while i2ctransfer -y {bus} w1@{EEPROM_ADDRESS:#x} 0 r16 >/tmp/i2c; do :; done")
    for edge in range(1, 401):
        vm.set_pin("card0", 41, bool(edge % 2))
        watch.wait_for(rf"^{edge} (rising|falling)$")
    assert watch.wait() == 0
    assert traffic.status is None, traffic.output
    traffic.kill()
    slot.check_i2c(vm, bdf)
    slot.unbind(vm, bdf)
    assert card.interrupts(vm, bdf) is None
