# SPDX-License-Identifier: GPL-2.0-or-later
"""Add-ons are plugged and pulled, and swapped for another model, again and again: nothing is left, nothing grows.

Broken if it fails: a leak in each plug cycle. `make soak` does more of them.
"""

import os

from lib import addon, card, slot

kernels = ("7.3", "6.12")
CYCLES = int(os.environ.get("SOAK", "30"))
timeout = 180 + 4 * CYCLES
STATE = f"read -r state <{addon.CONNECTOR}/state"


def wait(vm, state, model=None, bound=()):
    """As addon.wait_state(), in the guest, without starting programs; and until these I2C or SPI devices have drivers."""
    conditions = [f"[ \"$state\" = {state} ]", *(f"[ -e /sys/bus/{device}/driver ]" for device in bound)]
    if model:
        conditions.append(f"read -r model <{addon.CONNECTOR}/model && [ \"$model\" = {model} ]")
    vm.sh(f"until {STATE}; {' && '.join(conditions)}; do sleep 0.1; done 2>/dev/null")


def test(vm):
    for model in ("thermo-led", "flash"):
        addon.memory(vm, model, addon.image(model=model))
    bdf = addon.attach(vm)
    before = card.snapshot(vm)
    bus = addon.i2c_bus(vm)
    devices = {"thermo-led": [f"i2c/devices/{bus}-0049", f"i2c/devices/{bus}-0020"], "flash": ["spi/devices/spi1.0"]}
    flash = {"thermo-led": "none", "flash": "m25p05"}

    def come(model):
        addon.plug(vm, model, flash=flash[model])
        wait(vm, "attached", model, devices[model])

    def plug_and_pull():
        come("thermo-led")
        addon.unplug(vm)
        wait(vm, "empty")

    def swap():
        """Both within the time that the line has to be quiet: the connector sees one is there all the time."""
        for old, new in (("thermo-led", "flash"), ("flash", "thermo-led")):
            addon.unplug(vm)
            addon.plug(vm, new, flash=flash[new])
            wait(vm, "attached", new, devices[new])

    slot.check_cycles(vm, plug_and_pull, CYCLES)
    slot.check_nothing_left(vm, before)
    come("thermo-led")
    slot.check_cycles(vm, swap, CYCLES)
    addon.unplug(vm)
    wait(vm, "empty")
    slot.check_nothing_left(vm, before)
    slot.check_i2c(vm, bdf)
