# SPDX-License-Identifier: GPL-2.0-or-later
"""i2c-parent with an address behind the bus, as PCI switches have it, is taken; a bus that is a bare number is not.

Broken if it fails: mainline's own mezzanine boards are refused, or a number reaches a bus of the host.
"""

from lib import dts, reports

kernels = ()


def test(_):
    reports.check_overlays(
        (dts.fragment('switch { compatible = "pci1179,0623"; i2c-parent = <&i2c 0x77>; };'), "ok"),
        (dts.fragment('switch { compatible = "pci1179,0623"; i2c-parent = <0x77 0x77>; };'),
         "resolve: 'i2c-parent' of node 'switch' reaches outside the slot: cell 0 is the bare phandle 0x77; use a label"),
        # this one's driver takes each cell for a bus
        (dts.fragment('mux { compatible = "i2c-demux-pinctrl"; i2c-parent = <&i2c 0x77>; };'),
         "resolve: 'i2c-parent' of node 'mux' reaches outside the slot: cell 1 is the bare phandle 0x77; use a label"),
    )
