# SPDX-License-Identifier: GPL-2.0-or-later
"""The card goes with an add-on in its connector and one on that: by every way it can go. Leaf first, nothing stays.

Broken if it fails: the order in which slots inside slots come off, when the outermost goes.
"""

import re

from lib import addon, card, dark, slot

kernels = ("7.3", "6.12")
options = {"cards": ()}
INNER = addon.INNER


def plug(vm, bus):
    """The card, an extender in its connector, a thermo-led on that; returns the card's address."""
    vm.plug("card0", bus=bus)
    vm.until(f"[ -e {addon.CONNECTOR}/state ] && [ $(cat {addon.CONNECTOR}/state) = empty ]")
    addon.plug(vm, "extender")
    addon.wait_state(vm, "attached")
    vm.until(f"[ -e {INNER} ]")
    assert addon.show(vm, "state", INNER) == "empty"
    vm.sh(f"echo 1 >{INNER}/attach")
    vm.until("[ -e /sys/class/hwmon/hwmon0/temp1_input -a -e /sys/class/leds/green:status ]")
    assert addon.show(vm, "model", INNER) == "thermo-led"
    vm.qom_set("/machine/peripheral/addon0/sensor", "temperature", 31000)
    assert vm.sh("cat /sys/class/hwmon/hwmon0/temp1_input") == "31000\n"
    [bdf] = card.functions(vm)
    return bdf


def pull_add_on(vm, bdf):
    addon.unplug(vm)


def unbind(vm, bdf):
    slot.unbind(vm, bdf)


def detach(vm, bdf):
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")


def remove(vm, bdf):
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove")


def press_button(vm, bdf):
    vm.unplug("card0")


def die(vm, bdf):
    """All its registers read ones from here on: pulled by surprise."""
    vm.qom_set("/machine/peripheral/card0", "x-dark", True)
    remove(vm, bdf)
    dark.wait_let_go(vm)


def test(vm):
    addon.memory(vm, "extender", addon.image(model="extender"))
    addon.prepare(vm, models=("thermo-led", "extender"))
    vm.sh("modprobe dtslot-pci")
    before = card.snapshot(vm)
    for way in (pull_add_on, unbind, detach, remove, press_button, die):
        bdf = plug(vm, "rp0")
        traffic = vm.spawn("while cat /sys/class/hwmon/hwmon0/temp1_input >/dev/null 2>&1; do :; done; echo ended")
        watch = vm.spawn(f"exec slotwatch {slot.path(bdf)}")
        watch.wait_for("watching")
        way(vm, bdf)
        traffic.wait_for("ended")
        # a slot that stays becomes empty, one that goes with its device is removed
        last = {pull_add_on: f"change {addon.NAME} empty", detach: f"change pci-{bdf} empty"}
        watch.wait_for(f"uevent {last.get(way, f'remove pci-{bdf}')}")
        ended = [line.split()[2] for line in watch.output.splitlines()
                 if re.match("uevent (change .* empty|remove)", line)]
        expected = [INNER.split("/")[-1], addon.NAME, f"pci-{bdf}"]
        if way == die:      # the card's slot does not wait for drivers that poll it
            ended.sort(key=lambda name: name.startswith("pci"))
        assert ended == (expected[:2] if way == pull_add_on else expected), watch.output
        watch.kill()
        watch.wait()
        if way != press_button:
            if way == die:
                vm.qom_set("/machine/peripheral/card0", "x-dark", False)
            vm.unplug("card0")
        vm.until("! grep -q 0x9660 /sys/bus/pci/devices/*/device")
        left = slot.left_behind(before, card.snapshot(vm))
        assert not left, f"{way.__name__}: {left}"
