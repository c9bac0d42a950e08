# SPDX-License-Identifier: GPL-2.0-or-later
"""A label on __overlay__, by which an overlay refers to its own target: refused, and the message says what to write.

Broken if it fails: the target gets a phandle of the overlay's, or the author learns nothing but an error number.
"""

from lib import reports

kernels = ()
SOURCE = """/dts-v1/; /plugin/; / {
    fragment@0 { target = <&i2c>; bus_frag: __overlay__ { temperature-sensor@49 { reg = <0x49>; }; }; };
    fragment@1 { target-path = ""; __overlay__ { mux { compatible = "i2c-mux-gpio"; i2c-parent = <&bus_frag>; }; }; }; };"""


def test(_):
    reports.check_overlays(
        (SOURCE, "check: fragment@0 refers to its own target by a label on __overlay__: use a label the slot exports"
         " (...)"),
        (SOURCE.replace("bus_frag: ", "").replace("&bus_frag", "&i2c"), "ok"),
    )
