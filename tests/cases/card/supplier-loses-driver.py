# SPDX-License-Identifier: GPL-2.0-or-later
"""A driver that others need is unbound by hand from a complete card: its consumers go first, and come back with it.

Broken if it fails: the kernel hangs on an I2C bus that an SFP cage still holds, or calls interrupts of who is gone.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
# Suppliers, and who is without a driver while they are.
CONSUMERS = {
    "i2c": {"i2c", "i2c-mux", "sfp2", "sfp3"},
    "interrupt-controller": {"interrupt-controller", "flexcom", "i2c-mux", "leds", "mdio", "gpio", "pinctrl", "sfp2",
                             "sfp3", "switch"},
}


def unbound(vm, bdf):
    return {slot.short(name) for name, driver in card.devices(vm, bdf).items()
            if not driver and slot.DRIVERS[slot.short(name)]}


def links(vm):
    """Device links between the card's devices."""
    return vm.sh("cd /sys/class/devlink && for link in platform:*.*--platform:*; do [ ! -e $link ] || echo $link; done"
                 ).splitlines()


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    first = links(vm)
    # no link that others imply: the switch needs the interrupt controller, too
    assert [line for line in first if line.endswith(".switch")] == [
        "platform:ee004064.pinctrl--platform:f0000000.switch", "platform:ee00413c.mdio--platform:f0000000.switch",
        "platform:ee02c000.serdes--platform:f0000000.switch"], first
    assert len(first) == 15, first

    for name, gone in CONSUMERS.items():
        for _ in range(2):
            [device] = [device for device in card.devices(vm, bdf) if slot.short(device) == name]
            driver = f"/sys/bus/platform/drivers/{slot.DRIVERS[name]}"
            vm.sh(f"echo {device} >{driver}/unbind")
            found = unbound(vm, bdf)
            assert found == gone, found
            vm.sh(f"echo {device} >{driver}/bind")
            slot.check_complete(vm, bdf)
            slot.check_gpio_interrupt(vm, bdf)
            slot.check_i2c(vm, bdf)
            assert links(vm) == first

    slot.unbind(vm, bdf)
    slot.bind(vm, bdf)
    slot.check_complete(vm, bdf)
    assert links(vm) == first
