# SPDX-License-Identifier: GPL-2.0-or-later
"""A device that is a part of the card or of an add-on cannot be deleted; add-on and card can. Each part that goes with
them tells so by its path, but of the events DEVICE_DELETED only those of the two have an id.

Broken if it fails: a monitor command leaves QEMU with pointers to devices that are gone.
"""

import time

from lib import model
from lib.fuzz import HANGS

kernels = ()
timeout = 60
PARTS = 40
CARD = "/machine/peripheral/card0"
ADDON = "/machine/peripheral/addon0"
HELD = "'{}' is a part of '{}': delete that"
NO_HOTPLUG = "Bus '{}' does not support hotplugging"


def test(_):
    with model.Lab() as lab:
        lab.command("device_add", driver="lan966x-addon", id="addon0", bus="card0.connector0")
        for path, text in ((f"{CARD}/cages", HELD.format("cages", "card0")),
                           (f"{ADDON}/i2c-gate", HELD.format("i2c-gate", "addon0")),
                           (f"{ADDON}/spi-gate", HELD.format("spi-gate", "addon0")),
                           (f"{ADDON}/eeprom", NO_HOTPLUG.format("addon0.i2c")),
                           (f"{ADDON}/spi-flash", NO_HOTPLUG.format("addon0.spi")),
                           (f"{CARD}/vcap0", "Device '" + f"{CARD}/vcap0' not found"),
                           (f"{CARD}/is2", NO_HOTPLUG.format("card0.soc"))):
            refusal = lab.refusal("device_del", id=path)
            assert refusal == text, (path, refusal)
        lab.command("device_del", id="addon0")
        assert "addon0" not in lab.names("/machine/peripheral")
        lab.unplug()
        # the events follow the answer that the card is not there
        deadline = time.monotonic() + HANGS
        while (lab.deleted.count(None) < PARTS or "card0" not in lab.deleted) and time.monotonic() < deadline:
            lab.alive()
        assert sorted(filter(None, lab.deleted)) == ["addon0", "card0"], lab.deleted
        assert lab.deleted.count(None) >= PARTS, lab.deleted
        lab.plug()
        assert lab.alive() == "running"
