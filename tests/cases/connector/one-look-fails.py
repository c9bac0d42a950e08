# SPDX-License-Identifier: GPL-2.0-or-later
"""An ID memory that does not answer once, because it is busy or a contact bounces, does not take its add-on away, and a
memory that answers late is read all the same.

Broken if it fails: add-ons that vanish when something writes to their memory.
"""

from lib import addon, slot
from lib.gdb import Gdb, address

kernels = ("7.3", "6.12")
timeout = 300
BY_ID = "connector { /delete-property/ presence-gpios; poll-interval-ms = <1000>; };"
ENXIO = -6


def fails(gdb, where):
    """The next call of the function there fails, of a guest that is stopped."""
    gdb.run_to(where)
    gdb.leave(ENXIO)
    gdb.close()


def test(vm):
    addon.memory(vm, "thermo-led", addon.image(model="thermo-led"))
    bdf = addon.attach(vm)
    before = addon.replace(vm, bdf, BY_ID)
    read, compare = address(vm, "connector_memory_read"), address(vm, "connector_memory_is")

    # read for the first time, and not at once
    gdb = Gdb(vm)
    addon.plug(vm, "thermo-led", flash="none")
    fails(gdb, read)
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")

    # looked at while it is there: of each look the first read fails, which may be followed by another one at once
    def look():
        for _ in range(3):
            gdb = Gdb(vm)
            gdb.run_to(compare)
            fails(gdb, read)

    assert slot.states(vm, addon.CONNECTOR, look) == []
    assert addon.show(vm, "state") == "attached"

    # gone is gone
    addon.unplug(vm)
    addon.wait_state(vm, "empty")
    assert "nothing attached" not in vm.test_log()
    slot.check_nothing_left(vm, before)
