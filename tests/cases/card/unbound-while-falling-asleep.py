# SPDX-License-Identifier: GPL-2.0-or-later
"""The I2C controller loses its driver when its time to suspend has come, but the timer has not fired yet.

Broken if it fails: i2c-at91 is removed while suspended, and disables a clock that is disabled already.
"""

from lib import card, slot
from lib.vm import EEPROM_ADDRESS

kernels = ("7.3", "6.12")


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    for pause in ("2.1", "2.2", "2.3", "2.4"):
        slot.check_complete(vm, bdf)
        # the guest's time: from 2 s after the last transfer on, up to the 2.5 s that the timer may take
        vm.sh(f"i2ctransfer -y {slot.i2c_bus(vm, bdf)} w1@{EEPROM_ADDRESS:#x} 0 r1 && sleep {pause} &&"
              f" echo 1 >{slot.path(bdf)}/detach")
        assert slot.show(vm, bdf, "state") == "empty"
        vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
