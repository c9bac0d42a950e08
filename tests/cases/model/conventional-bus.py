# SPDX-License-Identifier: GPL-2.0-or-later
"""A conventional PCI bus does not take the card; the message says what it needs.

Broken if it fails: the card comes without its PCI Express capability, which the real one cannot.
"""

from lib import model

kernels = ()
timeout = 60
MACHINE = ("-M", "q35,accel=tcg", "-device", "pcie-pci-bridge,id=old,bus=pcie.0")
TEXT = "'old' is a conventional PCI bus, the card needs a PCI Express one"


def test(_):
    status, there, text = model.cold("amd64", *MACHINE, "-device", "lan966x-endpoint,id=card0,bus=old,addr=1")
    assert status and there is None, there
    assert text.rstrip().endswith(TEXT), text
