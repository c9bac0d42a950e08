# SPDX-License-Identifier: GPL-2.0-or-later
"""Add-ons with the ID of a HAT, a HAT+ and a cape are known by it, and their overlays loaded.

Broken if it fails: a format of IDs that works in userspace only.
"""

from lib import addon, card, ids, slot

kernels = ("7.3", "6.12")
IDS = (
    ("raspberrypi,hat", ids.hat(ids.atom(1, 0, ids.vendor())), "acme-ltd,heat-light-2"),
    ("raspberrypi,hat", ids.hat(ids.atom(1, 0, ids.vendor(product=b"Fan")), ids.atom(2, 1, bytes(30)), version=2),
     "acme-ltd,fan"),
    ("beagle,cape", ids.cape(), "bb-temp-01"),
)


def test(vm):
    bdf = addon.attach(vm, models=())
    for n, (form, content, model) in enumerate(IDS):
        before = addon.replace(vm, bdf, f'connector {{ id {{ format = "{form}"; }}; }};')
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo", addon.addon_overlay(vm, "thermo-led"))
        addon.memory(vm, f"id{n}", content)
        addon.plug(vm, f"id{n}", flash="none")
        addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")
        assert [addon.show(vm, name) for name in ("model", "overlay")] == [model, f"dtslot/addon-{model}.dtbo"]
        vm.qom_set("/machine/peripheral/addon0/sensor", "temperature", 21000 + 1000 * n)
        assert vm.sh("cat /sys/class/hwmon/hwmon0/temp1_input") == f"{21000 + 1000 * n}\n"
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)
    assert card.deferred(vm) == []
