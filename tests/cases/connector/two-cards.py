# SPDX-License-Identifier: GPL-2.0-or-later
"""The same add-on, from the same overlay, in the connectors of two cards at once; each has its own devices, and a slot
whose name says where it is. Two that are attached at the same moment do not come into each other's way.

Broken if it fails: an add-on's overlay, or its connector, that knows where it is, or names of slots that depend on which
card came first.
"""

import re

from lib import addon, card, slot

kernels = ("7.3", "6.12")
options = {"cards": ("card0", "card1")}
TRACING = "/sys/kernel/tracing"


def temperature(vm, connector):
    return int(vm.sh(f"cat {connector}/device/channel-0/*-0049/hwmon/hwmon*/temp1_input"))


def check_leds(vm, connectors):
    """Both LEDs have one name, and the kernel checks whether it is free before it takes it: so no probe is in another."""
    vm.sh(f"cd {TRACING} && echo 'p:enter leds_gpio:gpio_led_probe' >kprobe_events"
          " && echo 'r:leave leds_gpio:gpio_led_probe' >>kprobe_events && echo 1 >events/kprobes/enable")
    for verb in ("detach", "attach"):
        vm.sh(f"for slot in {' '.join(connectors)}; do echo 1 >$slot/{verb} & done; wait")
    vm.until("[ -e /sys/class/leds/green:status_1 ]")
    events = re.findall(r": (enter|leave): ", vm.sh(f"cat {TRACING}/trace"))
    vm.sh(f"cd {TRACING} && echo 0 >events/kprobes/enable && echo >kprobe_events")
    assert len(events) >= 4 and events == ["enter", "leave"] * (len(events) // 2), events


def test(vm):
    for n in (0, 1):
        addon.memory(vm, f"id{n}", addon.image(model="thermo-led", serial=str(n)))
    addon.prepare(vm)
    vm.sh("modprobe dtslot-pci")
    for bdf in card.functions(vm):
        vm.until(f"[ $(cat {slot.path(bdf)}/state) = attached ]")
    connectors = [f"/sys/class/dtslot/connector:0000:0{n + 1}:00.0:connector" for n in (0, 1)]
    for connector in connectors:
        vm.until(f"[ $(cat {connector}/state) = empty ]")
    before = card.snapshot(vm)
    for n in (0, 1):
        addon.plug(vm, f"id{n}", name=f"addon{n}", bus=f"card{n}.connector0")
        addon.wait_state(vm, "attached", connectors[n])
        assert addon.show(vm, "serial", connectors[n]) == str(n)
    for n, value in ((0, 21000), (1, 42000)):
        vm.qom_set(f"/machine/peripheral/addon{n}/sensor", "temperature", value)
    assert [temperature(vm, connectors[n]) for n in (0, 1)] == [21000, 42000]
    assert vm.sh("cat /sys/class/dtslot/connector:*/overlay") == "dtslot/addon-thermo-led.dtbo\n" * 2
    assert vm.sh("ls /sys/class/leds") == "green:status\ngreen:status_1\n"
    check_leds(vm, connectors)
    addon.unplug(vm, "addon0")
    addon.wait_state(vm, "empty", connectors[0])
    assert temperature(vm, connectors[1]) == 42000
    addon.unplug(vm, "addon1")
    addon.wait_state(vm, "empty", connectors[1])
    assert not card.differences(before, card.snapshot(vm))
