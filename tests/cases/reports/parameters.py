# SPDX-License-Identifier: GPL-2.0-or-later
"""An overlay with parameters, or with fragments that are off, is taken with its defaults, as by the Pi's firmware.

Broken if it fails: overlays of the Raspberry Pi are refused for a node that every other tool ignores.
"""

from lib import dts, reports

kernels = ()
SENSOR = 'sensor: temperature-sensor@49 { compatible = "ti,tmp105"; reg = <0x49>; };'
PARAMETERS = '__overrides__ { addr = <&sensor>, "reg:0"; bus = <&nobody>, "target:0"; off = <0>, "=1"; };'
OFF = "fragment@1 {{ target = <&nobody>; __dormant__ {{ {} }}; }};"


def test(_):
    reports.check_overlays(
        (dts.fragment(SENSOR, "target = <&i2c>;", PARAMETERS), "ok"),
        (dts.fragment(SENSOR, "target = <&i2c>;", OFF.format("x { clocks = <&somewhere 1>; other = <&sensor>; };")), "ok"),
        (dts.fragment("x { friend = <&y>; };", beside=OFF.format("y: y { };")),
         "resolve: 'friend' of node 'x' refers to node 'y', which is not added: it is in no fragment, or in one that is"
         " off (__dormant__)"),
        # what it does by default is looked at as ever
        (dts.fragment("x { clocks = <5>; };", beside=OFF.format("")),
         "resolve: 'clocks' of node 'x' reaches outside the slot: cell 0 is the bare phandle 0x5; use a label"),
    )
