# SPDX-License-Identifier: GPL-2.0-or-later
"""The interrupt controller loses its driver by hand as soon as a consumer of it appears, while the slot is attached.

Broken if it fails: a device is linked to its supplier while it is being probed, or keeps its driver without it.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
timeout = 240
options = {"smp": 2, "clock": "real", "memory": 1024}
TRIES = 3
DRIVER = "/sys/bus/platform/drivers/lan966x-oic"
CONSUMERS = ("switch", "mdio", "pinctrl")


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    device = vm.sh(f"ls {DRIVER} | grep interrupt-controller").strip()
    for n in range(TRIES):
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
        appears = f"/sys/bus/pci/devices/{bdf}/pci*/*.{CONSUMERS[n % len(CONSUMERS)]}"
        vm.sh(f"echo 1 >{slot.path(bdf)}/attach & until ls -d {appears} >/dev/null 2>&1; do :; done;"
              f" echo {device} >{DRIVER}/unbind; wait; echo {device} >{DRIVER}/bind")
        slot.check_complete(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)
