# SPDX-License-Identifier: GPL-2.0-or-later
"""The interrupt controller's driver is loaded long after all others: nobody has probed without interrupts.

Broken if it fails: GPIO interrupts are silently missing now and then (pinctrl-ocelot takes "wait" for "has none").
"""

from lib import card, slot

kernels = ("7.3", "6.12")
WAITING = ("interrupt-controller", "pinctrl", "i2c", "switch", "flexcom")


def test(vm):
    [bdf] = card.functions(vm)
    card.load_drivers(vm)
    vm.sh("rmmod irq-lan966x-oic; modprobe dtslot-pci")
    vm.sh("sleep 15")   # guest time: over the deferred probe time-out, after which fw_devlink lets go
    found = {slot.short(name): driver for name, driver in card.devices(vm, bdf).items()}
    assert [name for name in WAITING if found.get(name)] == [], found
    assert found["reset-controller"] == "sparx5-switch-reset"

    vm.sh("modprobe irq-lan966x-oic")
    slot.check_complete(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)
    slot.check_i2c(vm, bdf)

    # and the other way round: who goes first takes its consumers along
    vm.sh("cd /sys/bus/platform/drivers/lan966x-oic && echo *.interrupt-controller >unbind")
    found = {slot.short(name): driver for name, driver in card.devices(vm, bdf).items()}
    assert [name for name in WAITING if found.get(name)] == [], found
    assert "lan966x-oic" not in vm.sh("cat /proc/interrupts")
    vm.sh(f"cd /sys/bus/platform/drivers/lan966x-oic && echo $(basename /sys/bus/pci/devices/{bdf}/*/*.interrupt-controller)"
          " >bind")
    slot.check_complete(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)
