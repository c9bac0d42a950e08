# SPDX-License-Identifier: GPL-2.0-or-later
"""The card is there when a machine starts, on x86 and on arm64's virt, which gives sysbus devices addresses of its own.

Broken if it fails: the model's blocks are devices that a machine treats as its own, or its class is wrong.
"""

from lib import model

kernels = ()
timeout = 60
CARD = ("-device", "pcie-root-port,id=rp0,chassis=1,slot=1", "-device", "lan966x-endpoint,id=card0,bus=rp0",
        "-device", "at24c-eeprom,id=eeprom0,bus=card0.i2c0,address=0x56,rom-size=256",
        "-device", "lan966x-sfp,id=sfp2,bus=card0.sfp2", "-device", "lan966x-addon,id=addon0,bus=card0.connector0")
THERE = {"rp0", "card0", "eeprom0", "sfp2", "addon0"}


def test(_):
    for architecture, machine in (("amd64", ("-M", "q35,accel=tcg")),
                                  ("arm64", ("-M", "virt,accel=tcg,gic-version=3", "-cpu", "cortex-a57"))):
        status, there, text = model.cold(architecture, *machine, *CARD)
        assert (status, text) == (0, ""), text
        assert THERE <= there, there
