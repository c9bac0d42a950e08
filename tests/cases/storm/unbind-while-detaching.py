# SPDX-License-Identifier: GPL-2.0-or-later
"""The interrupt controller loses its driver by hand while the slot is being detached, at one moment after the other.

Broken if it fails: a driver goes before its consumers do, and those then free interrupts of a controller that is gone.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
timeout = 240
options = {"smp": 2, "clock": "real", "memory": 1024, "append": "init_on_free=1 slab_debug=FZP"}
TRIES = 3
DRIVER = "/sys/bus/platform/drivers/lan966x-oic"


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    device = vm.sh(f"ls {DRIVER} | grep interrupt-controller").strip()
    for n in range(TRIES):
        slot.wait_attached(vm, bdf)
        # which of both wins is open: the device may be gone
        vm.sh(f"echo 1 >{slot.path(bdf)}/detach & sleep 0.0{n % 5}; echo {device} >{DRIVER}/unbind; wait")
        assert slot.show(vm, bdf, "state") == "empty"
        vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    slot.check_complete(vm, bdf)
    slot.check_gpio_interrupt(vm, bdf)
