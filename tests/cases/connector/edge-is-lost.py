# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on is pulled, and plugged, while the pin controller acknowledges another line: it is noticed all the same.

pinctrl-ocelot acknowledges by a read and a write of all lines that wait, so that the edge of the presence line is lost.
Broken if it fails: lines with interrupts are not looked at besides (presence.c), or the driver has been mended.
"""

from lib import addon, card, slot
from lib.gdb import Gdb, address

kernels = ("7.3", "6.12")
OTHER = 41


def lose_edge(vm, change):
    """Have the presence line change between the look at the lines that wait and the acknowledgement of another one."""
    lines = card.interrupts(vm, "connector")
    ack = address(vm, "ocelot_irq_ack")
    gdb = Gdb(vm)
    vm.set_pin("card0", OTHER, True)
    gdb.run_to(ack)
    change()
    gdb.close()
    vm.set_pin("card0", OTHER, False)
    vm.until("sleep 0.5")
    # it is found by a look, which may have come already
    assert card.interrupts(vm, "connector") == lines, "the edge was not lost"


def test(vm):
    addon.memory(vm, "thermo-led", addon.image(model="thermo-led"))
    bdf = addon.attach(vm)
    watch = vm.spawn(f"exec gpioline watch {slot.gpiochip(vm, bdf)} {OTHER} both 100")
    watch.wait_for("watching")
    lose_edge(vm, lambda: addon.plug(vm, "thermo-led"))
    addon.wait_attached(vm)
    lose_edge(vm, lambda: addon.unplug(vm))
    addon.wait_state(vm, "empty")
