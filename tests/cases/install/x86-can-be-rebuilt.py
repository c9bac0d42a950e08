# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of docs/install.md make a configuration of Debian's kernel for x86 that has all that the card needs.

Broken if it fails: a person builds a kernel for an hour, as the document says, and it lacks a driver.
"""

import re
import shlex
import tempfile
from pathlib import Path

from lib import cache, fetch, kernel_build
from lib.say import output

kernels = ()
SERIES = "7.3"
NEEDED = {"OF": "y", "OF_DYNAMIC": "y", "OF_OVERLAY": "y", "MCHP_LAN966X_PCI": "m", "LAN966X_OIC": "m",
          "PINCTRL_OCELOT": "m", "PINCTRL_MICROCHIP_SGPIO": "m", "MDIO_MSCC_MIIM": "m", "PHY_LAN966X_SERDES": "m",
          "LAN966X_SWITCH": "m", "COMMON_CLK_LAN966X": "m", "MFD_ATMEL_FLEXCOM": "m", "I2C_AT91": "m", "SFP": "m",
          "MICREL_PHY": "m", "I2C_MUX_PINCTRL": "m", "LEDS_GPIO": "m"}


def commands():
    """The lines of the document, from the one that copies the configuration to that which builds."""
    text = (cache.REPO / "docs/install.md").read_text().replace("\\\n", "")
    return re.search(r"    cp /boot/config-.*\n((?:.*\n)*?)    make -j", text)[1].splitlines()


def configure(directory):
    """What the commands make of Debian's configuration: {option: value}."""
    source, _ = fetch.unpack_linux(SERIES)
    build, _ = kernel_build.debian_config(SERIES, "amd64")
    config = Path(directory) / ".config"
    config.write_bytes((build / ".config").read_bytes())
    for line in commands():
        words = shlex.split(line)
        if words[0] == "scripts/config":
            output([source / "scripts/config", "--file", config, *words[1:]])
        else:
            assert words == ["make", "olddefconfig"], line
            output(["make", "-C", source, f"O={directory}", "olddefconfig"])
    return dict(re.findall(r"^CONFIG_(\w+)=(.*)$", config.read_text(), re.M))


def test(_vm):
    assert len(commands()) == 4, commands()
    with tempfile.TemporaryDirectory(prefix="dtslot-config-") as directory:
        options = configure(directory)
    assert {name: options.get(name) for name in NEEDED} == NEEDED, {name: options.get(name) for name in NEEDED}
    assert options["RESET_MCHP_SPARX5"] in ("y", "m")
