# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on that is powered by a regulator: off while it is absent, and on in the order and with the pauses that the
connector's node asks for.

Broken if it fails: an add-on that is talked to before it is awake, or that has power when nobody is there.
"""

import re

from lib import addon, slot

kernels = ("7.3", "6.12")
TRACING = "/sys/kernel/tracing"
POWER, RESET = 51, 53
SUPPLY = f"""
supply: regulator-addon {{
	compatible = "regulator-fixed"; regulator-name = "addon"; gpio = <&gpio {POWER} 0>; enable-active-high;
}};
connector {{
	/delete-property/ enable-gpios; vcc-supply = <&supply>;
	post-power-on-delay-ms = <300>; reset-deassert-us = <200000>; MORE
}};
"""
NEVER_GOOD = "power-good-gpios = <&gpio 41 0>; power-good-timeout-ms = <30>;"


def supply(vm):
    return vm.sh("cd $(dirname $(grep -lx addon /sys/class/regulator/*/name)) && cat state num_users").split()


def traced(vm, action):
    """What was done to lines and on I2C meanwhile: (ms, line, level) for each line set, ms of the first transfer."""
    vm.sh(f"cd {TRACING} && echo >trace && echo 1 >events/gpio/gpio_value/enable && echo 1 >events/i2c/enable")
    action()
    text = vm.sh(f"cd {TRACING} && echo 0 >events/gpio/gpio_value/enable && echo 0 >events/i2c/enable; cat trace")
    found = [(float(time) * 1e3, int(line), int(level))
             for time, line, level in re.findall(r" ([0-9.]+): gpio_value: (\d+) set +([01])", text)]
    transfers = re.findall(r" ([0-9.]+): i2c_(?:write|read): ", text)
    return found, transfers and float(transfers[0]) * 1e3


def plug(vm):
    addon.plug(vm, "thermo-led", flash="none")
    addon.wait_attached(vm, "/sys/class/hwmon/hwmon0/temp1_input")


def unplug(vm):
    addon.unplug(vm)
    addon.wait_state(vm, "empty")


def test(vm):
    vm.sh("modprobe fixed")
    addon.memory(vm, "thermo-led", addon.image(model="thermo-led"))
    bdf = addon.attach(vm)
    before = addon.replace(vm, bdf, SUPPLY.replace("MORE", ""))
    assert supply(vm) == ["disabled", "0"]
    assert addon.lines(vm) == addon.OFF

    done, transfer = traced(vm, lambda: plug(vm))
    (on, power, level), (released, reset, held) = done[:2]
    assert (level, reset - power, held) == (1, RESET - POWER, 1), done
    assert released - on >= 300, done
    assert transfer - released >= 200, (done, transfer)
    assert supply(vm) == ["enabled", "1"]
    assert addon.lines(vm) == addon.ON

    done, _ = traced(vm, lambda: unplug(vm))
    # first of all, before the devices of the add-on go
    assert [event[1:] for event in done][:2] == [(reset, 0), (power, 0)], done
    assert supply(vm) == ["disabled", "0"]
    assert addon.lines(vm) == addon.OFF
    slot.check_nothing_left(vm, before)

    before = addon.replace(vm, bdf, SUPPLY.replace("MORE", NEVER_GOOD))
    addon.plug(vm, "thermo-led")
    addon.wait_state(vm, "failed")
    assert addon.show(vm, "error") == ("prepare: the add-on's power is not good after 30 ms: a short circuit, or not "
                                       "plugged in fully?")
    assert supply(vm) == ["disabled", "0"]
    assert addon.lines(vm) == addon.OFF
    unplug(vm)
    slot.check_nothing_left(vm, before)
