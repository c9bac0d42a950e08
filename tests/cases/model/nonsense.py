# SPDX-License-Identifier: GPL-2.0-or-later
"""Properties without sense are refused with a reason; all properties say what they are; a part that has gone stays away.

Broken if it fails: a slip on the command line, or a monitor command, ends QEMU by an assertion, or is taken as it is.
"""

import tempfile

from lib import model

kernels = ()
timeout = 60
CARD = "/machine/peripheral/card0"
TAKEN = "has been taken out: add another one"
DRIVERS = ("lan966x-endpoint", "lan966x-sfp", "lan966x-addon", "fpga-endpoint")
REFUSED = (
    ("lan966x-endpoint", "rp0", {"boot-ms": -2}, "boot-ms: -2 is no time; -1 is that of silicon"),
    ("lan966x-sfp", "card0.sfp2", {"temperature": 128000},
     "temperature: 128000 is not in -128000 to 127999, in 1/1000 degree C"),
    ("lan966x-sfp", "card0.sfp2", {"serial": "1\x7f"}, "serial: character 2 is not printable"),
    ("lan966x-sfp", "card0.sfp2", {"part": "p" * 17},
     f"part '{'p' * 17}' has 17 characters, an SFP module has room for 16"),
    ("fpga-endpoint", "rp0", {"rom": True, "romfile": "{file}"},
     "rom: romfile fills the expansion ROM: leave out one"),
    ("fpga-endpoint", "rp0", {"blob": "/dev/zero"}, "blob: /dev/zero is no regular file"),
    ("fpga-endpoint", "rp0", {"blob": "{file}"}, "blob: {file} has more than 4 MiB"),
)


def undescribed(lab, driver):
    """Its own properties that have no description."""
    parents = {entry["name"] for parent in ("e1000e", "at24c-eeprom")
               for entry in lab.command("device-list-properties", typename=parent)}
    return [entry["name"] for entry in lab.command("device-list-properties", typename=driver)
            if entry["name"] not in parents and "description" not in entry
            and not entry["type"].startswith(("child<", "link<irq>"))]


def test(_):
    with model.Lab() as lab, tempfile.NamedTemporaryFile(prefix="dtslot-file-") as file:
        file.truncate(5 << 20)
        for driver in DRIVERS:
            assert not undescribed(lab, driver), (driver, undescribed(lab, driver))
        lab.unplug()
        for driver, bus, properties, text in REFUSED:
            if bus == "card0.sfp2" and not lab.is_plugged():
                lab.plug()
            elif bus == "rp0" and lab.is_plugged():
                lab.unplug()
            given = {name: value.format(file=file.name) if isinstance(value, str) else value
                     for name, value in properties.items()}
            said = lab.refusal("device_add", driver=driver, bus=bus, id="x", **given)
            assert said == text.format(file=file.name), said
        lab.plug()
        lab.command("device_add", driver="lan966x-addon", id="addon0", bus="card0.connector0")
        for path, what in (("/machine/peripheral/addon0", "the add-on"), (CARD, "the card")):
            lab.command("qom-set", path=path, property="realized", value=False)
            said = lab.refusal("qom-set", path=path, property="realized", value=True)
            assert said == f"{what} {TAKEN}", said
        lab.command("system_reset")
        assert lab.alive() == "running"
