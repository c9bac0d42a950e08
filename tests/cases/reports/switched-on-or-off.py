# SPDX-License-Identifier: GPL-2.0-or-later
"""Overlays whose only purpose is a property of what exists: devices switched on or off, an FPGA that is to be programmed.

Broken if it fails: the author of one learns that it is refused, and not what to do instead.
"""

from lib import dts, reports

kernels = ()
ONLY = "and only nodes may be added: "
CORE = 'core@1000 { compatible = "acme,core"; };'


def fragment(body):
    return dts.fragment(body, "target = <&i2c>;")


def test(_):
    on = (f'check: fragment@0 enables an existing node (status = "okay"), {ONLY}enable it in the base\'s tree, and leave the'
          " property out; or have its bus exported, and add the device to that as a node of its own")
    off = (f"check: fragment@0 disables an existing node (property 'status'), {ONLY}unbind its driver in sysfs, or disable it"
           " in the base's tree")
    reports.check_overlays(
        (fragment('status = "okay";'), on),
        (fragment('status = "ok";'), on),
        (fragment('status = "disabled";'), off),
        (fragment('status = "disable";'), off),
        (fragment("status;"), off),
        (fragment('firmware-name = "design.bit.bin"; ' + CORE), "check: fragment@0 sets property 'firmware-name' of an existing"
         " node, and nothing programs an FPGA by it: load the bitstream before the attach, by the FPGA manager, and leave the"
         " property out"),
        (fragment(CORE), "ok"),
        (fragment('clock-frequency = <400000>;'),
         "check: fragment@0 sets property 'clock-frequency' of an existing node; only nodes may be added"),
    )
